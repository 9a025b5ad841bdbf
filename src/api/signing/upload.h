/* upload.h – reads bodies with files: JSON alone, or multipart with the JSON in `payload` and
 * files. Inside src/api only. */
#ifndef GREFFIER_API_SIGNING_UPLOAD_H
#define GREFFIER_API_SIGNING_UPLOAD_H

#include "api/core/call.h"

struct upload_body {
	json_t *json; /* owned by the caller */
	struct upload *uploads; /* in the call's arena */
	size_t count;
};

/* Reads the body; its JSON may be any value. Fails with ERROR_MISSING_FIELD when there is no
 * `payload`. */
MUST_CHECK bool upload_body_read(const struct call *call, struct upload_body *ret_body, struct error *err);
/* Does the same; the JSON must be an object. */
MUST_CHECK bool upload_object_read(const struct call *call, struct upload_body *ret_body, struct error *err);

#endif
