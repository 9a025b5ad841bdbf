/* template.h – texts with placeholders: "Hello $FIRST_NAME;,". Pure. */
#ifndef GREFFIER_MAIL_TEMPLATE_H
#define GREFFIER_MAIL_TEMPLATE_H

#include "base/arena.h"

/* Returns the text for a name of `length` letters, or NULL when there is none. */
typedef const char *(*template_lookup)(const char *name, size_t length, void *arg);

/* Returns `text` with each $NAME; replaced by the result of `lookup`, in `arena`. A name
 * consists of capitals, digits and underscores. Inserted text is not searched again. Unknown
 * names and other dollar signs are kept. */
const char *template_fill(struct arena *arena, const char *text, template_lookup lookup, void *arg);

#endif
