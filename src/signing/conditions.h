/* conditions.h – conditional fields: "when this field has that value, disable that field".
 *
 * A package has a list of conditions {id, condition, action}. `condition` and `action` name
 * fields as document['D'].field['F']. */
#ifndef GREFFIER_SIGNING_CONDITIONS_H
#define GREFFIER_SIGNING_CONDITIONS_H

#include <jansson.h>

#include "signing/package.h"

/* Checks the member `conditions` of a body. Returns a new reference to a list, which is empty
 * when the member is absent. Fails with ERROR_INVALID_FIELD. */
json_t *conditions_reduce(const json_t *body, struct error *err);
/* Removes the package's conditions that depend on the value of a field or have the same ids, and
 * adds `conditions`. */
MUST_CHECK bool conditions_replace(json_t *members, const char *document, const char *field,
				   const json_t *conditions, struct error *err);

/* Lists the conditions that name a field, as {packageId, documents}, as a new reference.
 * `document` or `field` NULL means all. Fails with ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION
 * or ERROR_DOCUMENT_NOT_FOUND. */
MUST_CHECK bool conditions_find(const struct context *context, const char *package, const char *document,
				const char *field, json_t **ret_references, struct error *err);

#endif
