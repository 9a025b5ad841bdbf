/* document_visibility.c – see document_visibility.h. */
#include "signing/document_visibility.h"

#include <string.h>

#include "base/json.h"
#include "signing/ids.h"
#include "signing/package_edit.h"
#include "signing/package_text.h"
#include "signing/package_version.h"
#include "store/package_aside.h"

/* ---- reading and replacing ---- */

static bool visibility_find(const struct context *context, const char *package,
			    json_t **ret_visibility, struct error *err)
{
	const char *text;

	if (!package_aside_find(session_db(context->session), context->arena, context->account,
				package, ASIDE_VISIBILITY, &text, err))
		return false;
	*ret_visibility = text ? package_text_decode(text, err)
			       : json_pack("{s:[]}", "configurations");
	return *ret_visibility != NULL;
}

bool document_visibility_read(const struct context *context, const char *package,
			      json_t **ret_visibility, struct error *err)
{
	struct stored_package stored;

	if (!stored_package_find(context, session_db(context->session), package, false, &stored,
				 err) ||
	    !visibility_find(context, package, ret_visibility, err))
		return false;
	package_version_note(context, &stored.record);
	return true;
}

struct known {
	const char *const *documents, *const *roles;
	size_t document_count, role_count;
};

/* A reduced copy of the roles: new reference. */
static json_t *roles_check(const struct known *known, const json_t *entry, size_t at,
			   struct error *err)
{
	json_t *roles, *role;
	size_t i;

	if (!json_get_array(entry, "roleUids", NULL, &roles, err)) {
		(void)error_wrap(err, "configurations[%zu]", at);
		return NULL;
	}
	scoped(json_t) json_t *reduced = json_array();
	json_array_foreach(roles, i, role)
	{
		const char *id = json_string_value(role);
		if (!id || !id_is_among(known->roles, known->role_count, id)) {
			(void)error_set(err, ERROR_INVALID_FIELD,
					"configurations[%zu].roleUids[%zu]: there is no such role",
					at, i);
			return NULL;
		}
		json_array_append(reduced, role);
		if (i >= PACKAGE_ROLES_MAX) {
			(void)error_set(err, ERROR_INVALID_FIELD,
					"configurations[%zu].roleUids: at most %d are allowed", at,
					PACKAGE_ROLES_MAX);
			return NULL;
		}
	}
	return json_incref(reduced);
}

static bool configuration_add(const struct known *known, const json_t *entry, size_t at,
			      json_t *reduced, struct error *err)
{
	const char *document = json_text(entry, "documentUid");

	if (!id_is_among(known->documents, known->document_count, document))
		return error_set(err, ERROR_INVALID_FIELD,
				 "configurations[%zu].documentUid: there is no such document", at);
	scoped(json_t) json_t *roles = roles_check(known, entry, at, err);
	if (!roles)
		return false;
	json_array_append_new(reduced,
			      json_pack("{s:s, s:O}", "documentUid", document, "roleUids", roles));
	return true;
}

static bool visibility_replace(struct package_edit *edit, void *arg, struct error *err)
{
	const struct package_record *record = &edit->package.record;
	const json_t *sent = arg;
	const char *text;
	struct known known;
	json_t *entry;
	size_t i;

	if (!edit_part_ids(edit, PACKAGE_DOCUMENT, &known.documents, &known.document_count, err) ||
	    !edit_part_ids(edit, PACKAGE_ROLE, &known.roles, &known.role_count, err))
		return false;
	scoped(json_t) json_t *reduced = json_array();
	json_array_foreach(sent, i, entry)
	{
		if (!configuration_add(&known, entry, i, reduced, err))
			return false;
	}
	scoped(json_t) json_t *visibility = json_pack("{s:O}", "configurations", reduced);
	return package_text_encode(edit->context->arena, visibility, &text, err) &&
	       package_aside_put(txn_db(edit->txn), record->account, record->id, ASIDE_VISIBILITY,
				 text, err);
}

bool document_visibility_replace(const struct context *context, const char *package,
				 const json_t *body, struct error *err)
{
	json_t *configurations;

	if (!json_get_array(body, "configurations", NULL, &configurations, err))
		return false;
	if (!configurations)
		return error_set(err, ERROR_MISSING_FIELD, "configurations");
	if (json_array_size(configurations) > PACKAGE_DOCUMENTS_MAX + 1)
		return error_set(err, ERROR_INVALID_FIELD, "configurations: at most %d are allowed",
				 PACKAGE_DOCUMENTS_MAX + 1);
	return package_edit(context, package, EDIT_DRAFTS, visibility_replace, configurations, err);
}

/* ---- what a signer sees ---- */

static bool roles_of_signer(const struct context *context, const char *id,
			    struct document_sight *sight, struct error *err)
{
	struct db *db = session_db(context->session);
	struct stored_package package;
	struct package_parts parts;

