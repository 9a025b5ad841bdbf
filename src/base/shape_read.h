/* shape_read.h – fills a struct from a JSON object, as its shape says. */
#ifndef GREFFIER_BASE_SHAPE_READ_H
#define GREFFIER_BASE_SHAPE_READ_H

#include "base/arena.h"
#include "base/shape.h"

/* Reads each member that `body` has into `of`. Absent and null members leave their field as it is,
 * so a change reads into the stored struct, and a body that replaces reads into a struct of
 * shape_default. Objects and entries of lists start from their defaults. Texts and lists are
 * copied into `arena`; json_t pointers are borrowed from `body`. `path` is where `body` lies; NULL
 * for all of it. On failure `of` may be half read. ERROR_INVALID_FIELD and ERROR_MISSING_FIELD
 * name the member with its path. */
MUST_CHECK bool shape_read(const struct shape *shape, struct arena *arena, const json_t *body,
			   const struct shape_path *path, void *of, struct error *err);

#endif
