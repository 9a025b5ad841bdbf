/* origin.c – see origin.h. */
#include "context/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
	[ORIGIN_NONE] = "",	  [ORIGIN_API_KEY] = "key",	[ORIGIN_API_TOKEN] = "token",
	[ORIGIN_OAUTH] = "oauth", [ORIGIN_SESSION] = "session",
};
#define NOTHING "-"

static const char *word_of(const char *text)
{
	return *text ? text : NOTHING;
}

void origin_format(const struct origin *origin, char ret_text[ORIGIN_TEXT_MAX])
{
	ret_text[0] = '\0';
	if (origin->kind != ORIGIN_NONE)
		snprintf(ret_text, ORIGIN_TEXT_MAX, "%s %s %u %s %s", words[origin->kind],
			 origin->id, origin->epoch, word_of(origin->delegate),
			 word_of(origin->token));
}

/* The next word, which must be there and fit. */
static bool word_take(const char **text, char *ret_word, size_t size)
{
	size_t length = strcspn(*text, " ");

	if (length == 0 || length >= size)
		return false;
	memcpy(ret_word, *text, length);
	ret_word[length] = '\0';
	*text += length + ((*text)[length] == ' ');
	return true;
}

static bool optional_take(const char **text, char *ret_word, size_t size)
{
	if (!word_take(text, ret_word, size))
		return false;
	if (strcmp(ret_word, NOTHING) == 0)
		*ret_word = '\0';
	return true;
}

static bool kind_take(const char **text, enum origin_kind *ret_kind)
{
	char word[16];

	if (!word_take(text, word, sizeof(word)))
		return false;
	for (int kind = ORIGIN_API_KEY; kind <= ORIGIN_SESSION; kind++) {
		if (strcmp(words[kind], word) == 0) {
			*ret_kind = (enum origin_kind)kind;
			return true;
		}
	}
	return false;
}

static bool epoch_take(const char **text, uint32_t *ret_epoch)
{
	char word[16], *end;

	if (!word_take(text, word, sizeof(word)) || *word < '0' || *word > '9')
		return false;
	unsigned long number = strtoul(word, &end, 10);
	*ret_epoch = (uint32_t)number;
	return !*end && number <= UINT32_MAX;
}

bool origin_parse(const char *text, struct origin *ret_origin)
{
	*ret_origin = (struct origin){.kind = ORIGIN_NONE};
	if (!*text)
		return true;
	size_t length = strlen(text);
	return text[length - 1] != ' ' && kind_take(&text, &ret_origin->kind) &&
	       word_take(&text, ret_origin->id, sizeof(ret_origin->id)) &&
	       epoch_take(&text, &ret_origin->epoch) &&
	       optional_take(&text, ret_origin->delegate, sizeof(ret_origin->delegate)) &&
	       optional_take(&text, ret_origin->token, sizeof(ret_origin->token)) && !*text;
}
