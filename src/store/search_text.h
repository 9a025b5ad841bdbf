/* search_text.h – what searches look into: names folded by base/unicode.h, kept beside the names they come from.
 *
 * The engines fold differently (SQLite: ASCII only), so we fold before a text is stored and before it is looked for. A row
 * says what its folded text was made from. When that is not what it holds now, a node of version 0.3 wrote it: such a row is
 * found as that version found it, until search_texts_fill has come by. */
#ifndef GREFFIER_STORE_SEARCH_TEXT_H
#define GREFFIER_STORE_SEARCH_TEXT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

/* What is kept for a row that is found by either text. */
const char *search_text_make(struct arena *arena, const char *first, const char *second);
/* What strpos looks for, where `search` is looked for in any case; NULL for NULL or "". */
const char *search_part(struct arena *arena, const char *search);
/* What is kept of the signers of a package, whose JSON it is: their names and addresses. */
const char *search_people_make(struct arena *arena, const json_t *package);
/* LIKE's pattern, with ESCAPE '!', for that text itself. */
const char *like_pattern(struct arena *arena, const char *text);
/* For rows whose first text is `search`, in any case. */
const char *search_pattern_of_first(struct arena *arena, const char *search);

/* Folds the texts of some packages and users whose folded text is missing or old. *ret_more: there may be others. */
MUST_CHECK bool search_texts_fill(struct session *session, bool *ret_more, struct error *err);

#endif
