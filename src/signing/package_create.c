/* package_create.c – see package_create.h. */
#include "signing/package_create.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "notify/endpoints.h"
#include "signing/document_contents.h"
#include "signing/model.h"
#include "signing/package_build.h"
#include "signing/package_event.h"
#include "signing/package_record.h"
#include "signing/package_text.h"
#include "signing/package_view.h"
#include "signing/role_build.h"
#include "store/search_text.h"
#include "store/user_store.h"

/* Everything a creation writes, ready before the transaction: PDF checks and JSON are slow, and a
 * transaction holds the writer. */
struct creation {
	struct package_record record;
	struct package_parts parts;
	struct document_contents contents;
	const json_t
		*callback;  /* where its own notifications go; NULL: nowhere but to the account's */
	const char *source; /* the package whose contents are copied; NULL: none */
	bool is_template, is_sent;
};

static bool user_lookup(void *arg, const char *email, struct user *ret_user, bool *ret_found,
			struct error *err)
{
	const struct context *context = arg;
	return user_find_by_email(session_db(context->session), context->arena, email, ret_user,
				  ret_found, err);
}

static bool user_of_sender(const struct context *context, const json_t *sender,
			   struct user *ret_user, bool *ret_found, struct error *err)
{
	struct db *db = session_db(context->session);
	const char *email = json_text(sender, "email"), *id = json_text(sender, "id");

	return *id && !*email
		       ? user_find(db, context->arena, id, ret_user, ret_found, err)
		       : user_find_by_email(db, context->arena, email, ret_user, ret_found, err);
}

/* The caller, or the user that `sender` names. */
static bool owner_find(const struct context *context, const json_t *sender, struct user *ret_owner,
		       struct error *err)
{
	const char *email = json_text(sender, "email"), *id = json_text(sender, "id");
	struct user other;
	bool found;

	if (!user_find(session_db(context->session), context->arena, context->actor->user,
		       ret_owner, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_USER_NOT_FOUND, NULL);
	if ((!*email && !*id) || strcmp(id, ret_owner->uid) == 0 ||
	    text_equal_nocase(email, ret_owner->email))
		return true;
	if (!actor_may(context->actor, PERMISSION_OTHER_USERS))
		return error_set(err, ERROR_NO_PERMISSION, "sender: %s is needed",
				 permission_name(PERMISSION_OTHER_USERS));
	if (!user_of_sender(context, sender, &other, &found, err))
		return false;
	if (!found || strcmp(other.account, context->account) != 0)
		return error_set(err, ERROR_USER_NOT_FOUND, "sender: no user of the account");
	*ret_owner = other;
	return true;
}

static bool creation_is_sendable(const struct context *context, const json_t *package,
				 struct error *err)
{
	struct package_view view;

	package_view_make(context->arena, json_object_get(package, "roles"),
			  json_object_get(package, "documents"), &view);
	return package_is_sendable(&view, err);
}

/* The package's own members, its roles and its documents, each as the text it is stored as. */
static bool creation_divide(struct arena *arena, json_t *package, struct creation *creation,
			    struct error *err)
{
	if (!package_parts_encode(arena, json_object_get(package, "roles"),
				  json_object_get(package, "documents"), &creation->parts, err))
		return false;
	creation->record.people = search_people_make(arena, package);
	creation->record.parts_size = (int64_t)package_parts_size(&creation->parts);
	json_object_del(package, "roles");
	json_object_del(package, "documents");
	return package_record_fill(arena, package, &creation->record, err) &&
	       package_size_check(&creation->record, err);
}

static struct package_build build_of(const struct context *context, const struct user *owner)
{
	return (struct package_build){
		.arena = context->arena,
		.now = context->now,
		.owner = owner,
		.user_find = user_lookup,
		.arg = (void *)(uintptr_t)context,
	};
}

/* Of a package that is built: what it is, whether it can be sent, and its parts as they are stored.
 */
static bool creation_finish(const struct context *context, const struct user *owner,
			    json_t *package, struct creation *creation, struct error *err)
{
	creation->is_template = strcmp(json_text(package, "type"), "PACKAGE") != 0;
	creation->is_sent = strcmp(json_text(package, "status"), "SENT") == 0;
	if (creation->is_sent && creation->is_template)
		return error_set(err, ERROR_CANNOT_CHANGE_STATUS,
				 "status: a template cannot be sent");
	if (creation->is_sent && !creation_is_sendable(context, package, err))
		return false;
	creation->record = (struct package_record){
		.account = context->account, .owner = owner->uid, .version = 1};
	return creation_divide(context->arena, package, creation, err);
}

static bool package_make(const struct context *context, const json_t *body, json_t *package,
			 const struct upload *uploads, size_t upload_count,
			 struct creation *creation, struct error *err)
{
	struct bytes *contents = arena_alloc(context->arena,
					     sizeof(*contents) * PACKAGE_DOCUMENTS_MAX);
	struct user owner;
	const struct package_build build = build_of(context, &owner);

