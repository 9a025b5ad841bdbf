/* near.h – finds the known word that a mistyped word most likely stands for. */
#ifndef GREFFIER_BASE_NEAR_H
#define GREFFIER_BASE_NEAR_H

#include <stddef.h>

/* Returns the element of `known` that needs the fewest changes of letters to become `name`
 * (Levenshtein distance, case ignored). Lends the element. Returns NULL when every element needs
 * more than one change and a third of the name's letters. Words over 40 bytes match nothing. */
const char *near_find(const char *name, const char *const *known, size_t count);

#endif
