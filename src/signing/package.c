/* package.c – the calls of package.h: each a transaction with its events. */
#include "signing/package.h"

#include <stdlib.h>
#include <string.h>

#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "notify/endpoints.h"
#include "notify/event.h"
#include "signing/consent_pdf.h"
#include "signing/document_contents.h"
#include "signing/model.h"
#include "signing/package_build.h"
#include "signing/package_change.h"
#include "signing/package_record.h"
#include "store/package_store.h"
#include "store/user_store.h"

static bool raise_event(const struct package_service *service, struct txn *txn,
			enum event_type type, const struct package_record *package,
			const char *message, const char *document, struct error *err)
{
	const struct event_draft draft = {
		.type = type,
		.account = service->actor.account,
		.package = package->id,
		.session_user = service->actor.signer ? service->actor.signer : service->actor.user,
		.message = message,
		.document = document,
		.context = {.sender = package->owner, .package = package->body},
		.hops = service->access && service->access->caller ? service->access->caller->hops
								   : 0,
	};
	return event_raise(txn, &draft, service->now, err);
}

/* ---- versions ---- */

/* Each save is counted: nothing but the number need be hashed. */
static json_t *parts_of(const struct package_record *record)
{
	return json_pack("{s:I}", "package", (json_int_t)record->version);
}

static const char *resource_of(const struct package_service *service,
			       const struct package_record *record)
{
	return arena_printf(service->arena, "package:%s:%s", record->account, record->id);
}

static void version_note(const struct package_service *service, const struct package_record *record)
{
	if (service->access)
		version_tell(service->access, resource_of(service, record), parts_of(record));
}

static bool is_as_read(const struct package_service *service, const struct package_record *record,
		       struct error *err)
{
	return !service->access ||
	       version_check(service->access, resource_of(service, record), parts_of(record), err);
}

/* ---- create ---- */

/* Everything a creation writes, ready before the transaction: PDF checks and JSON are slow, and a
 * transaction holds the writer. */
struct creation {
	struct package_record record;
	struct document_contents contents;
	const json_t
		*callback; /* where its own notifications go; NULL: nowhere but to the account's */
	bool is_template, is_sent;
};

static bool user_lookup(void *arg, const char *email, struct user *ret_user, bool *ret_found,
			struct error *err)
{
	const struct package_service *service = arg;
	return user_find_by_email(session_db(service->session), service->arena, email, ret_user,
				  ret_found, err);
}

static bool owner_find(const struct package_service *service, struct user *ret_owner,
		       struct error *err)
{
	bool found;

	if (!user_find(session_db(service->session), service->arena, service->actor.user, ret_owner,
		       &found, err))
		return false;
	return found || error_set(err, ERROR_USER_NOT_FOUND, NULL);
}

static bool package_make(const struct package_service *service, const json_t *body, json_t *package,
			 const struct upload *uploads, size_t upload_count,
			 struct creation *creation, struct error *err)
{
	struct bytes *contents = arena_alloc(service->arena,
					     sizeof(*contents) * PACKAGE_DOCUMENTS_MAX);
	struct user owner;
	const struct package_build build = {
		.arena = service->arena,
		.now = service->now,
		.owner = &owner,
		.user_find = user_lookup,
		.arg = (void *)(uintptr_t)service,
	};

	if (!owner_find(service, &owner, err) ||
	    !contents_collect(service->arena, body, package, uploads, upload_count, contents,
			      err) ||
	    !package_build(&build, package, err) ||
	    !contents_check(service->arena, &service->judge, package, contents, &creation->contents,
			    err))
		return false;
	creation->is_template = strcmp(json_text(package, "type"), "PACKAGE") != 0;
	creation->is_sent = strcmp(json_text(package, "status"), "SENT") == 0;
	if (creation->is_sent && creation->is_template)
		return error_set(err, ERROR_CANNOT_CHANGE_STATUS, "status: a template is not sent");
	if (creation->is_sent && !package_is_sendable(package, err))
		return false;
	creation->record = (struct package_record){
		.account = service->actor.account, .owner = service->actor.user, .version = 1};
	return package_record_fill(service->arena, package, &creation->record, err);
}

