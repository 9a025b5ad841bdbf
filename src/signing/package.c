/* package.c – the calls of package.h: each a transaction with its events. */
#include "signing/package.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "signing/document_visibility.h"
#include "signing/model.h"
#include "signing/package_change.h"
#include "signing/package_event.h"
#include "signing/package_record.h"
#include "signing/package_text.h"
#include "signing/package_version.h"
#include "signing/package_view.h"
#include "signing/role_build.h"
#include "store/package_store.h"

bool package_is_visible_to(const struct context *context, const char *id, struct error *err)
{
	struct stored_package ignored;

	return stored_package_find(context, session_db(context->session), id, false, &ignored, err);
}

static bool package_text_read(const struct context *context, const char *id,
			      struct stored_package *package, struct error *err)
{
	struct db *db = session_db(context->session);

	return stored_package_find(context, db, id, false, package, err) &&
	       stored_package_parts(context, db, package, err);
}

bool package_read(const struct context *context, const char *id, const char **ret_json,
		  struct error *err)
{
	struct stored_package package;

	if (!package_text_read(context, id, &package, err))
		return false;
	package_version_note(context, &package.record);
	return package_text_join(context->arena, package.record.members, &package.parts, ret_json,
				 err);
}

/* Removes the answers to authentication questions from a role's text. */
static bool answers_remove(struct arena *arena, struct package_part *part, struct error *err)
{
	scoped(json_t) json_t *role = package_text_decode(part->body, err);
	if (!role)
		return false;
	role_answers_remove(role);
	return package_text_encode(arena, role, &part->body, err);
}

static bool documents_filter(const struct document_sight *sight, struct package_parts *parts,
			     struct error *err)
{
	struct package_part *list = parts->list[PACKAGE_DOCUMENT];
	size_t kept = 0;

	for (size_t i = 0; i < parts->count[PACKAGE_DOCUMENT]; i++) {
		scoped(json_t) json_t *document = package_text_decode(list[i].body, err);
		if (!document)
			return false;
		if (document_is_seen(sight, document))
			list[kept++] = list[i];
	}
	parts->count[PACKAGE_DOCUMENT] = kept;
	return true;
}

static bool unseen_documents_drop(const struct context *context, const char *id,
				  struct package_parts *parts, struct error *err)
{
	struct document_sight sight;

	if (!document_sight_read(context, id, &sight, err))
		return false;
	bool done = !sight.configurations || documents_filter(&sight, parts, err);
	document_sight_done(&sight);
	return done;
}

bool package_read_as_signer(const struct context *context, const char *id, const char **ret_json,
			    struct error *err)
{
	struct stored_package package;

	if (!package_text_read(context, id, &package, err))
		return false;
	package_version_note(context, &package.record);
	for (size_t i = 0; i < package.parts.count[PACKAGE_ROLE]; i++) {
		if (!answers_remove(context->arena, &package.parts.list[PACKAGE_ROLE][i], err))
			return false;
	}
	if (!unseen_documents_drop(context, id, &package.parts, err))
		return false;
	return package_text_join(context->arena, package.record.members, &package.parts, ret_json,
				 err);
}

static bool signer_is(const json_t *signer, const char *wanted)
{
	return strcmp(json_text(signer, "id"), wanted) == 0 ||
	       text_equal_nocase(json_text(signer, "email"), wanted);
}

/* Counts the role's signers that are meant; *found: a new reference to the first of all. */
static bool signers_find(const struct package_part *part, const char *wanted, json_t **found,
			 size_t *count, struct error *err)
{
	json_t *signer;
	size_t i;

	scoped(json_t) json_t *role = package_text_decode(part->body, err);
	if (!role)
		return false;
	json_array_foreach(json_object_get(role, "signers"), i, signer)
	{
		if (signer_is(signer, wanted) && (*count)++ == 0)
			*found = json_incref(signer);
	}
	return true;
}

