/* search_text.h – folded copies of names (base/unicode.h) for searches, stored next to the
 * names.
 *
 * The engines fold case differently (SQLite: ASCII only), so texts are folded before they are
 * stored and before they are searched. A row also records the text from which its folded copy
 * was made. When that text differs from the current one, a node of version 0.3 has changed the
 * row. Such a row is found as version 0.3 found it, until search_texts_fill has updated it. */
#ifndef GREFFIER_STORE_SEARCH_TEXT_H
#define GREFFIER_STORE_SEARCH_TEXT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

/* Makes the folded copy for a row that is found by either text. */
const char *search_text_make(struct arena *arena, const char *first, const char *second);
/* Makes the text to search for with strpos, ignoring case. NULL for NULL or "". */
const char *search_part(struct arena *arena, const char *search);
/* Makes the folded copy of the names and addresses of a package's signers. `package` is its
 * JSON. */
const char *search_people_make(struct arena *arena, const json_t *package);
/* Makes a LIKE pattern, with ESCAPE '!', that matches exactly this text. */
const char *like_pattern(struct arena *arena, const char *text);
/* Makes a pattern for rows whose first text equals `search`, ignoring case. */
const char *search_pattern_of_first(struct arena *arena, const char *search);

/* Updates the folded copies of some packages and users that are missing or outdated. *ret_more
 * is true when there may be others. */
MUST_CHECK bool search_texts_fill(struct session *session, bool *ret_more, struct error *err);

#endif
