/* approvals.c – see approvals.h. */
#include "signing/approvals.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "signing/approval_build.h"
#include "signing/conditions.h"
#include "signing/document_visibility.h"
#include "signing/model.h"
#include "signing/package_edit.h"
#include "signing/package_text.h"

static const struct {
	const char *list; /* the member that holds them */
	const struct shape *model;
	size_t max;
	enum error_code not_found;
} kinds[BLOCK_KIND_COUNT] = {
	[BLOCK_APPROVAL] = {"approvals", &model_approval, DOCUMENT_APPROVALS_MAX,
			    ERROR_APPROVAL_NOT_FOUND},
	[BLOCK_FIELD] = {"fields", &model_field, APPROVAL_FIELDS_MAX, ERROR_FIELD_NOT_FOUND},
	[BLOCK_DOCUMENT_FIELD] = {"fields", &model_field, APPROVAL_FIELDS_MAX,
				  ERROR_FIELD_NOT_FOUND},
};

/* ---- finding ---- */

static bool entry_find(const json_t *list, const char *id, enum error_code not_found,
		       size_t *ret_place, struct error *err)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (strcmp(json_text(json_array_get(list, i), "id"), id) == 0) {
			*ret_place = i;
			return true;
		}
	}
	return error_set(err, not_found, NULL);
}

/* The list that the place is in, borrowed from the document. */
static bool list_find(const json_t *document, const struct block_place *place, json_t **ret_list,
		      struct error *err)
{
	const json_t *holder = document;
	size_t at = 0;

	if (place->kind == BLOCK_FIELD) {
		json_t *approvals = json_object_get(document, "approvals");
		if (!entry_find(approvals, place->approval, ERROR_APPROVAL_NOT_FOUND, &at, err))
			return false;
		holder = json_array_get(approvals, at);
	}
	*ret_list = json_object_get(holder, kinds[place->kind].list);
	ensure(*ret_list); /* completed when it was stored */
	return true;
}

/* ---- reading ---- */

bool block_read(const struct context *context, const struct block_place *place, json_t **ret_block,
		struct error *err)
{
	struct stored_package ignored;
	json_t *list;
	size_t at = 0;

	scoped(json_t) json_t *document = NULL;
	if (!seen_document_read(context, place->package, place->document, &ignored, &document,
				err) ||
	    !list_find(document, place, &list, err) ||
	    !entry_find(list, place->id, kinds[place->kind].not_found, &at, err))
		return false;
	*ret_block = json_incref(json_array_get(list, at));
	return true;
}

/* ---- changing ---- */

struct block_change {
	const struct block_place *place;
	json_t *body;	    /* reduced: a block or a list of blocks; NULL when it is removed */
	json_t *conditions; /* reduced; NULL: they stay */
	/* What is done to the list. */
	bool (*apply)(struct package_edit *edit, struct block_change *change, json_t *list,
		      struct error *err);
	json_t *answer; /* new reference */
};

static bool roles_of(struct package_edit *edit, struct role_ids *ret_roles, struct error *err)
{
	return edit_part_ids(edit, PACKAGE_ROLE, &ret_roles->list, &ret_roles->count, err);
}

static bool body_build(struct package_edit *edit, const struct block_change *change,
		       struct error *err)
{
	struct arena *arena = edit->context->arena;
	struct role_ids roles;

	if (change->place->kind != BLOCK_APPROVAL)
		return field_build(arena, change->body, NULL, err);
	return roles_of(edit, &roles, err) &&
	       approval_build(arena, &roles, change->body, NULL, err);
}

static bool list_build(struct package_edit *edit, const struct block_change *change,
		       struct error *err)
{
	struct arena *arena = edit->context->arena;
	struct role_ids roles;

	if (change->place->kind != BLOCK_APPROVAL)
		return fields_build(arena, change->body, NULL, err);
	return roles_of(edit, &roles, err) &&
	       approvals_build(arena, &roles, change->body, NULL, err);
}

