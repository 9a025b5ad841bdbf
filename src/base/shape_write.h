/* shape_write.h – makes JSON of a struct, as its shape says: the answers of the API.
 *
 * All members appear, but for those of SHAPE_REQUEST and empty ones of SHAPE_OR_NONE. A NULL text
 * is shown as "". */
#ifndef GREFFIER_BASE_SHAPE_WRITE_H
#define GREFFIER_BASE_SHAPE_WRITE_H

#include "base/buf.h"
#include "base/shape.h"

/* Appends the struct's JSON text. Nothing is allocated but in `buf`. False: the buffer is full. */
MUST_CHECK bool shape_write(struct buf *buf, const struct shape *shape, const void *of);
/* The same as a tree, for what is compared, merged or kept. New reference, never NULL. */
json_t *shape_to_json(const struct shape *shape, const void *of);
/* The same without members of SHAPE_ANSWER: what a caller can set, for versions and history. */
json_t *shape_settable_to_json(const struct shape *shape, const void *of);

#endif
