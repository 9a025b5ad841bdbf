/* model.h – the shapes of all objects of the package model (model_table.c).
 *
 * Clients send members of newer versions and omit others, and some (the Java SDK) fail on an
 * unexpected null. A body is therefore reduced to the members that the shape knows (shape_reduce),
 * and nulls are removed. Members marked as never null get a default (shape_complete). A package
 * stays JSON: its shapes have no fields of structs. */
#ifndef GREFFIER_SIGNING_MODEL_H
#define GREFFIER_SIGNING_MODEL_H

#include "base/shape_tree.h"

extern const struct shape model_package, model_role, model_document, model_approval, model_field,
	model_condition, model_message;

#endif