static bool list_append(struct package_edit *edit, struct block_change *change, json_t *list,
			struct error *err)
{
	struct error ignored = {0};
	size_t at = 0;

	if (json_array_size(list) >= kinds[change->place->kind].max)
		return error_set(err, ERROR_INVALID_FIELD,
				 "there are %zu %s: more are not possible", json_array_size(list),
				 kinds[change->place->kind].list);
	if (!body_build(edit, change, err))
		return false;
	if (entry_find(list, json_text(change->body, "id"), ERROR_FIELD_NOT_FOUND, &at, &ignored))
		return error_set(err, ERROR_INVALID_FIELD, "id: already used in this list");
	shape_complete(kinds[change->place->kind].model, change->body);
	json_array_append(list, change->body);
	change->answer = json_incref(change->body);
	return true;
}

static bool list_set(struct package_edit *edit, struct block_change *change, json_t *list,
		     struct error *err)
{
	const struct block_place *place = change->place;
	size_t at = 0;

	if (!entry_find(list, place->id, kinds[place->kind].not_found, &at, err))
		return false;
	json_object_set_new(change->body, "id", json_string(place->id));
	if (!body_build(edit, change, err))
		return false;
	shape_complete(kinds[place->kind].model, change->body);
	json_array_set(list, at, change->body);
	change->answer = json_incref(change->body);
	return true;
}

static bool list_remove(struct package_edit *edit, struct block_change *change, json_t *list,
			struct error *err)
{
	const struct block_place *place = change->place;
	size_t at = 0;

	if (!entry_find(list, place->id, kinds[place->kind].not_found, &at, err))
		return false;
	json_array_remove(list, at);
	return true;
}

static bool list_replace(struct package_edit *edit, struct block_change *change, json_t *list,
			 struct error *err)
{
	json_t *block;
	size_t i;

	if (!list_build(edit, change, err))
		return false;
	json_array_foreach(change->body, i, block)
		shape_complete(kinds[change->place->kind].model, block);
	json_array_clear(list);
	json_array_extend(list, change->body);
	change->answer = json_incref(change->body);
	return true;
}

static bool change_apply(struct package_edit *edit, void *arg, struct error *err)
{
	struct block_change *change = arg;
	const struct block_place *place = change->place;
	json_t *list;

	if (strcmp(place->document, CONSENT_DOCUMENT_ID) == 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "documentId: the consent has one approval for each role, and "
				 "no others");
	scoped(json_t)
		json_t *document = edit_part_read(edit, PACKAGE_DOCUMENT, place->document, err);
	if (!document || !list_find(document, place, &list, err) ||
	    !change->apply(edit, change, list, err))
		return false;
	if (change->conditions &&
	    !conditions_replace(edit->members, place->document, place->id, change->conditions, err))
		return false;
	return edit_part_save(edit, PACKAGE_DOCUMENT, document, err);
}

static bool change_run(const struct context *context, struct block_change *change,
		       json_t **ret_answer, struct error *err)
{
	bool done = package_edit(context, change->place->package, EDIT_DRAFTS, change_apply, change,
				 err);

	scoped(json_t) json_t *answer = change->answer;
	if (done)
		*ret_answer = json_incref(answer);
	return done;
}

bool block_add(const struct context *context, const struct block_place *place, const json_t *body,
	       json_t **ret_block, struct error *err)
{
	scoped(json_t) json_t *reduced = shape_reduce(kinds[place->kind].model, body, err);
	struct block_change change = {.place = place, .body = reduced, .apply = list_append};

	return reduced && change_run(context, &change, ret_block, err);
}

bool block_replace(const struct context *context, const struct block_place *place,
		   const json_t *body, json_t **ret_block, struct error *err)
{
	scoped(json_t) json_t *reduced = shape_reduce(kinds[place->kind].model, body, err);
	struct block_change change = {.place = place, .body = reduced, .apply = list_set};

	return reduced && change_run(context, &change, ret_block, err);
}

