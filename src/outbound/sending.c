/* sending.c – see sending.h. */
#include "outbound/sending.h"

#include "base/ensure.h"
#include "base/text.h"

void *sending_new(size_t size)
{
	struct arena *arena = arena_new();
	struct sending *sending = arena_alloc(arena, size);

	sending->arena = arena;
	return sending;
}

void sending_release(struct sending *sending)
{
	curl_slist_free_all(sending->headers);
	sending->headers = NULL;
}

void sending_free(struct sending *sending)
{
	if (!sending)
		return;
	sending_release(sending);
	arena_free(sending->arena);
}

void sending_header(struct sending *sending, const char *line)
{
	struct curl_slist *headers = curl_slist_append(sending->headers, line);

	ensure(headers);
	sending->headers = headers;
}

const char *sending_reply_text(const struct sending *sending, size_t limit)
{
	size_t length = sending->reply_length < limit ? sending->reply_length : limit;

	if (length == 0)
		return "";
	char *text = arena_strndup(sending->arena, (const char *)sending->reply, length);
	/* The cut may have split a character: drop up to three bytes before giving up on the text.
	 */
	for (int dropped = 0; dropped < 4 && length > 0 && !utf8_is_valid(text, length); dropped++)
		length--;
	if (!utf8_is_valid(text, length))
		return "";
	text[length] = '\0';
	for (char *c = text; c < text + length; c++) {
		if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f)
			*c = ' ';
	}
	return text;
}
