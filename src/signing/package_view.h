/* package_view.h – roles and documents of a package as C structs: what the rules read. Inside src/signing only.
 *
 * Made from the parts' texts, in an arena; everything in it lives there. A rule that needs another member adds it here. */
#ifndef GREFFIER_SIGNING_PACKAGE_VIEW_H
#define GREFFIER_SIGNING_PACKAGE_VIEW_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/package_parts.h"

struct signer_view {
	const char *id, *email, *first_name, *last_name;
};

struct role_view {
	const char *id, *name;
	struct signer_view *signers;
	size_t signer_count;
};

struct approval_view {
	const char *role; /* id */
	size_t field_count;
	bool is_accepted, is_signed;
};

struct document_view {
	const char *id;
	struct approval_view *approvals;
	size_t approval_count;
};

struct package_view {
	struct role_view *roles;
	size_t role_count;
	struct document_view *documents;
	size_t document_count;
};

/* Reads the parts. ERROR_NO_MEMORY. */
MUST_CHECK bool package_view_read(struct arena *arena, const struct package_parts *parts,
				  struct package_view *ret_view, struct error *err);
/* The same of a package that is still JSON. */
void package_view_make(struct arena *arena, const json_t *roles, const json_t *documents,
		       struct package_view *ret_view);

/* NULL: the package has no such role. */
const struct role_view *view_role(const struct package_view *view, const char *id);
/* A role's first signer; `id` is the role's or the signer's. NULL: nobody. */
const struct signer_view *view_signer(const struct package_view *view, const char *id);

/* ---- the rules ---- */

/* A package is sent with a document besides the consent, a signature, and a signer for each approval.
 * ERROR_PACKAGE_NOT_SENDABLE says what is missing. */
MUST_CHECK bool package_is_sendable(const struct package_view *view, struct error *err);
/* Whether every approval has been signed. */
bool package_is_signed(const struct package_view *view);
/* Whether an approval of the document has been accepted or signed. */
bool document_was_touched(const struct document_view *document);

#endif