	return owner_find(context, json_object_get(body, "sender"), &owner, err) &&
	       contents_collect(context->arena, body, package, uploads, upload_count, contents,
				err) &&
	       package_build(&build, package, err) &&
	       contents_check(context->arena, context->judge, package, contents,
			      &creation->contents, err) &&
	       creation_finish(context, &owner, package, creation, err);
}

/* Those that came with the call, or those of the package that is copied. */
static bool contents_insert(const struct context *context, struct txn *txn,
			    const struct creation *creation, struct error *err)
{
	const struct content_place place = {txn, context->account, creation->record.id,
					    context->now};

	return creation->source ? document_contents_copy(&place, creation->source, err)
				: document_contents_insert(&place, creation->contents.stored,
							   creation->contents.stored_count, err);
}

static bool callback_store(const struct context *context, struct txn *txn,
			   const struct creation *creation, struct error *err)
{
	return !creation->callback ||
	       endpoint_create_for_package(context, txn, creation->record.id, creation->callback,
					   err) ||
	       error_wrap(err, "callback");
}

static bool creation_events_raise(const struct context *context, struct txn *txn,
				  const struct creation *creation, struct error *err)
{
	const struct package_record *record = &creation->record;

	return package_event_raise(context, txn,
				   creation->is_template ? EVENT_TEMPLATE_CREATE
							 : EVENT_PACKAGE_CREATE,
				   record, NULL, NULL, err) &&
	       (!creation->is_sent ||
		package_event_raise(context, txn, EVENT_PACKAGE_ACTIVATE, record, NULL, NULL, err));
}

static bool creation_store(const struct context *context, const struct creation *creation,
			   struct error *err)
{
	const struct package_record *record = &creation->record;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !package_record_insert(context, txn, record, &creation->parts, err) ||
	    !contents_insert(context, txn, creation, err) ||
	    !callback_store(context, txn, creation, err) ||
	    !creation_events_raise(context, txn, creation, err))
		return false;
	return txn_commit(&txn, err);
}

/* `callback`: an endpoint of the package's own. */
static bool package_callback_read(const struct context *context, const json_t *body,
				  struct creation *creation, struct error *err)
{
	json_t *callback;

	if (!json_get_object(body, "callback", NULL, &callback, err))
		return false;
	creation->callback = callback;
	return !callback || endpoint_check_for_package(context->arena, callback, err) ||
	       error_wrap(err, "callback");
}

bool package_create(const struct context *context, const json_t *body, const struct upload *uploads,
		    size_t upload_count, const char **ret_id, struct error *err)
{
	struct creation *creation = arena_alloc(context->arena, sizeof(*creation));

	scoped(json_t) json_t *package = shape_reduce(&model_package, body, err);
	if (!package || !package_callback_read(context, body, creation, err) ||
	    !package_make(context, body, package, uploads, upload_count, creation, err))
		return false;
	if (!contents_store(context, &creation->contents, err) ||
	    !creation_store(context, creation, err))
		return contents_give_up(context, &creation->contents);
	*ret_id = creation->record.id;
	return true;
}

/* ---- copies ---- */

/* The source as one object, with all its roles and documents: new reference. */
static json_t *source_read(const struct context *context, const char *id,
			   struct stored_package *ret_source, struct error *err)
{
	struct db *db = session_db(context->session);
	const char *text;

	if (!stored_package_find(context, db, id, false, ret_source, err) ||
	    !stored_package_parts(context, db, ret_source, err) ||
	    !package_text_join(context->arena, ret_source->record.members, &ret_source->parts,
			       &text, err))
		return NULL;
	return package_text_decode(text, err);
}

