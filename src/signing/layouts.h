/* layouts.h – layouts: packages of type LAYOUT with signature blocks and fields that can be
 * applied to documents. */
#ifndef GREFFIER_SIGNING_LAYOUTS_H
#define GREFFIER_SIGNING_LAYOUTS_H

#include "signing/package.h"

/* The layout and how it is applied: texts of the query; NULL when absent. */
struct layout_choice {
	const char *id, *name; /* one of the two */
	bool removes_out_of_bound; /* remove fields that do not fit on a page of the document */
};

/* Adds the layout's approvals and fields to a document of a draft. Roles are matched by name,
 * then by id; the others are added as placeholders. Returns the document as a new reference.
 * Fails with ERROR_MISSING_FIELD without a choice, with ERROR_LAYOUT_NOT_FOUND, and with the
 * errors of package_documents.h. */
MUST_CHECK bool layout_apply(const struct context *context, const char *package, const char *document,
			     const struct layout_choice *choice, json_t **ret_document, struct error *err);

#endif