static bool contents_store(const struct package_service *service, struct db *db,
			   const struct creation *creation, struct error *err)
{
	for (size_t i = 0; i < creation->contents.count; i++) {
		const struct document_content content = {
			.account = service->actor.account,
			.package = creation->record.id,
			.document = creation->contents.list[i].document,
			.content = creation->contents.list[i].content,
			.created = service->now,
		};
		if (!document_content_put(db, &content, err))
			return false;
	}
	return true;
}

static bool callback_store(const struct package_service *service, struct txn *txn,
			   const struct creation *creation, struct error *err)
{
	return !creation->callback ||
	       endpoint_create_for_package(service->access, txn, creation->record.id,
					   creation->callback, err) ||
	       error_wrap(err, "callback");
}

static bool creation_store(const struct package_service *service, const struct creation *creation,
			   struct error *err)
{
	const struct package_record *record = &creation->record;
	enum event_type created = creation->is_template ? EVENT_TEMPLATE_CREATE
							: EVENT_PACKAGE_CREATE;

	scoped(txn) struct txn *txn = txn_begin(service->session, err);
	if (!txn || !package_insert(txn_db(txn), &creation->record, err) ||
	    !contents_store(service, txn_db(txn), creation, err) ||
	    !callback_store(service, txn, creation, err) ||
	    !raise_event(service, txn, created, record, NULL, NULL, err))
		return false;
	if (creation->is_sent &&
	    !raise_event(service, txn, EVENT_PACKAGE_ACTIVATE, record, NULL, NULL, err))
		return false;
	return txn_commit(&txn, err);
}

/* `callback`: an endpoint of the package's own. */
static bool package_callback_read(const struct package_service *service, const json_t *body,
				  struct creation *creation, struct error *err)
{
	json_t *callback;

	if (!json_get_object(body, "callback", NULL, &callback, err))
		return false;
	creation->callback = callback;
	return !callback || endpoint_check_for_package(service->arena, callback, err) ||
	       error_wrap(err, "callback");
}

bool package_create(const struct package_service *service, const json_t *body,
		    const struct upload *uploads, size_t upload_count, const char **ret_id,
		    struct error *err)
{
	struct creation *creation = arena_alloc(service->arena, sizeof(*creation));

	scoped(json_t) json_t *package = model_reduce(MODEL_PACKAGE, body, err);
	if (!package || !package_callback_read(service, body, creation, err) ||
	    !package_make(service, body, package, uploads, upload_count, creation, err) ||
	    !creation_store(service, creation, err))
		return false;
	*ret_id = creation->record.id;
	return true;
}

/* ---- read, change, remove ---- */

bool package_read(const struct package_service *service, const char *id, const char **ret_json,
		  struct error *err)
{
	struct package_record record;

	if (!package_record_find(service, session_db(service->session), id, false, &record, err))
		return false;
	version_note(service, &record);
	*ret_json = record.body;
	return true;
}

static void answers_remove(json_t *package)
{
	json_t *role, *signer;
	size_t i, j;

	json_array_foreach(json_object_get(package, "roles"), i, role)
	{
		json_array_foreach(json_object_get(role, "signers"), j, signer)
		{
			json_t *auth = json_object_get(signer, "auth");
			if (auth)
				json_object_set_new(auth, "challenges", json_array());
		}
	}
}

/* What we have written ourselves is JSON: only memory can be short. */
static json_t *stored_package(const char *body, struct error *err)
{
	json_t *package = json_loads(body, 0, NULL);

	if (!package)
		(void)error_set(err, ERROR_NO_MEMORY, NULL);
	return package;
}

bool package_read_as_signer(const struct package_service *service, const char *id,
			    const char **ret_json, struct error *err)
{
	const char *body;
	size_t length;

	if (!package_read(service, id, &body, err))
		return false;
	scoped(json_t) json_t *package = stored_package(body, err);
	if (!package)
		return false;
	answers_remove(package);
	char *text = json_try_encode(package, &length, err);
	if (!text)
		return false;
	*ret_json = arena_try_memdup(service->arena, text, length);
	free(text);
	return *ret_json || error_set(err, ERROR_NO_MEMORY, NULL);
}

