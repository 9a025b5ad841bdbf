/* conditions.h – conditional fields: "when this field has that value, that field is disabled". A package has a list of them, each
 * {id, condition, action}. `condition` and `action` name fields as document['D'].field['F']. */
#ifndef GREFFIER_SIGNING_CONDITIONS_H
#define GREFFIER_SIGNING_CONDITIONS_H

#include <jansson.h>

#include "signing/package.h"

/* The member `conditions` of a body, checked: a new reference to a list, empty when the member is absent. ERROR_INVALID_FIELD. */
json_t *conditions_reduce(const json_t *body, struct error *err);
/* Puts `conditions` in place of those of the package's members that ask for the value of a field, and of those with the same ids. */
void conditions_replace(json_t *members, const char *document, const char *field, const json_t *conditions);

/* Which conditions name a field, as {packageId, documents}; of all documents and fields where `document` or `field` is NULL. New
 * reference. ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION, ERROR_DOCUMENT_NOT_FOUND. */
MUST_CHECK bool conditions_find(const struct context *context, const char *package, const char *document,
				const char *field, json_t **ret_references, struct error *err);

#endif
