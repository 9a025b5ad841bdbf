/* reply_head.c – see reply_head.h. */
#include "outbound/reply_head.h"

#include <string.h>
#include <strings.h>

#include "base/macros.h"
#include "base/text.h"
#include "store/delivery_store.h"

struct text {
	const char *start;
	size_t length;
};

static bool text_is(struct text text, const char *other)
{
	return strlen(other) == text.length && strncasecmp(text.start, other, text.length) == 0;
}

/* A receiver may answer with what is meant for its own clients. WWW-Authenticate stays: it says
 * why a request was not authorized, and holds no credentials (RFC 9110 section 11.6.1). */
static bool is_secret(struct text name)
{
	static const struct text words[] = {{"auth", 4},      {"cookie", 6}, {"credential", 10},
					    {"csrf", 4},      {"key", 3},    {"nonce", 5},
					    {"pass", 4},      {"secret", 6}, {"session", 7},
					    {"signature", 9}, {"token", 5}};

	for (size_t at = 0; at < name.length; at++) {
		if (!strchr("acknpst", name.start[at] | 0x20)) /* no word begins so */
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
			if (words[i].length <= name.length - at &&
			    strncasecmp(name.start + at, words[i].start, words[i].length) == 0)
				return !text_is(name, "WWW-Authenticate");
		}
	}
	return false;
}

static bool holds_url(struct text name)
{
	return text_is(name, "Location") || text_is(name, "Content-Location") ||
	       text_is(name, "Link") || text_is(name, "Refresh");
}

/* What of a value may be shown: of a URL what stands before its query, unless it names a user. */
static size_t shown_length(struct text name, struct text value)
{
	size_t length = 0;

	if (is_secret(name))
		return 0;
	if (!holds_url(name))
		return value.length;
	if (memchr(value.start, '@', value.length))
		return 0;
	while (length < value.length && value.start[length] != '?' && value.start[length] != '#')
		length++;
	return length;
}

/* As valid UTF-8 without control characters. Nearly all lines are so already. */
static struct text line_clean(struct arena *arena, struct text line)
{
	size_t i = 0;

	while (i < line.length && line.start[i] >= 0x20 && line.start[i] < 0x7f)
		i++;
	if (i == line.length)
		return line;
	char *text = arena_strndup(arena, line.start, line.length);
	for (; i < line.length; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = ' ';
	}
	text = utf8_repaired(arena, (struct bytes){(const unsigned char *)text, line.length});
	return (struct text){text, strlen(text)};
}

/* A line and a line feed after it, or nothing when there is no room. */
static bool parts_add(struct buf *buf, const struct text *parts, size_t count)
{
	size_t before = buf->length;
	bool fits = true;

	for (size_t i = 0; i < count && fits; i++)
		fits = buf_add(buf, parts[i].start, parts[i].length);
	fits = fits && buf_add(buf, "\n", 1);
	if (!fits)
		buf->length = before;
	return fits;
}

/* A line that begins with a space goes on with the value above it (RFC 9112 section 5.2). */
static bool line_show(struct buf *buf, struct text line, bool *is_masked)
{
	const char *colon = memchr(line.start, ':', line.length);
	const char *end = line.start + line.length;

	if (line.length > 0 && *line.start == ' ')
		return *is_masked || parts_add(buf, &line, 1);
	*is_masked = false;
	if (!colon) /* the status line, or no header */
		return parts_add(buf, &line, 1);
	const struct text name = {line.start, (size_t)(colon - line.start)};
	do
		colon++;
	while (colon < end && *colon == ' ');
	const struct text value = {colon, (size_t)(end - colon)};
	const struct text shown = {colon, shown_length(name, value)};
	*is_masked = shown.length < value.length;
	const struct text parts[] = {name, {": ", 2}, shown, {"***", *is_masked ? 3 : 0}};
	return parts_add(buf, parts, ARRAY_SIZE(parts));
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
		struct text line = {at, (size_t)((feed ? feed : end) - at)};
		if (line.length > 0 && at[line.length - 1] == '\r')
			line.length--;
		fits = line_show(&buf, line_clean(arena, line), &is_masked);
		at = feed ? feed + 1 : end;
	}
	const char *text = arena_strndup(arena, (const char *)buf.data, buf.length);
	buf_done(&buf);
	return text;
}
