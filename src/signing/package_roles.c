/* package_roles.c – see package_roles.h. */
#include "signing/package_roles.h"

#include <string.h>

#include "base/json.h"
#include "signing/document_build.h"
#include "signing/ids.h"
#include "signing/model.h"
#include "signing/package_edit.h"
#include "signing/package_text.h"
#include "signing/package_version.h"
#include "signing/role_build.h"
#include "store/package_aside.h"
#include "store/search_text.h"
#include "store/user_store.h"

#define NOT_THERE SIZE_MAX

static size_t role_place(const json_t *roles, const char *id)
{
	for (size_t i = 0; i < json_array_size(roles); i++) {
		const json_t *role = json_array_get(roles, i);
		if (strcmp(json_text(role, "id"), id) == 0)
			return i;
	}
	for (size_t i = 0; i < json_array_size(roles); i++) {
		const json_t *signer = role_signer(json_array_get(roles, i));
		if (signer && strcmp(json_text(signer, "id"), id) == 0)
			return i;
	}
	return NOT_THERE;
}

static bool role_find(const json_t *roles, const char *id, size_t *ret_place, struct error *err)
{
	*ret_place = role_place(roles, id);
	return *ret_place != NOT_THERE || error_set(err, ERROR_ROLE_NOT_FOUND, NULL);
}

/* ---- reading ---- */

/* A new reference to the list of roles as the caller may see them. */
static json_t *roles_read(const struct context *context, const char *id, struct error *err)
{
	struct db *db = session_db(context->session);
	struct stored_package package;
	struct package_parts parts;

	if (!stored_package_find(context, db, id, false, &package, err) ||
	    !stored_package_kind(context, db, &package, PACKAGE_ROLE, &parts, err))
		return NULL;
	package_version_note(context, &package.record);
	scoped(json_t) json_t *roles = json_array();
	for (size_t i = 0; i < parts.count[PACKAGE_ROLE]; i++) {
		json_t *role = package_text_decode(parts.list[PACKAGE_ROLE][i].body, err);
		if (!role)
			return NULL;
		if (actor_is_signer(context->actor))
			role_answers_remove(role);
		json_array_append_new(roles, role);
	}
	return json_incref(roles);
}

bool package_roles_read(const struct context *context, const char *id, json_t **ret_roles,
			struct error *err)
{
	scoped(json_t) json_t *roles = roles_read(context, id, err);

	if (!roles)
		return false;
	*ret_roles = list_counted(roles);
	return true;
}

bool package_role_read(const struct context *context, const char *id, const char *role,
		       json_t **ret_role, struct error *err)
{
	scoped(json_t) json_t *roles = roles_read(context, id, err);
	size_t place;

	if (!roles || !role_find(roles, role, &place, err))
		return false;
	*ret_role = json_incref(json_array_get(roles, place));
	return true;
}

/* ---- changing ---- */

struct role_change {
	const char *role; /* whose id is in the path; NULL for a new one */
	json_t *body;	  /* reduced */
	json_t *answer;	  /* new reference */
};

static bool user_lookup(void *arg, const char *email, struct user *ret_user, bool *ret_found,
			struct error *err)
{
	const struct package_edit *edit = arg;
	return user_find_by_email(txn_db(edit->txn), edit->context->arena, email, ret_user,
				  ret_found, err);
}

static bool body_build(struct package_edit *edit, const struct role_change *change,
		       const json_t *before, struct error *err)
{
	const struct user owner = {.account = edit->package.record.account,
				   .uid = edit->package.record.owner};
	const struct package_build build = {
		.arena = edit->context->arena,
		.now = edit->context->now,
		.owner = &owner,
		.user_find = user_lookup,
		.arg = edit,
	};
	if (!role_build(&build, change->body, before, NULL, err))
		return false;
	shape_complete(&model_role, change->body);
	return true;
}

/* Searches look into the names and addresses of all signers. */
static void people_note(struct package_edit *edit, json_t *roles)
{
	scoped(json_t) json_t *package = json_pack("{s:O}", "roles", roles);

	edit->package.record.people = search_people_make(edit->context->arena, package);
}

