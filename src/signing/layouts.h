/* layouts.h – a layout is a package of type LAYOUT: signature blocks and fields that are applied to documents. */
#ifndef GREFFIER_SIGNING_LAYOUTS_H
#define GREFFIER_SIGNING_LAYOUTS_H

#include "signing/package.h"

/* Which layout, and how it is applied. Texts of the query; NULL when absent. */
struct layout_choice {
	const char *id, *name; /* one of them */
	bool removes_out_of_bound; /* fields that do not fit on a page of the document */
};

/* Adds the layout's approvals and fields to a document of a draft. Roles are matched by name, then by id; others are added as
 * placeholders. Answers the document: a new reference. ERROR_MISSING_FIELD without a choice, ERROR_LAYOUT_NOT_FOUND, and the errors
 * of package_documents.h. */
MUST_CHECK bool layout_apply(const struct context *context, const char *package, const char *document,
			     const struct layout_choice *choice, json_t **ret_document, struct error *err);

#endif