/* The owner of the copy takes the place of the owner of the source. */
static void owner_leave(json_t *role, const char *owner)
{
	const json_t *signer = role_signer(role);

	if (strcmp(json_text(role, "type"), "SENDER") == 0 && signer &&
	    strcmp(json_text(signer, "id"), owner) == 0)
		json_object_set_new(role, "signers", json_array());
}

static void attachments_forget(json_t *role)
{
	json_t *requirement;
	size_t i;

	json_array_foreach(json_object_get(role, "attachmentRequirements"), i, requirement)
	{
		json_object_set_new(requirement, "files", json_array());
		json_object_set_new(requirement, "status", json_string("INCOMPLETE"));
		json_object_del(requirement, "comment");
	}
}

static void signatures_forget(json_t *document)
{
	json_t *approval;
	size_t i;

	json_array_foreach(json_object_get(document, "approvals"), i, approval)
	{
		json_object_del(approval, "accepted");
		json_object_del(approval, "signed");
	}
}

/* Takes out what belongs to the source and its life. *ret_had_consent: the copy has a consent, too.
 */
static void source_strip(json_t *package, const char *owner, struct wall_time now,
			 bool *ret_had_consent)
{
	json_t *documents = json_object_get(package, "documents"), *entry;
	struct wall_time due;
	size_t i;

	json_array_foreach(json_object_get(package, "roles"), i, entry)
	{
		json_object_del(entry, "locked");
		owner_leave(entry, owner);
		attachments_forget(entry);
	}
	*ret_had_consent = false;
	for (i = json_array_size(documents); i-- > 0;) {
		entry = json_array_get(documents, i);
		signatures_forget(entry);
		if (strcmp(json_text(entry, "id"), CONSENT_DOCUMENT_ID) != 0)
			continue;
		*ret_had_consent = true; /* building the copy makes another one */
		json_array_remove(documents, i);
	}
	json_object_del(package, "completed");
	json_object_set_new(package, "status", json_string("DRAFT"));
	if (wall_parse(json_text(package, "due"), &due) && due.us <= now.us)
		json_object_del(package, "due");
}

/* SDKs copy a template and then look for its roles by name. */
static void roles_override(json_t *roles, const json_t *wanted)
{
	json_t *entry;
	size_t i;

	json_array_foreach(wanted, i, entry)
	{
		json_t *role = role_meant(roles, entry, "id", "name");
		if (!role) {
			json_array_append(roles, entry);
			continue;
		}
		json_object_del(entry, "id");
		json_object_update(role, entry);
	}
}

/* `changes` is the reduced body. */
static void source_override(json_t *package, json_t *changes)
{
	json_t *roles = json_object_get(changes, "roles");

	roles_override(json_object_get(package, "roles"), roles);
	json_object_del(changes, "roles");
	json_object_del(changes, "documents");
	json_object_set_new(package, "type", json_string("PACKAGE")); /* unless the body says so */
	json_t *data = json_object_get(changes, "data");
	if (data && json_is_object(json_object_get(package, "data")))
		json_object_update_missing(data, json_object_get(package, "data"));
	json_object_update(package, changes);
}

/* A copy of a package without a consent has none. */
static void consent_drop(json_t *package)
{
	json_t *documents = json_object_get(package, "documents"), *document;
	size_t i;

	json_array_remove(documents, 0);
	json_array_foreach(documents, i, document)
		json_object_set_new(document, "index", json_integer((json_int_t)i));
}

bool package_clone(const struct context *context, const char *source_id, const json_t *body,
		   const char **ret_id, struct error *err)
{
	struct creation *creation = arena_alloc(context->arena, sizeof(*creation));
	struct stored_package source;
	struct user owner;
	const struct package_build build = build_of(context, &owner);
	bool had_consent;

	scoped(json_t) json_t *changes = shape_reduce(&model_package, body, err);
	scoped(json_t) json_t *package = changes ? source_read(context, source_id, &source, err)
						 : NULL;
	*creation = (struct creation){.source = source_id};
	if (!package || !owner_find(context, json_object_get(body, "sender"), &owner, err))
		return false;
	source_strip(package, source.record.owner, context->now, &had_consent);
	source_override(package, changes);
	if (!package_build(&build, package, err))
		return false;
	if (!had_consent)
		consent_drop(package);
	if (!creation_finish(context, &owner, package, creation, err) ||
	    !creation_store(context, creation, err))
		return false;
	*ret_id = creation->record.id;
	return true;
}
