/* message.c – see message.h. */
#include "mail/message.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define LINE 76 /* characters of base64 in a line: RFC 2045 section 6.8 */
/* Bytes in an encoded word: with the header before it the line stays below 78 characters (RFC 2047
 * section 2). */
#define WORD_BYTES_MAX 39

static const char *date_text(struct arena *arena, struct wall_time now)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t seconds = (time_t)(now.us / 1000000);
	struct tm utc;

	gmtime_r(&seconds, &utc);
	return arena_printf(arena, "%s, %02d %s %d %02d:%02d:%02d +0000", days[utc.tm_wday],
			    utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour,
			    utc.tm_min, utc.tm_sec);
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

/* Encoded words of whole characters, folded. */
static const char *subject_text(struct arena *arena, const char *subject)
{
	const char *encoded = "";

	if (is_ascii(subject))
		return subject;
	while (*subject) {
		size_t length = strnlen(subject, WORD_BYTES_MAX);
		while (length > 0 && ((unsigned char)subject[length] & 0xc0) == 0x80)
			length--;
		encoded = arena_printf(arena, "%s%s=?UTF-8?B?%s?=", encoded,
				       *encoded ? "\r\n " : "",
				       base64_encode(arena, subject, length));
		subject += length;
	}
	return encoded;
}

static const char *body_text(struct arena *arena, const char *body)
{
	const char *encoded = base64_encode(arena, body, strlen(body));
	size_t length = strlen(encoded);
	char *lines = arena_alloc(arena, length + (length / LINE + 1) * 2 + 1), *out = lines;

	for (size_t at = 0; at < length; at += LINE) {
		size_t part = length - at < LINE ? length - at : LINE;
		memcpy(out, encoded + at, part);
		out[part] = '\r';
		out[part + 1] = '\n';
		out += part + 2;
	}
	return lines;
}

const char *mail_message(struct arena *arena, const char *from, const char *recipient,
			 const char *subject, const char *body, const char *id,
			 struct wall_time now)
{
	const char *at = strrchr(from, '@');

	return arena_printf(
		arena,
		"Date: %s\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@%s>\r\n"
		"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n%s",
		date_text(arena, now), from, recipient, subject_text(arena, subject), id,
		at ? at + 1 : "localhost", body_text(arena, body));
}
