/* package_view.h – roles and documents of a package as C structs, for the rules. Inside
 * src/signing only.
 *
 * Made from the parts' texts in an arena, which holds everything. A rule that needs another
 * member adds it here. */
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

/* Reads the parts. Fails with ERROR_NO_MEMORY. */
MUST_CHECK bool package_view_read(struct arena *arena, const struct package_parts *parts,
				  struct package_view *ret_view, struct error *err);
/* Does the same for a package that is still JSON. */
void package_view_make(struct arena *arena, const json_t *roles, const json_t *documents,
		       struct package_view *ret_view);

/* Returns NULL when the package has no such role. */
const struct role_view *view_role(const struct package_view *view, const char *id);
/* Returns the first signer of a role; `id` names the role or the signer. NULL when there is
 * none. */
const struct signer_view *view_signer(const struct package_view *view, const char *id);

/* ---- the rules ---- */

/* Checks that a package can be sent: it needs a document besides the consent, a signature, and a
 * signer for each approval. Fails with ERROR_PACKAGE_NOT_SENDABLE, which says what is missing. */
MUST_CHECK bool package_is_sendable(const struct package_view *view, struct error *err);
/* True when every approval has been signed. */
bool package_is_signed(const struct package_view *view);
/* True when an approval of the document has been accepted or signed. */
bool document_was_touched(const struct document_view *document);

#endif
