/* package_create.h – creates packages and templates, from a body or as a copy.
 *
 * Each is one transaction with its events: PACKAGE_CREATE or TEMPLATE_CREATE, then
 * PACKAGE_ACTIVATE when `status` is SENT. */
#ifndef GREFFIER_SIGNING_PACKAGE_CREATE_H
#define GREFFIER_SIGNING_PACKAGE_CREATE_H

#include "signing/package.h"

/* Creates a package from a body as sent. Contents of documents come from `uploads` (matched by name, then by order) or
 * `base64Content`. `sender` names another user of the account as the owner, which needs a permission: ERROR_NO_PERMISSION,
 * ERROR_USER_NOT_FOUND. `callback` is an endpoint (notify/endpoints.h) for the events of this package only. *ret_id lives in the
 * context's arena. */
MUST_CHECK bool package_create(const struct context *context, const json_t *body,
			       const struct upload *uploads, size_t upload_count, const char **ret_id,
			       struct error *err);

/* Copies a package or template, with roles, documents and contents; nothing that signers did is copied. Members of `body` replace
 * those of the copy; `type` TEMPLATE makes a template. A role of the body replaces the signers of the role with its id, or its name;
 * others are added; an empty list changes nothing. `sender` as above. Fails as package_create and package_read do. */
MUST_CHECK bool package_clone(const struct context *context, const char *source, const json_t *body,
			      const char **ret_id, struct error *err);

#endif