static bool role_add(struct package_edit *edit, void *arg, struct error *err)
{
	struct role_change *change = arg;

	scoped(json_t) json_t *roles = edit_parts_read(edit, PACKAGE_ROLE, err);
	if (!roles)
		return false;
	if (json_array_size(roles) >= PACKAGE_ROLES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "a package has at most %d roles",
				 PACKAGE_ROLES_MAX);
	if (!body_build(edit, change, NULL, err))
		return false;
	json_array_append(roles, change->body);
	if (!role_fits(roles, json_array_size(roles) - 1, NULL, err))
		return false;
	people_note(edit, roles);
	change->answer = json_incref(change->body);
	return edit_part_append(edit, PACKAGE_ROLE, change->body, err) &&
	       consent_approval_add(edit, change->body, err);
}

/* Runs a change and hands its answer over, or releases it. */
static bool change_run(const struct context *context, const char *id, enum edit_when when,
		       package_edit_body *body, struct role_change *change, json_t **ret_answer,
		       struct error *err)
{
	scoped(json_t) json_t *answer = NULL;
	bool done = package_edit(context, id, when, body, change, err);

	answer = change->answer;
	if (done)
		*ret_answer = json_incref(answer);
	return done;
}

bool package_role_add(const struct context *context, const char *id, const json_t *body,
		      json_t **ret_role, struct error *err)
{
	scoped(json_t) json_t *reduced = shape_reduce(&model_role, body, err);
	struct role_change change = {.body = reduced};

	return reduced && change_run(context, id, EDIT_DRAFTS, role_add, &change, ret_role, err);
}

static bool type_check(const json_t *body, const json_t *before, struct error *err)
{
	const char *type = json_text(body, "type");

	return !*type || strcmp(type, json_text(before, "type")) == 0 ||
	       error_set(err, ERROR_INVALID_FIELD, "type: the type %s of a role cannot be changed",
			 json_text(before, "type"));
}

static bool role_replace(struct package_edit *edit, void *arg, struct error *err)
{
	struct role_change *change = arg;
	json_t *body = change->body;
	size_t place;

	scoped(json_t) json_t *roles = edit_parts_read(edit, PACKAGE_ROLE, err);
	if (!roles || !role_find(roles, change->role, &place, err))
		return false;
	const json_t *before = json_array_get(roles, place);
	if (!type_check(body, before, err))
		return false;
	json_object_set(body, "id", json_object_get(before, "id"));
	json_object_set(body, "type", json_object_get(before, "type"));
	if (!body_build(edit, change, before, err))
		return false;
	json_array_set(roles, place, body);
	if (!role_fits(roles, place, NULL, err))
		return false;
	people_note(edit, roles);
	change->answer = json_incref(body);
	return edit_part_save(edit, PACKAGE_ROLE, body, err);
}

bool package_role_replace(const struct context *context, const char *id, const char *role,
			  const json_t *body, json_t **ret_role, struct error *err)
{
	scoped(json_t) json_t *reduced = shape_reduce(&model_role, body, err);
	struct role_change change = {.role = role, .body = reduced};

	return reduced &&
	       change_run(context, id, EDIT_DRAFTS, role_replace, &change, ret_role, err);
}

/* ---- removing ---- */

static bool approvals_of_role_remove(json_t *document, const char *role)
{
	json_t *approvals = json_object_get(document, "approvals");
	bool removed = false;

	for (size_t i = json_array_size(approvals); i-- > 0;) {
		if (strcmp(json_text(json_array_get(approvals, i), "role"), role) != 0)
			continue;
		json_array_remove(approvals, i);
		removed = true;
	}
	return removed;
}

/* Every approval has a role of its package, so a role's approvals go with it. */
static bool approvals_remove(struct package_edit *edit, const char *role, struct error *err)
{
	json_t *document;
	size_t i;

	scoped(json_t) json_t *documents = edit_parts_read(edit, PACKAGE_DOCUMENT, err);
	if (!documents)
		return false;
	json_array_foreach(documents, i, document)
	{
		if (approvals_of_role_remove(document, role) &&
		    !edit_part_save(edit, PACKAGE_DOCUMENT, document, err))
			return false;
	}
	return true;
}

