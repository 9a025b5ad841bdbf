/* reply_head.c – see reply_head.h. */
#include "outbound/reply_head.h"

#include <string.h>
#include <strings.h>

#include "base/macros.h"
#include "base/text.h"
#include "store/delivery_store.h"

/* A receiver may answer with what is meant for its own clients. WWW-Authenticate stays: it says
 * why a request was not authorized, and holds no credentials (RFC 9110 section 11.6.1). */
static bool is_secret(const char *name)
{
	static const char *const words[] = {"auth",    "cookie",    "credential", "csrf",
					    "key",     "nonce",	    "pass",	  "secret",
					    "session", "signature", "token"};

	if (strcasecmp(name, "WWW-Authenticate") == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasestr(name, words[i]))
			return true;
	}
	return false;
}

static bool holds_url(const char *name)
{
	static const char *const names[] = {"Location", "Content-Location", "Link", "Refresh"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcasecmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* What of a value may be shown: of a URL what stands before its query, unless it names a user. */
static size_t shown_length(const char *name, const char *value)
{
	if (is_secret(name))
		return 0;
	if (!holds_url(name))
		return strlen(value);
	return strchr(value, '@') ? 0 : strcspn(value, "?#");
}

/* Valid UTF-8 without control characters. */
static char *line_clean(struct arena *arena, const char *line, size_t length)
{
	char *text = arena_strndup(arena, line, length);

	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = ' ';
	}
	return utf8_repaired(arena, (struct bytes){(const unsigned char *)text, length});
}

/* A line that begins with a space goes on with the value above it (RFC 9112 section 5.2). */
static bool line_show(struct buf *buf, const char *line, bool *is_masked)
{
	size_t length = strcspn(line, ":");
	char name[128] = "";

	if (*line == ' ')
		return *is_masked || buf_printf(buf, "%s\n", line);
	if (line[length] != ':') { /* the status line, or no header */
		*is_masked = false;
		return buf_printf(buf, "%s\n", line);
	}
	if (length < sizeof(name))
		memcpy(name, line, length);
	const char *value = line + length + 1;
	value += strspn(value, " ");
	size_t shown = length < sizeof(name) ? shown_length(name, value) : 0;
	*is_masked = value[shown] != '\0';
	return buf_printf(buf, "%.*s: %.*s%s\n", (int)length, line, (int)shown, value,
			  *is_masked ? "***" : "");
}

const char *reply_head_text(struct arena *arena, struct bytes head)
{
	const char *at = (const char *)head.data, *end = at ? at + head.length : at;
	bool is_masked = false, fits = true;
	struct buf buf;

	if (head.length == 0)
		return "";
	buf_init(&buf, ATTEMPT_REPLY_HEAD_MAX);
	while (at < end && fits) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((feed ? feed : end) - at);
		if (length > 0 && at[length - 1] == '\r')
			length--;
		fits = line_show(&buf, line_clean(arena, at, length), &is_masked);
		at = feed ? feed + 1 : end;
	}
	const char *text = arena_strndup(arena, (const char *)buf.data, buf.length);
	buf_done(&buf);
	return text;
}
