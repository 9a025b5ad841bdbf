/* words.h – finds a text in a closed list of words. */
#ifndef GREFFIER_BASE_WORDS_H
#define GREFFIER_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define WORD_NONE (-1)

/* Returns the index of `text` in `words`, or WORD_NONE when it is NULL or not in the list. A gap
 * (NULL) in the list matches nothing. */
int word_find(const char *text, const char *const *words, size_t count);
/* Does the same and ignores the case of ASCII letters. */
int word_find_nocase(const char *text, const char *const *words, size_t count);
/* Does the same and fails with ERROR_INVALID_FIELD, which names the member's `path`, the text
 * and the most similar word. */
MUST_CHECK bool word_read(const char *path, const char *text, const char *const *words, size_t count, int *ret_index,
			  struct error *err);

#endif