bool block_remove(const struct context *context, const struct block_place *place, struct error *err)
{
	struct block_change change = {.place = place, .apply = list_remove};

	return package_edit(context, place->package, EDIT_DRAFTS, change_apply, &change, err);
}

static json_t *list_reduce(const struct shape *model, const json_t *list, struct error *err)
{
	scoped(json_t) json_t *reduced = json_array();

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *entry = shape_reduce(model, json_array_get(list, i), err);
		if (!entry) {
			(void)error_wrap(err, "[%zu]", i);
			return NULL;
		}
		json_array_append_new(reduced, entry);
	}
	return json_incref(reduced);
}

bool blocks_replace(const struct context *context, const struct block_place *place,
		    const json_t *list, json_t **ret_blocks, struct error *err)
{
	if (json_array_size(list) > kinds[place->kind].max)
		return error_set(err, ERROR_INVALID_FIELD, "the body: more than %zu",
				 kinds[place->kind].max);
	scoped(json_t) json_t *reduced = list_reduce(kinds[place->kind].model, list, err);
	struct block_change change = {.place = place, .body = reduced, .apply = list_replace};

	return reduced && change_run(context, &change, ret_blocks, err);
}

bool field_replace_with_conditions(const struct context *context, const struct block_place *place,
				   const json_t *body, json_t **ret_field, struct error *err)
{
	json_t *field;

	scoped(json_t) json_t *reduced = shape_reduce(&model_field, body, err);
	scoped(json_t) json_t *conditions = reduced ? conditions_reduce(body, err) : NULL;
	struct block_change change = {
		.place = place, .body = reduced, .conditions = conditions, .apply = list_set};
	if (!conditions || !change_run(context, &change, &field, err))
		return false;
	json_object_set(field, "conditions", conditions);
	*ret_field = field;
	return true;
}

/* ---- a signer's approvals ---- */

static bool roles_of_signer(const struct context *context, struct db *db,
			    const struct stored_package *package, const char *signer,
			    json_t **ret_roles, struct error *err)
{
	struct package_parts parts;

	if (!stored_package_kind(context, db, package, PACKAGE_ROLE, &parts, err))
		return false;
	scoped(json_t) json_t *roles = json_object();
	for (size_t i = 0; i < parts.count[PACKAGE_ROLE]; i++) {
		scoped(json_t)
			json_t *role = package_text_decode(parts.list[PACKAGE_ROLE][i].body, err);
		if (!role)
			return false;
		const json_t *one = json_array_get(json_object_get(role, "signers"), 0);
		if (one && strcmp(json_text(one, "id"), signer) == 0)
			json_object_set_new(roles, json_text(role, "id"), json_true());
	}
	*ret_roles = json_incref(roles);
	return true;
}

static void signable_add(const json_t *document, const json_t *roles, json_t *approvals)
{
	json_t *approval;
	size_t i;

	json_array_foreach(json_object_get(document, "approvals"), i, approval)
	{
		if (json_object_get(roles, json_text(approval, "role")) &&
		    !json_object_get(approval, "signed") &&
		    !json_is_true(json_object_get(approval, "disabled")))
			json_array_append(approvals, approval);
	}
}

bool approvals_of_signer(const struct context *context, const char *id, const char *document_id,
			 const char *signer, json_t **ret_approvals, struct error *err)
{
	struct stored_package package;
	bool found = !document_id;
	json_t *document;
	size_t i;

	scoped(json_t) json_t *roles = NULL;
	scoped(json_t) json_t *documents = NULL;
	scoped(json_t) json_t *approvals = json_array();
	if (!seen_documents_read(context, id, &package, &documents, err) ||
	    !roles_of_signer(context, session_db(context->session), &package, signer, &roles, err))
		return false;
	json_array_foreach(documents, i, document)
	{
		if (document_id && strcmp(json_text(document, "id"), document_id) != 0)
			continue;
		found = true;
		signable_add(document, roles, approvals);
	}
	if (!found)
		return error_set(err, ERROR_DOCUMENT_NOT_FOUND, NULL);
	*ret_approvals = json_incref(approvals);
	return true;
}