bool package_signer_find(const struct context *context, const char *id, const char *wanted,
			 json_t **ret_signer, struct error *err)
{
	struct stored_package package;
	size_t count = 0;

	scoped(json_t) json_t *found = NULL;
	if (!package_text_read(context, id, &package, err))
		return false;
	for (size_t i = 0; i < package.parts.count[PACKAGE_ROLE]; i++) {
		if (!signers_find(&package.parts.list[PACKAGE_ROLE][i], wanted, &found, &count,
				  err))
			return false;
	}
	if (count != 1)
		return error_set(err, ERROR_SIGNER_NOT_FOUND, "signerId: %s",
				 count ? "several signers have this address: use the id"
				       : "is not a signer of the package");
	*ret_signer = json_incref(found);
	return true;
}

/* A change in progress: the package as read, and its view when a rule needs it. */
struct change {
	const struct context *context;
	struct txn *txn;
	struct stored_package package;
	struct package_view view;
	bool has_view;
};

static bool change_view(void *arg, const struct package_view **ret_view, struct error *err)
{
	struct change *change = arg;

	if (!change->has_view) {
		if (!stored_package_parts(change->context, txn_db(change->txn), &change->package,
					  err) ||
		    !package_view_read(change->context->arena, &change->package.parts,
				       &change->view, err))
			return false;
		change->has_view = true;
	}
	*ret_view = &change->view;
	return true;
}

static bool document_unsign(struct change *change, struct package_part *part, struct error *err)
{
	json_t *approval;
	size_t i;

	scoped(json_t) json_t *document = package_text_decode(part->body, err);
	if (!document)
		return false;
	json_array_foreach(json_object_get(document, "approvals"), i, approval)
	{
		json_object_del(approval, "accepted");
		json_object_del(approval, "signed");
	}
	if (!package_text_encode(change->context->arena, document, &part->body, err))
		return false;
	/* The parts of an undivided package are written with it. */
	return change->package.is_undivided ||
	       package_part_save(txn_db(change->txn), change->package.record.account,
				 change->package.record.id, PACKAGE_DOCUMENT, part, err);
}

/* Acceptances and signatures go; documents without any are not written. */
static bool documents_unsign(struct change *change, struct error *err)
{
	const struct package_view *view;

	if (!change_view(change, &view, err))
		return false;
	for (size_t i = 0; i < view->document_count; i++) {
		if (document_was_touched(&view->documents[i]) &&
		    !document_unsign(change, &change->package.parts.list[PACKAGE_DOCUMENT][i], err))
			return false;
	}
	return true;
}

static bool effects_store(struct change *change, const struct package_effects *effects,
			  struct error *err)
{
	if (effects->unsigns && !documents_unsign(change, err))
		return false;
	if (!stored_package_save(change->context, change->txn, &change->package, err))
		return false;
	for (size_t i = 0; i < effects->event_count; i++) {
		if (!package_event_raise(change->context, change->txn, effects->events[i].type,
					 &change->package.record, effects->events[i].message, NULL,
					 err))
			return false;
	}
	return true;
}

static bool change_store(const struct context *context, const char *id, const json_t *partial,
			 struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	struct change change = {.context = context, .txn = txn};
	const struct view_source source = {change_view, &change};
	struct package_effects effects;

	if (!txn || !stored_package_find(context, txn_db(txn), id, true, &change.package, err) ||
	    !package_is_as_read(context, &change.package.record, err))
		return false;
	struct package_record *record = &change.package.record;
	scoped(json_t) json_t *members = package_text_decode(record->members, err);
	if (!members || !package_apply(members, partial, context->now, &source, &effects, err))
		return false;
	record->version++;
	package_version_note(context, record);
	return package_record_fill(context->arena, members, record, err) &&
	       effects_store(&change, &effects, err) && txn_commit(&txn, err);
}

bool package_change(const struct context *context, const char *id, const json_t *body,
		    struct error *err)
{
	scoped(json_t) json_t *partial = shape_reduce(&model_package, body, err);

	return partial && change_store(context, id, partial, err);
}

bool package_remove(const struct context *context, const char *id, struct error *err)
{
	struct stored_package package;
	bool found;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn && stored_package_find(context, txn_db(txn), id, true, &package, err) &&
	       package_is_as_read(context, &package.record, err) &&
	       package_delete(txn, context->account, id, &found, err) &&
	       package_event_raise(context, txn, EVENT_PACKAGE_DELETE, &package.record, NULL, NULL,
				   err) &&
	       txn_commit(&txn, err);
}
