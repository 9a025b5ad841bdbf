/* words.h – one of these words: finding a text in a closed list. */
#ifndef GREFFIER_BASE_WORDS_H
#define GREFFIER_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define WORD_NONE (-1)

/* The index of `text` in `words`, WORD_NONE when it is not there or NULL. A gap (NULL) in the list is nobody's word. */
int word_find(const char *text, const char *const *words, size_t count);
/* The same without regard to the case of ASCII letters. */
int word_find_nocase(const char *text, const char *const *words, size_t count);
/* As word_find; ERROR_INVALID_FIELD names the member's `path`, the text and the word that was likely meant. */
MUST_CHECK bool word_read(const char *path, const char *text, const char *const *words, size_t count, int *ret_index,
			  struct error *err);

#endif
