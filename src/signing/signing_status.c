/* signing_status.c – see signing_status.h. */
#include "signing/signing_status.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "signing/package_record.h"
#include "signing/package_text.h"

struct summary {
	struct stored_package package;
	struct package_view view;
};

static bool summary_read(const struct context *context, const char *id, struct summary *ret_summary,
			 struct error *err)
{
	struct db *db = session_db(context->session);

	return stored_package_find(context, db, id, false, &ret_summary->package, err) &&
	       stored_package_parts(context, db, &ret_summary->package, err) &&
	       package_view_read(context->arena, &ret_summary->package.parts, &ret_summary->view,
				 err);
}

/* ---- status ---- */

static bool is_signer(const struct role_view *role, const char *signer)
{
	return role->signer_count > 0 && (strcmp(role->signers[0].id, signer) == 0 ||
					  text_equal_nocase(role->signers[0].email, signer));
}

static bool signer_is_there(const struct package_view *view, const char *signer)
{
	for (size_t i = 0; i < view->role_count; i++) {
		if (is_signer(&view->roles[i], signer))
			return true;
	}
	return false;
}

static bool is_in_scope(const struct package_view *view, const struct approval_view *approval,
			const char *signer)
{
	const struct role_view *role = view_role(view, approval->role);

	return !signer || (role && is_signer(role, signer));
}

/* Whether every approval of the scope has been signed. */
static bool scope_is_signed(const struct package_view *view, const char *signer,
			    const char *document)
{
	for (size_t i = 0; i < view->document_count; i++) {
		const struct document_view *one = &view->documents[i];
		if (document && strcmp(one->id, document) != 0)
			continue;
		for (size_t j = 0; j < one->approval_count; j++) {
			if (!one->approvals[j].is_signed &&
			    is_in_scope(view, &one->approvals[j], signer))
				return false;
		}
	}
	return true;
}

static bool document_is_there(const struct package_view *view, const char *document)
{
	for (size_t i = 0; i < view->document_count; i++) {
		if (strcmp(view->documents[i].id, document) == 0)
			return true;
	}
	return false;
}

bool signing_status_find(const struct context *context, const char *id, const char *signer,
			 const char *document, const char **ret_status, struct error *err)
{
	struct summary summary;

	signer = signer && *signer ? signer : NULL;
	document = document && *document ? document : NULL;
	if (!summary_read(context, id, &summary, err))
		return false;
	const struct package_record *record = &summary.package.record;
	if (signer && !signer_is_there(&summary.view, signer))
		return error_set(err, ERROR_SIGNER_NOT_FOUND,
				 "signer: is not a signer of the package");
	if (document && !document_is_there(&summary.view, document))
		return error_set(err, ERROR_DOCUMENT_NOT_FOUND, "document");
	*ret_status = record->status;
	if (record->trashed)
		*ret_status = "DELETED";
	else if (strcmp(record->status, "SENT") == 0)
		*ret_status = scope_is_signed(&summary.view, signer, document) ? "SIGNING_COMPLETED"
									       : "SIGNING_PENDING";
	return true;
}

/* ---- values ---- */

static void value_add(const struct package_view *view, const char *document, const json_t *approval,
		      const json_t *field, json_t *fields)
{
	const struct role_view *role = view_role(view, json_text(approval, "role"));
	const char *value = json_text(field, "value");

	if (*value)
		json_array_append_new(
			fields,
			json_pack("{s:s, s:s, s:s, s:s, s:s}", "signerId",
				  role && role->signer_count > 0 ? role->signers[0].id : "",
				  "documentId", document, "fieldId", json_text(field, "id"),
				  "fieldName", json_text(field, "name"), "fieldValue", value));
}

bool field_summary_read(const struct context *context, const char *id, json_t **ret_fields,
			struct error *err)
{
	struct summary summary;
	json_t *approval, *field;
	size_t i, j;

	if (!summary_read(context, id, &summary, err))
		return false;
	scoped(json_t) json_t *fields = json_array();
	for (size_t at = 0; at < summary.package.parts.count[PACKAGE_DOCUMENT]; at++) {
		const struct package_part *part = &summary.package.parts.list[PACKAGE_DOCUMENT][at];
		scoped(json_t) json_t *document = package_text_decode(part->body, err);
		if (!document)
			return false;
		json_array_foreach(json_object_get(document, "approvals"), i, approval)
		{
			json_array_foreach(json_object_get(approval, "fields"), j, field)
				value_add(&summary.view, part->id, approval, field, fields);
		}
	}
	*ret_fields = json_incref(fields);
	return true;
}
