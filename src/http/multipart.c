/* multipart.c – splits a body at its boundary. Strict about structure, indifferent to what parts
 * say of their types. */
#include "http/multipart.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "http/filename.h"
#include "http/message.h"

#define BOUNDARY_MAX 70 /* RFC 2046 section 5.1.1 */

struct cursor {
	const unsigned char *at, *end;
};

static bool refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_INVALID_MULTIPART, "%s", why);
}

static const unsigned char *find(const struct cursor *cursor, const char *text, size_t length)
{
	return memmem(cursor->at, (size_t)(cursor->end - cursor->at), text, length);
}

static bool starts_with(const struct cursor *cursor, const char *text, size_t length)
{
	return (size_t)(cursor->end - cursor->at) >= length &&
	       memcmp(cursor->at, text, length) == 0;
}

/* Only the last component: a part may not name a place. */
static const char *without_path(const char *filename)
{
	for (const char *c = filename; *c; c++) {
		if (*c == '/' || *c == '\\')
			filename = c + 1;
	}
	return filename;
}

static bool disposition_read(struct arena *arena, const char *value, struct multipart_part *part,
			     struct error *err)
{
	if (!http_media_type_is(value, "form-data"))
		return refuse(err, "a part's Content-Disposition is not form-data");
	part->name = http_header_parameter(arena, value, "name");
	if (!part->name)
		return refuse(err, "a part has no name");
	part->filename_sent = filename_read(arena, value);
	part->filename = part->filename_sent ? without_path(part->filename_sent) : NULL;
	return true;
}

/* Lines up to the empty one; only Content-Disposition matters. */
static bool part_headers_read(struct arena *arena, struct cursor *cursor,
			      struct multipart_part *part, struct error *err)
{
	static const char disposition[] = "Content-Disposition:";
	const unsigned char *start = cursor->at;

	for (;;) {
		const unsigned char *line_end = find(cursor, "\r\n", 2);
		if (!line_end || line_end - start > MULTIPART_PART_HEADERS_MAX)
			return refuse(err, "a part's headers do not end");
		/* A line that begins with a blank goes on with the one before it (RFC 5322
		 * section 2.2.3). */
		while (line_end > cursor->at && line_end + 2 < cursor->end &&
		       (line_end[2] == ' ' || line_end[2] == '\t')) {
			const struct cursor rest = {line_end + 2, cursor->end};
			line_end = find(&rest, "\r\n", 2);
			if (!line_end || line_end - start > MULTIPART_PART_HEADERS_MAX)
				return refuse(err, "a part's headers do not end");
		}
		size_t length = (size_t)(line_end - cursor->at);
		char *line = arena_strndup(arena, (const char *)cursor->at, length);
		cursor->at = line_end + 2;
		if (length == 0)
			return part->name ? true : refuse(err, "a part has no Content-Disposition");
		if (strlen(line) != length)
			return refuse(err, "a part's headers hold a NUL");
		for (char *c = line; *c; c++)
			*c = *c == '\r' || *c == '\n' ? ' ' : *c;
		if (text_starts_with_nocase(line, disposition) &&
		    !disposition_read(arena, line + strlen(disposition), part, err))
			return false;
	}
}

/* After a delimiter: "--" ends the body, a line's end begins a part. *ret_last tells which. */
static bool delimiter_end(struct cursor *cursor, bool *ret_last, struct error *err)
{
	*ret_last = starts_with(cursor, "--", 2);
	if (*ret_last)
		return true;
	while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t'))
		cursor->at++;
	if (!starts_with(cursor, "\r\n", 2))
		return refuse(err, "a boundary is followed by something else");
	cursor->at += 2;
	return true;
}

static bool part_read(struct arena *arena, struct cursor *cursor, const char *delimiter,
		      struct multipart_part *part, struct error *err)
{
	size_t delimiter_length = strlen(delimiter);

	if (!part_headers_read(arena, cursor, part, err))
		return false;
	/* An empty part: the delimiter's CRLF is the one that ended the headers. */
	if (starts_with(cursor, delimiter + 2, delimiter_length - 2)) {
		part->content = (struct bytes){cursor->at, 0};
		cursor->at += delimiter_length - 2;
		return true;
	}
	const unsigned char *content_end = find(cursor, delimiter, delimiter_length);
	if (!content_end)
		return refuse(err, "a part does not end");
	part->content = (struct bytes){cursor->at, (size_t)(content_end - cursor->at)};
	cursor->at = content_end + delimiter_length;
	return true;
}

bool multipart_parse(struct arena *arena, const char *content_type, struct bytes body,
		     struct multipart *ret_multipart, struct error *err)
{
	const char *boundary = http_header_parameter(arena, content_type, "boundary");
	bool last;

	if (!boundary || !*boundary || strlen(boundary) > BOUNDARY_MAX)
		return refuse(err, "Content-Type: boundary is missing or too long");
	if (!body.data)
		return refuse(err, "the body is empty");
	const char *delimiter = arena_printf(arena, "\r\n--%s", boundary);
	struct cursor cursor = {body.data, body.data + body.length};
	ret_multipart->count = 0;

	/* The first delimiter may stand at the very start, or after a preamble. */
	if (starts_with(&cursor, delimiter + 2, strlen(delimiter) - 2)) {
		cursor.at += strlen(delimiter) - 2;
	} else {
		const unsigned char *first = find(&cursor, delimiter, strlen(delimiter));
		if (!first)
			return refuse(err, "the boundary is not in the body");
		cursor.at = first + strlen(delimiter);
	}
	for (;;) {
		if (!delimiter_end(&cursor, &last, err))
			return false;
		if (last)
			return true;
		if (ret_multipart->count == MULTIPART_PARTS_MAX)
			return refuse(err, "too many parts");
		struct multipart_part *part = &ret_multipart->parts[ret_multipart->count];
		*part = (struct multipart_part){0};
		if (!part_read(arena, &cursor, delimiter, part, err))
			return false;
		ret_multipart->count++;
	}
}

const struct multipart_part *multipart_part(const struct multipart *multipart, const char *name)
{
	for (size_t i = 0; i < multipart->count; i++) {
		if (strcmp(multipart->parts[i].name, name) == 0)
			return &multipart->parts[i];
	}
	return NULL;
}
