/* template.h – texts with places to fill in: "Hello $FIRST_NAME;,". Pure. */
#ifndef GREFFIER_MAIL_TEMPLATE_H
#define GREFFIER_MAIL_TEMPLATE_H

#include "base/arena.h"

/* Finds the text for the `length` letters of `name`; NULL: there is none. */
typedef const char *(*template_lookup)(const char *name, size_t length, void *arg);

/* Returns `text` with each $NAME; replaced by what `lookup` finds. A name is capitals, digits and underscores. What is found
 * is not searched for names again. A name that is not found, and any other dollar sign, stays. Lives in `arena`. */
const char *template_fill(struct arena *arena, const char *text, template_lookup lookup, void *arg);

#endif