static bool role_remove(struct package_edit *edit, void *arg, struct error *err)
{
	const struct role_change *change = arg;
	size_t place;

	scoped(json_t) json_t *roles = edit_parts_read(edit, PACKAGE_ROLE, err);
	if (!roles || !role_find(roles, change->role, &place, err))
		return false;
	scoped(json_t) json_t *role = json_incref(json_array_get(roles, place));
	if (strcmp(json_text(role, "type"), "SENDER") == 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "roleId: the role of the package's sender cannot be removed");
	json_array_remove(roles, place);
	people_note(edit, roles);
	return edit_part_remove(edit, PACKAGE_ROLE, json_text(role, "id"), err) &&
	       approvals_remove(edit, json_text(role, "id"), err) &&
	       package_aside_delete(txn_db(edit->txn), edit->package.record.account,
				    edit->package.record.id,
				    arena_printf(edit->context->arena, ASIDE_VERIFICATION "%s",
						 json_text(role, "id")),
				    err);
}

bool package_role_remove(const struct context *context, const char *id, const char *role,
			 struct error *err)
{
	struct role_change change = {.role = role};

	return package_edit(context, id, EDIT_DRAFTS, role_remove, &change, err);
}

/* ---- order and locks ---- */

static bool index_set(struct package_edit *edit, json_t *roles, const json_t *entry, size_t at,
		      struct error *err)
{
	const char *id = json_text(entry, "id");
	int64_t index;

	if (!*id || !json_whole(json_object_get(entry, "index"), &index) || index < 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "[%zu]: an object with `id` and `index`, a whole number from 0",
				 at);
	size_t place = role_place(roles, id);
	if (place == NOT_THERE)
		return error_set(err, ERROR_ROLE_NOT_FOUND, "[%zu].id: there is no role `%.60s`",
				 at, id);
	json_t *role = json_array_get(roles, place);
	json_object_set_new(role, "index", json_integer(index));
	return edit_part_save(edit, PACKAGE_ROLE, role, err);
}

static bool roles_order(struct package_edit *edit, void *arg, struct error *err)
{
	struct role_change *change = arg;

	scoped(json_t) json_t *roles = edit_parts_read(edit, PACKAGE_ROLE, err);
	if (!roles)
		return false;
	for (size_t i = 0; i < json_array_size(change->body); i++) {
		if (!index_set(edit, roles, json_array_get(change->body, i), i, err))
			return false;
	}
	change->answer = list_counted(roles);
	return true;
}

bool package_roles_order(const struct context *context, const char *id, const json_t *list,
			 json_t **ret_roles, struct error *err)
{
	scoped(json_t) json_t *held = json_incref((json_t *)(uintptr_t)list);
	struct role_change change = {.body = held};

	if (json_array_size(list) > PACKAGE_ROLES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "the body: at most %d roles are allowed",
				 PACKAGE_ROLES_MAX);
	return change_run(context, id, EDIT_DRAFTS, roles_order, &change, ret_roles, err);
}

static bool role_unlock(struct package_edit *edit, void *arg, struct error *err)
{
	struct role_change *change = arg;
	size_t place;

	scoped(json_t) json_t *roles = edit_parts_read(edit, PACKAGE_ROLE, err);
	if (!roles || !role_find(roles, change->role, &place, err))
		return false;
	json_t *role = json_array_get(roles, place);
	json_object_set_new(role, "locked", json_false());
	change->answer = json_incref(role);
	return edit_part_save(edit, PACKAGE_ROLE, role, err);
}

bool package_role_unlock(const struct context *context, const char *id, const char *role,
			 json_t **ret_role, struct error *err)
{
	struct role_change change = {.role = role};

	return change_run(context, id, EDIT_ANY_STATUS, role_unlock, &change, ret_role, err);
}
