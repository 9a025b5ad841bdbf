/* package_view.c – see package_view.h. */
#include "signing/package_view.h"

#include <string.h>

#include "base/json.h"
#include "signing/package.h"
#include "signing/package_text.h"

/* ---- making ---- */

static void *list_alloc(struct arena *arena, const json_t *list, size_t size)
{
	return arena_alloc(arena, json_array_size(list) * size + 1);
}

static const char *text_dup(struct arena *arena, const json_t *object, const char *member)
{
	return arena_strdup(arena, json_text(object, member));
}

static struct role_view role_make(struct arena *arena, const json_t *role)
{
	json_t *signers = json_object_get(role, "signers"), *signer;
	struct role_view view = {
		.id = text_dup(arena, role, "id"),
		.name = text_dup(arena, role, "name"),
		.signers = list_alloc(arena, signers, sizeof(*view.signers)),
		.signer_count = json_array_size(signers),
	};
	size_t i;

	json_array_foreach(signers, i, signer)
	{
		view.signers[i] = (struct signer_view){
			.id = text_dup(arena, signer, "id"),
			.email = text_dup(arena, signer, "email"),
			.first_name = text_dup(arena, signer, "firstName"),
			.last_name = text_dup(arena, signer, "lastName"),
		};
	}
	return view;
}

static struct document_view document_make(struct arena *arena, const json_t *document)
{
	json_t *approvals = json_object_get(document, "approvals"), *approval;
	struct document_view view = {
		.id = text_dup(arena, document, "id"),
		.approvals = list_alloc(arena, approvals, sizeof(*view.approvals)),
		.approval_count = json_array_size(approvals),
	};
	size_t i;

	json_array_foreach(approvals, i, approval)
	{
		view.approvals[i] = (struct approval_view){
			.role = text_dup(arena, approval, "role"),
			.field_count = json_array_size(json_object_get(approval, "fields")),
			.is_accepted = json_object_get(approval, "accepted") != NULL,
			.is_signed = json_object_get(approval, "signed") != NULL,
		};
	}
	return view;
}

static void view_size(struct arena *arena, size_t roles, size_t documents,
		      struct package_view *ret_view)
{
	*ret_view = (struct package_view){
		.roles = arena_alloc(arena, roles * sizeof(*ret_view->roles) + 1),
		.role_count = roles,
		.documents = arena_alloc(arena, documents * sizeof(*ret_view->documents) + 1),
		.document_count = documents,
	};
}

void package_view_make(struct arena *arena, const json_t *roles, const json_t *documents,
		       struct package_view *ret_view)
{
	view_size(arena, json_array_size(roles), json_array_size(documents), ret_view);
	for (size_t i = 0; i < ret_view->role_count; i++)
		ret_view->roles[i] = role_make(arena, json_array_get(roles, i));
	for (size_t i = 0; i < ret_view->document_count; i++)
		ret_view->documents[i] = document_make(arena, json_array_get(documents, i));
}

bool package_view_read(struct arena *arena, const struct package_parts *parts,
		       struct package_view *ret_view, struct error *err)
{
	view_size(arena, parts->count[PACKAGE_ROLE], parts->count[PACKAGE_DOCUMENT], ret_view);
	for (size_t i = 0; i < ret_view->role_count; i++) {
		scoped(json_t)
			json_t *role = package_text_decode(parts->list[PACKAGE_ROLE][i].body, err);
		if (!role)
			return false;
		ret_view->roles[i] = role_make(arena, role);
	}
	for (size_t i = 0; i < ret_view->document_count; i++) {
		scoped(json_t) json_t *document = package_text_decode(
			parts->list[PACKAGE_DOCUMENT][i].body, err);
		if (!document)
			return false;
		ret_view->documents[i] = document_make(arena, document);
	}
	return true;
}

/* ---- finding ---- */

const struct role_view *view_role(const struct package_view *view, const char *id)
{
	for (size_t i = 0; i < view->role_count; i++) {
		if (strcmp(view->roles[i].id, id) == 0)
			return &view->roles[i];
	}
	return NULL;
}

const struct signer_view *view_signer(const struct package_view *view, const char *id)
{
	for (size_t i = 0; i < view->role_count; i++) {
		const struct role_view *role = &view->roles[i];
		if (role->signer_count > 0 &&
		    (strcmp(role->id, id) == 0 || strcmp(role->signers[0].id, id) == 0))
			return &role->signers[0];
	}
	return NULL;
}

/* ---- the rules ---- */

static bool approvals_are_sendable(const struct package_view *view,
				   const struct document_view *document, size_t *signatures,
				   struct error *err)
{
	for (size_t i = 0; i < document->approval_count; i++) {
		const struct approval_view *approval = &document->approvals[i];
		const struct role_view *role = view_role(view, approval->role);
		if (!role || role->signer_count == 0)
			return error_set(err, ERROR_PACKAGE_NOT_SENDABLE,
					 "the role `%.60s` has no signer", role ? role->name : "");
		*signatures += approval->field_count > 0;
	}
	return true;
}

bool package_is_sendable(const struct package_view *view, struct error *err)
{
	size_t documents = 0, signatures = 0;

	for (size_t i = 0; i < view->document_count; i++) {
		if (strcmp(view->documents[i].id, CONSENT_DOCUMENT_ID) == 0)
			continue;
		documents++;
		if (!approvals_are_sendable(view, &view->documents[i], &signatures, err))
			return false;
	}
	if (documents == 0)
		return error_set(err, ERROR_PACKAGE_NOT_SENDABLE,
				 "there is no document besides the consent");
	if (signatures == 0)
		return error_set(err, ERROR_PACKAGE_NOT_SENDABLE, "there is no signature");
	return true;
}

bool package_is_signed(const struct package_view *view)
{
	for (size_t i = 0; i < view->document_count; i++) {
		for (size_t j = 0; j < view->documents[i].approval_count; j++) {
			if (!view->documents[i].approvals[j].is_signed)
				return false;
		}
	}
	return true;
}

bool document_was_touched(const struct document_view *document)
{
	for (size_t i = 0; i < document->approval_count; i++) {
		if (document->approvals[i].is_accepted || document->approvals[i].is_signed)
			return true;
	}
	return false;
}
