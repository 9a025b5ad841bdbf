/* package_extras.h – the virtual room of a package, its masked fields, and the verification of
 * roles. They are stored and returned; src/signing applies them.
 *
 * All functions may fail with ERROR_PACKAGE_NOT_FOUND and ERROR_NO_PERMISSION, changes also with
 * ERROR_VERSION_CHANGED. */
#ifndef GREFFIER_SIGNING_PACKAGE_EXTRAS_H
#define GREFFIER_SIGNING_PACKAGE_EXTRAS_H

#include "base/shape.h"
#include "signing/package.h"

#define MASKED_FIELDS_MAX 500

extern const struct shape virtual_room_shape, verification_shape;

/* Results are new references. */

/* Returns {video, videoRecording, startDatetime, hostUid, …}, with defaults when it was never
 * set or `is_default` is true. */
MUST_CHECK bool virtual_room_read(const struct context *context, const char *package, bool is_default,
				  json_t **ret_room, struct error *err);
MUST_CHECK bool virtual_room_replace(const struct context *context, const char *package, const json_t *body,
				     struct error *err);

/* Returns the fields that the room hides from others: a list of texts "document-approval-field". */
MUST_CHECK bool masked_fields_read(const struct context *context, const char *package, json_t **ret_fields,
				   struct error *err);
MUST_CHECK bool masked_fields_replace(const struct context *context, const char *package, const json_t *list,
				      struct error *err);
/* Adds or removes one field. Repeating it is not an error. */
MUST_CHECK bool masked_field_set(const struct context *context, const char *package, const char *field,
				 bool is_masked, struct error *err);

/* Reads how another service verifies a role: {typeId, payload}. `role` is its id or its signer's
 * id. *ret_verification is NULL when there is none. Fails with ERROR_ROLE_NOT_FOUND. */
MUST_CHECK bool verification_read(const struct context *context, const char *package, const char *role,
				  json_t **ret_verification, struct error *err);
MUST_CHECK bool verification_replace(const struct context *context, const char *package, const char *role,
				     const json_t *body, json_t **ret_verification, struct error *err);
MUST_CHECK bool verification_remove(const struct context *context, const char *package, const char *role,
				    struct error *err);

#endif
