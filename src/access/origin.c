/* origin.c – see origin.h. */
#include "access/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
	[ORIGIN_NONE] = "",
	[ORIGIN_API_KEY] = "key",
	[ORIGIN_API_TOKEN] = "token",
	[ORIGIN_OAUTH] = "oauth",
};

void origin_format(const struct origin *origin, char ret_text[ORIGIN_TEXT_MAX])
{
	ret_text[0] = '\0';
	if (origin->kind != ORIGIN_NONE)
		snprintf(ret_text, ORIGIN_TEXT_MAX, "%s %s %u", words[origin->kind], origin->id,
			 origin->epoch);
}

static bool kind_parse(const char *word, size_t length, enum origin_kind *ret_kind)
{
	for (int kind = ORIGIN_API_KEY; kind <= ORIGIN_OAUTH; kind++) {
		if (strlen(words[kind]) == length && strncmp(words[kind], word, length) == 0) {
			*ret_kind = (enum origin_kind)kind;
			return true;
		}
	}
	return false;
}

bool origin_parse(const char *text, struct origin *ret_origin)
{
	struct origin origin = {.kind = ORIGIN_NONE};
	const char *id = strchr(text, ' ');
	const char *epoch = id ? strchr(id + 1, ' ') : NULL;
	char *end;

	if (!*text) {
		*ret_origin = origin;
		return true;
	}
	if (!epoch || !kind_parse(text, (size_t)(id - text), &origin.kind) || epoch == id + 1 ||
	    (size_t)(epoch - id - 1) > ORIGIN_ID_MAX || epoch[1] < '0' || epoch[1] > '9')
		return false;
	memcpy(origin.id, id + 1, (size_t)(epoch - id - 1));
	unsigned long number = strtoul(epoch + 1, &end, 10);
	if (*end || number > UINT32_MAX)
		return false;
	origin.epoch = (uint32_t)number;
	*ret_origin = origin;
	return true;
}
