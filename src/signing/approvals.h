/* approvals.h – the calls on approvals (signature blocks) and fields of one document. A change is one transaction, needs a DRAFT, and
 * raises no event.
 *
 * All can fail with ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION, ERROR_DOCUMENT_NOT_FOUND, ERROR_APPROVAL_NOT_FOUND and
 * ERROR_FIELD_NOT_FOUND; changes with ERROR_PACKAGE_NOT_DRAFT, ERROR_VERSION_CHANGED and the errors of approval_build.h too. */
#ifndef GREFFIER_SIGNING_APPROVALS_H
#define GREFFIER_SIGNING_APPROVALS_H

#include "signing/package.h"

/* The lists that a document has. */
enum block_kind {
	BLOCK_APPROVAL,       /* of a document */
	BLOCK_FIELD,          /* of an approval */
	BLOCK_DOCUMENT_FIELD, /* of a document: QR codes */
	BLOCK_KIND_COUNT
};

/* Where a block stands. Texts from the path, borrowed. */
struct block_place {
	enum block_kind kind;
	const char *package, *document;
	const char *approval; /* of BLOCK_FIELD */
	const char *id;       /* of the block itself; NULL where its list is meant */
};

/* Answers are new references: the block as it is stored. */
MUST_CHECK bool block_read(const struct context *context, const struct block_place *place,
			   json_t **ret_block, struct error *err);
MUST_CHECK bool block_add(const struct context *context, const struct block_place *place,
			  const json_t *body, json_t **ret_block, struct error *err);
/* Replaces all members; the id of the path stays. */
MUST_CHECK bool block_replace(const struct context *context, const struct block_place *place,
			      const json_t *body, json_t **ret_block, struct error *err);
MUST_CHECK bool block_remove(const struct context *context, const struct block_place *place,
			     struct error *err);
/* Replaces the whole list. */
MUST_CHECK bool blocks_replace(const struct context *context, const struct block_place *place,
			       const json_t *list, json_t **ret_blocks, struct error *err);
/* Replaces a field of an approval, and the package's conditions that ask for its value by `conditions` of the body. Answers the field
 * with these conditions. */
MUST_CHECK bool field_replace_with_conditions(const struct context *context,
					      const struct block_place *place, const json_t *body,
					      json_t **ret_field, struct error *err);

/* The approvals that a signer can still sign, as a list; of one document, or of all when `document` is NULL. Nobody's for an unknown
 * signer. */
MUST_CHECK bool approvals_of_signer(const struct context *context, const char *package,
				    const char *document, const char *signer, json_t **ret_approvals,
				    struct error *err);

#endif
