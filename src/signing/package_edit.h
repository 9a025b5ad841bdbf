/* package_edit.h – the frame that all changes of roles, documents, approvals and fields share. Inside src/signing only.
 *
 * An edit is one transaction. It locks the package's row, checks the caller, If-Match and the status, and lets its body
 * change parts and members. Then it stores the members with a new `updated` and the next version, and commits.
 * An edit reads and writes only the parts that its body names. */
#ifndef GREFFIER_SIGNING_PACKAGE_EDIT_H
#define GREFFIER_SIGNING_PACKAGE_EDIT_H

#include <jansson.h>

#include "signing/package_record.h"

enum edit_when {
	EDIT_DRAFTS,     /* ERROR_PACKAGE_NOT_DRAFT for a package that has been sent */
	EDIT_ANY_STATUS,
};

struct package_edit {
	const struct context *context;
	struct txn *txn;
	struct stored_package package;
	json_t *members; /* the package's own members, to be changed in place */
};

/* Changes the package by the functions below. On failure the transaction is rolled back. */
typedef bool package_edit_body(struct package_edit *edit, void *arg, struct error *err);

/* Runs `body`. ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION, ERROR_PACKAGE_NOT_DRAFT, ERROR_VERSION_CHANGED,
 * ERROR_BODY_TOO_LARGE when the package outgrows PACKAGE_BODY_MAX, and the body's own errors. */
MUST_CHECK bool package_edit(const struct context *context, const char *id, enum edit_when when,
			     package_edit_body *body, void *arg, struct error *err);

/* Reads a part: a new reference, or NULL with ERROR_ROLE_NOT_FOUND or ERROR_DOCUMENT_NOT_FOUND. */
json_t *edit_part_read(struct package_edit *edit, enum package_part_kind kind, const char *id,
		       struct error *err);
/* Reads all parts of a kind, in order: a new reference to a list. NULL on failure. */
json_t *edit_parts_read(struct package_edit *edit, enum package_part_kind kind, struct error *err);
/* The ids of all parts of a kind, in order; they live in the context's arena. */
MUST_CHECK bool edit_part_ids(struct package_edit *edit, enum package_part_kind kind,
			      const char *const **ret_ids, size_t *ret_count, struct error *err);
/* Replaces the part with the id of `part`, which must exist. */
MUST_CHECK bool edit_part_save(struct package_edit *edit, enum package_part_kind kind,
			       const json_t *part, struct error *err);
/* Adds a part after the last one of its kind. The caller has checked that its id is new. */
MUST_CHECK bool edit_part_append(struct package_edit *edit, enum package_part_kind kind,
				 const json_t *part, struct error *err);
/* Removes a part, which must exist. */
MUST_CHECK bool edit_part_remove(struct package_edit *edit, enum package_part_kind kind,
				 const char *id, struct error *err);
/* Puts the parts of a kind into the order of `ids`, which names each of them once. */
MUST_CHECK bool edit_parts_order(struct package_edit *edit, enum package_part_kind kind,
				 const char *const *ids, size_t count, struct error *err);

/* Adds a new role's acceptance to the consent document, when the package has one and the role is a signer's. */
MUST_CHECK bool consent_approval_add(struct package_edit *edit, const json_t *role, struct error *err);

#endif
