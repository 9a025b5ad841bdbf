/* sending.c – see sending.h. */
#include "outbound/sending.h"

#include <string.h>

#include "base/ensure.h"
#include "base/text.h"

void *sending_new(enum sending_kind kind, size_t size)
{
	ensure(size >= sizeof(struct sending));
	struct arena *arena = arena_new();
	struct sending *sending = arena_alloc(arena, size);

	sending->kind = kind;
	sending->arena = arena;
	sending->reply_limit = SENDING_REPLY_READ_MAX;
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

const char *sending_agent(struct sending *sending, const char *user_agent)
{
	return user_agent && *user_agent
		       ? arena_printf(sending->arena, "User-Agent: %s", user_agent)
		       : "User-Agent;";
}

const char *sending_reply_text(const struct sending *sending, size_t limit)
{
	if (sending->reply_length == 0)
		return "";
	size_t length = sending->reply_length < limit ? sending->reply_length : limit;
	char *start = arena_strndup(sending->arena, (const char *)sending->reply, length);
	char *text = arena_alloc(sending->arena, limit + 1);
	/* NUL is a control character; and a character that the limit cuts is left out. */
	for (size_t i = 0; i < length; i++)
		start[i] = start[i] ? start[i] : ' ';
	length = utf8_repair(start, length, text, limit + 1);
	if (sending->reply_length > limit && length >= 3 &&
	    strcmp(text + length - 3, "\xef\xbf\xbd") == 0)
		text[length - 3] = '\0';
	for (char *c = text; *c; c++) {
		if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f)
			*c = ' ';
	}
	return text;
}
