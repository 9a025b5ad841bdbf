/* approvals.h – the API calls on approvals (signature blocks) and fields of one document.
 *
 * A change is one transaction, needs a DRAFT and raises no event. All calls may fail with
 * ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION, ERROR_DOCUMENT_NOT_FOUND,
 * ERROR_APPROVAL_NOT_FOUND and ERROR_FIELD_NOT_FOUND. Changes may also fail with
 * ERROR_PACKAGE_NOT_DRAFT, ERROR_VERSION_CHANGED and the errors of approval_build.h. */
#ifndef GREFFIER_SIGNING_APPROVALS_H
#define GREFFIER_SIGNING_APPROVALS_H

#include "signing/package.h"

/* The kinds of objects in a document's lists. */
enum block_kind {
	BLOCK_APPROVAL,       /* of a document */
	BLOCK_FIELD,          /* of an approval */
	BLOCK_DOCUMENT_FIELD, /* of a document: QR codes */
	BLOCK_KIND_COUNT
};

/* The position of a block. Texts come from the URL's path and are borrowed. */
struct block_place {
	enum block_kind kind;
	const char *package, *document;
	const char *approval; /* for BLOCK_FIELD */
	const char *id;       /* id of the block; NULL when the whole list is meant */
};

/* Results are new references to the block as stored. */
MUST_CHECK bool block_read(const struct context *context, const struct block_place *place,
			   json_t **ret_block, struct error *err);
MUST_CHECK bool block_add(const struct context *context, const struct block_place *place,
			  const json_t *body, json_t **ret_block, struct error *err);
/* Replaces all members except the id. */
MUST_CHECK bool block_replace(const struct context *context, const struct block_place *place,
			      const json_t *body, json_t **ret_block, struct error *err);
MUST_CHECK bool block_remove(const struct context *context, const struct block_place *place,
			     struct error *err);
/* Replaces the whole list. */
MUST_CHECK bool blocks_replace(const struct context *context, const struct block_place *place,
			       const json_t *list, json_t **ret_blocks, struct error *err);
/* Replaces a field of an approval. Also replaces the package's conditions that depend on the
 * field's value by `conditions` of the body. Returns the field with these conditions. */
MUST_CHECK bool field_replace_with_conditions(const struct context *context,
					      const struct block_place *place, const json_t *body,
					      json_t **ret_field, struct error *err);

/* Lists the approvals that a signer can still sign, in one document or in all (`document` NULL).
 * The list is empty for an unknown signer. */
MUST_CHECK bool approvals_of_signer(const struct context *context, const char *package,
				    const char *document, const char *signer, json_t **ret_approvals,
				    struct error *err);

#endif
