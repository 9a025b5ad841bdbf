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
	if (sending->reply_length == 0)
		return "";
	char *text = arena_alloc(sending->arena, limit + 1);
	(void)utf8_repair(sending->reply, sending->reply_length, text, limit + 1);
	for (char *c = text; *c; c++) {
		if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f)
			*c = ' ';
	}
	return text;
}