	if (!stored_package_find(context, db, id, false, &package, err) ||
	    !stored_package_kind(context, db, &package, PACKAGE_ROLE, &parts, err))
		return false;
	const char **roles = arena_alloc(context->arena,
					 parts.count[PACKAGE_ROLE] * sizeof(*roles) + 1);
	for (size_t i = 0; i < parts.count[PACKAGE_ROLE]; i++) {
		const struct package_part *part = &parts.list[PACKAGE_ROLE][i];
		scoped(json_t) json_t *role = package_text_decode(part->body, err);
		if (!role)
			return false;
		const json_t *signer = json_array_get(json_object_get(role, "signers"), 0);
		if (signer && strcmp(json_text(signer, "id"), context->actor->signer) == 0)
			roles[sight->role_count++] = part->id;
	}
	sight->roles = roles;
	return true;
}

bool document_sight_read(const struct context *context, const char *package,
			 struct document_sight *ret_sight, struct error *err)
{
	struct document_sight sight = {0};

	*ret_sight = sight;
	if (!actor_is_signer(context->actor))
		return true;
	scoped(json_t) json_t *visibility = NULL;
	if (!visibility_find(context, package, &visibility, err))
		return false;
	json_t *configurations = json_object_get(visibility, "configurations");
	if (json_array_size(configurations) == 0)
		return true;
	if (!roles_of_signer(context, package, &sight, err))
		return false;
	sight.configurations = json_incref(configurations);
	*ret_sight = sight;
	return true;
}

void document_sight_done(struct document_sight *sight)
{
	json_decref(sight->configurations);
}

static bool signs_there(const struct document_sight *sight, const json_t *document)
{
	json_t *approval;
	size_t i;

	json_array_foreach(json_object_get(document, "approvals"), i, approval)
	{
		if (id_is_among(sight->roles, sight->role_count, json_text(approval, "role")))
			return true;
	}
	return false;
}

static bool is_listed_for(const struct document_sight *sight, const json_t *entry)
{
	json_t *role;
	size_t i;

	json_array_foreach(json_object_get(entry, "roleUids"), i, role)
	{
		if (id_is_among(sight->roles, sight->role_count, json_string_value(role)))
			return true;
	}
	return false;
}

bool document_is_seen(const struct document_sight *sight, const json_t *document)
{
	bool is_listed = false;
	json_t *entry;
	size_t i;

	json_array_foreach(sight->configurations, i, entry)
	{
		if (strcmp(json_text(entry, "documentUid"), json_text(document, "id")) != 0)
			continue;
		if (is_listed_for(sight, entry))
			return true;
		is_listed = true;
	}
	return !is_listed || signs_there(sight, document);
}

bool seen_document_read(const struct context *context, const char *id, const char *document_id,
			struct stored_package *ret_package, json_t **ret_document,
			struct error *err)
{
	struct db *db = session_db(context->session);
	struct document_sight sight;
	struct package_part part;
	bool found;

	if (!stored_package_find(context, db, id, false, ret_package, err) ||
	    !stored_package_part(context, db, ret_package, PACKAGE_DOCUMENT, document_id, &part,
				 &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_DOCUMENT_NOT_FOUND, NULL);
	scoped(json_t) json_t *document = package_text_decode(part.body, err);
	if (!document || !document_sight_read(context, id, &sight, err))
		return false;
	bool is_seen = document_is_seen(&sight, document);
	document_sight_done(&sight);
	if (!is_seen)
		return error_set(err, ERROR_DOCUMENT_NOT_FOUND, NULL);
	package_version_note(context, &ret_package->record);
	*ret_document = json_incref(document);
	return true;
}

static json_t *documents_decode(const struct package_parts *parts,
				const struct document_sight *sight, struct error *err)
{
	scoped(json_t) json_t *documents = json_array();

	for (size_t i = 0; i < parts->count[PACKAGE_DOCUMENT]; i++) {
		scoped(json_t) json_t *document = package_text_decode(
			parts->list[PACKAGE_DOCUMENT][i].body, err);
		if (!document)
			return NULL;
		if (document_is_seen(sight, document))
			json_array_append(documents, document);
	}
	return json_incref(documents);
}

bool seen_documents_read(const struct context *context, const char *id,
			 struct stored_package *ret_package, json_t **ret_documents,
			 struct error *err)
{
	struct db *db = session_db(context->session);
	struct document_sight sight;
	struct package_parts parts;

	if (!stored_package_find(context, db, id, false, ret_package, err) ||
	    !stored_package_kind(context, db, ret_package, PACKAGE_DOCUMENT, &parts, err) ||
	    !document_sight_read(context, id, &sight, err))
		return false;
	json_t *documents = documents_decode(&parts, &sight, err);
	document_sight_done(&sight);
	if (!documents)
		return false;
	*ret_documents = documents;
	return true;
}
