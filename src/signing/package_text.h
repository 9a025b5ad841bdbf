/* package_text.h – the JSON text of a package, put together from the texts of its parts. Pure; inside src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_TEXT_H
#define GREFFIER_SIGNING_PACKAGE_TEXT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/package_parts.h"

/* Bytes that package_text_put writes, without the NUL. */
size_t package_text_length(const char *members, const struct package_parts *parts);
/* Writes the package: its members, then roles and documents. Ends with a NUL; returns its place. */
char *package_text_put(char *end, const char *members, const struct package_parts *parts);
/* The same in `arena`. ERROR_NO_MEMORY. */
MUST_CHECK bool package_text_join(struct arena *arena, const char *members,
				  const struct package_parts *parts, const char **ret_text,
				  struct error *err);

/* Makes the texts of the parts out of the package's two lists. They live in `arena`. ERROR_NO_MEMORY. */
MUST_CHECK bool package_parts_encode(struct arena *arena, const json_t *roles, const json_t *documents,
				     struct package_parts *ret_parts, struct error *err);
/* The JSON text of a value, in `arena`. ERROR_NO_MEMORY. */
MUST_CHECK bool package_text_encode(struct arena *arena, const json_t *value, const char **ret_text,
				    struct error *err);
/* Reads a text that we have written ourselves: only memory can be short. New reference. */
json_t *package_text_decode(const char *text, struct error *err);

#endif