static bool signer_is(const json_t *signer, const char *wanted)
{
	return strcmp(json_text(signer, "id"), wanted) == 0 ||
	       text_equal_nocase(json_text(signer, "email"), wanted);
}

bool package_signer_find(const struct package_service *service, const char *id, const char *wanted,
			 json_t **ret_signer, struct error *err)
{
	struct package_record record;
	json_t *role, *signer, *found = NULL;
	size_t i, j, count = 0;

	if (!package_record_find(service, session_db(service->session), id, false, &record, err))
		return false;
	scoped(json_t) json_t *package = stored_package(record.body, err);
	if (!package)
		return false;
	json_array_foreach(json_object_get(package, "roles"), i, role)
	{
		json_array_foreach(json_object_get(role, "signers"), j, signer)
		{
			if (signer_is(signer, wanted)) {
				found = signer;
				count++;
			}
		}
	}
	if (count != 1)
		return error_set(err, ERROR_SIGNER_NOT_FOUND, "signerId: %s",
				 count ? "several signers have this address: use the id"
				       : "no signer of the package");
	*ret_signer = json_incref(found);
	return true;
}

static bool events_raise(const struct package_service *service, struct txn *txn,
			 const struct package_record *record, const struct package_events *events,
			 struct error *err)
{
	for (size_t i = 0; i < events->count; i++) {
		if (!raise_event(service, txn, events->list[i].type, record,
				 events->list[i].message, NULL, err))
			return false;
	}
	return true;
}

static bool change_store(const struct package_service *service, const char *id,
			 const json_t *partial, struct error *err)
{
	struct package_record record;
	struct package_events events;

	scoped(txn) struct txn *txn = txn_begin(service->session, err);
	if (!txn || !package_record_find(service, txn_db(txn), id, true, &record, err) ||
	    !is_as_read(service, &record, err))
		return false;
	scoped(json_t) json_t *package = stored_package(record.body, err);
	if (!package || !package_apply(package, partial, service->now, &events, err))
		return false;
	record.version++;
	version_note(service, &record);
	return package_record_fill(service->arena, package, &record, err) &&
	       package_save(txn_db(txn), &record, err) &&
	       events_raise(service, txn, &record, &events, err) && txn_commit(&txn, err);
}

bool package_change(const struct package_service *service, const char *id, const json_t *body,
		    struct error *err)
{
	scoped(json_t) json_t *partial = model_reduce(MODEL_PACKAGE, body, err);

	return partial && change_store(service, id, partial, err);
}

bool package_remove(const struct package_service *service, const char *id, struct error *err)
{
	struct package_record record;
	bool found;

	scoped(txn) struct txn *txn = txn_begin(service->session, err);
	return txn && package_record_find(service, txn_db(txn), id, true, &record, err) &&
	       is_as_read(service, &record, err) &&
	       package_delete(txn_db(txn), service->actor.account, id, &found, err) &&
	       raise_event(service, txn, EVENT_PACKAGE_DELETE, &record, NULL, NULL, err) &&
	       txn_commit(&txn, err);
}

static bool view_record(const struct package_service *service, const struct package_record *package,
			const char *document_id, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(service->session, err);
	return txn &&
	       raise_event(service, txn, EVENT_DOCUMENT_VIEWED, package, NULL, document_id, err) &&
	       txn_commit(&txn, err);
}

bool document_read_pdf(const struct package_service *service, const char *package_id,
		       const char *document_id, struct bytes *ret_pdf, struct error *err)
{
	struct package_record record;
	bool found;

	if (!package_record_find(service, session_db(service->session), package_id, false, &record,
				 err))
		return false;
	if (strcmp(document_id, CONSENT_DOCUMENT_ID) == 0) { /* the same for all: not stored */
		*ret_pdf = consent_pdf(service->arena);
	} else {
		if (!document_content_find(session_db(service->session), service->arena,
					   service->actor.account, package_id, document_id, ret_pdf,
					   &found, err))
			return false;
		if (!found)
			return error_set(err, ERROR_DOCUMENT_NOT_FOUND, NULL);
	}
	return !service->actor.signer || view_record(service, &record, document_id, err);
}
