/* shape_tree.h – shapes of what stays JSON: large objects that are kept as their text. Fields of
 * structs are not needed. */
#ifndef GREFFIER_BASE_SHAPE_TREE_H
#define GREFFIER_BASE_SHAPE_TREE_H

#include "base/shape.h"

/* A copy with the members that the shape knows, each of its kind, in the order of the table; dates
 * are in UTC. Nulls, unknown members and those of SHAPE_ANSWER are dropped. ERROR_INVALID_FIELD
 * names the member, e.g. "documents[0].approvals[1].role". New reference; NULL on failure. */
json_t *shape_reduce(const struct shape *shape, const json_t *input, struct error *err);
/* Adds the defaults of all absent SHAPE_COMPLETED members, all the way down. In place. */
void shape_complete(const struct shape *shape, json_t *object);

#endif
