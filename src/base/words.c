/* words.c – see words.h. */
#include "base/words.h"

#include <string.h>

#include "base/ensure.h"
#include "base/near.h"
#include "base/text.h"

int word_find(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; text && i < count; i++) {
		if (words[i] && strcmp(text, words[i]) == 0)
			return (int)i;
	}
	return WORD_NONE;
}

int word_find_nocase(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; text && i < count; i++) {
		if (words[i] && text_equal_nocase(text, words[i]))
			return (int)i;
	}
	return WORD_NONE;
}

#define NEAR_MAX 64 /* words of a list that near_find is shown */

/* near_find wants a list without gaps. */
static const char *meant(const char *text, const char *const *words, size_t count)
{
	const char *known[NEAR_MAX];
	size_t known_count = 0;

	for (size_t i = 0; i < count && known_count < NEAR_MAX; i++) {
		if (words[i])
			known[known_count++] = words[i];
	}
	return near_find(text, known, known_count);
}

bool word_read(const char *path, const char *text, const char *const *words, size_t count,
	       int *ret_index, struct error *err)
{
	ensure(text);
	const int index = word_find(text, words, count);

	if (index == WORD_NONE) {
		const char *near = meant(text, words, count);
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s: `%.60s` is not one of its values%s%s%s", path, text,
				 near ? "; did you mean `" : "", near ? near : "",
				 near ? "`?" : "");
	}
	*ret_index = index;
	return true;
}
