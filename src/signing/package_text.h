/* package_text.h – joins the JSON text of a package from the texts of its parts. Pure. Inside
 * src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_TEXT_H
#define GREFFIER_SIGNING_PACKAGE_TEXT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/package_parts.h"

/* Number of bytes that package_text_put writes, without the NUL. */
size_t package_text_length(const char *members, const struct package_parts *parts);
/* Writes the package: its members, then roles and documents, then a NUL. Returns the position of
 * the NUL. */
char *package_text_put(char *end, const char *members, const struct package_parts *parts);
/* Does the same in `arena`. Fails with ERROR_NO_MEMORY. */
MUST_CHECK bool package_text_join(struct arena *arena, const char *members,
				  const struct package_parts *parts, const char **ret_text,
				  struct error *err);

/* Makes the texts of the parts from the package's two lists, in `arena`. Fails with
 * ERROR_NO_MEMORY. */
MUST_CHECK bool package_parts_encode(struct arena *arena, const json_t *roles, const json_t *documents,
				     struct package_parts *ret_parts, struct error *err);
/* Returns the JSON text of a value in `arena`. Fails with ERROR_NO_MEMORY. */
MUST_CHECK bool package_text_encode(struct arena *arena, const json_t *value, const char **ret_text,
				    struct error *err);
/* Decodes a text that this server has written, as a new reference. Fails only when memory is
 * short. */
json_t *package_text_decode(const char *text, struct error *err);

#endif
