/* delivery_curl.c – see delivery_curl.h. */
#include "notify/delivery_curl.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

#define CURL_MAX \
	((size_t)1024 * 1024) /* a head of 4 KiB and a body of 64 KiB, each byte four of them */
#define MASK "***"

/* Within single quotes of a shell all is as it is, but for themselves. */
static bool quoted_add(struct buf *buf, const char *text, size_t length)
{
	bool fits = buf_add_text(buf, "'");

	for (size_t i = 0; i < length && fits; i++)
		fits = text[i] == '\'' ? buf_add_text(buf, "'\\''") : buf_add(buf, &text[i], 1);
	return fits && buf_add_text(buf, "'");
}

/* "X-Api-Key" is "$X_API_KEY". */
static bool variable_add(struct buf *buf, const char *name, size_t length)
{
	bool fits = buf_add_text(buf, "\"$");

	for (size_t i = 0; i < length && fits; i++) {
		char letter = (char)toupper((unsigned char)name[i]);
		fits = buf_add(buf, isalnum((unsigned char)letter) ? &letter : "_", 1);
	}
	return fits && buf_add_text(buf, "\"");
}

/* A text that may end in a mask, for which the variable stands. */
static bool masked_add(struct buf *buf, const char *text, size_t length, const char *name,
		       size_t name_length)
{
	size_t mask = strlen(MASK);
	bool is_masked = length >= mask && memcmp(text + length - mask, MASK, mask) == 0;

	if (!is_masked)
		return quoted_add(buf, text, length);
	return quoted_add(buf, text, length - mask) && variable_add(buf, name, name_length);
}

static bool header_add(struct buf *buf, const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length);
	size_t name = colon ? (size_t)(colon - line) : 0;

	return buf_add_text(buf, " \\\n  -H ") && masked_add(buf, line, length, line, name);
}

/* "POST https://receiver.example/hook?***" */
static bool first_add(struct buf *buf, const char *line, size_t length)
{
	const char *space = memchr(line, ' ', length);
	size_t method = space ? (size_t)(space - line) : 0;

	return space && buf_add_text(buf, "curl -X ") && quoted_add(buf, line, method) &&
	       buf_add_text(buf, " ") &&
	       masked_add(buf, space + 1, length - method - 1, "QUERY", strlen("QUERY"));
}

static bool command_make(struct buf *buf, const char *head, const char *body)
{
	size_t length = strcspn(head, "\n");
	bool fits = first_add(buf, head, length);

	for (head += length; *head && fits; head += length) {
		head++;
		length = strcspn(head, "\n");
		fits = length == 0 || header_add(buf, head, length);
	}
	return fits && buf_add_text(buf, " \\\n  --data-binary ") &&
	       quoted_add(buf, body, strlen(body));
}

const char *delivery_curl(struct arena *arena, const char *head, const char *body)
{
	struct buf buf;

	buf_init(&buf, CURL_MAX);
	bool ok = *head && command_make(&buf, head, body);
	const char *text = ok ? arena_strndup(arena, (const char *)buf.data, buf.length) : NULL;
	buf_done(&buf);
	return text;
}
