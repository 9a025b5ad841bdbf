/* client_apps.c – see client_apps.h. */
#include "access/credentials/client_apps.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/history.h"
#include "access/accounts/usage.h"
#include "access/audit.h"
#include "access/credentials/api_keys.h"
#include "access/credentials/client_app_body.h"
#include "access/people/member.h"
#include "access/people/users.h"
#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/log.h"
#include "crypto/digest.h"

bool client_apps_may_manage(const struct context *context, struct error *err)
{
	const unsigned either = ACCOUNT_FEATURE_CLIENT_APPS | ACCOUNT_FEATURE_OAUTH;

	if (!(context->actor->features & either))
		return error_set(err, ERROR_FEATURE_DISABLED, "client apps");
	return actor_may(context->actor, PERMISSION_API_ACCESS) ||
	       error_set(err, ERROR_NO_PERMISSION, "%s", permission_name(PERMISSION_API_ACCESS));
}

static bool find(const struct context *context, struct db *db, const char *client_id,
		 struct client_app *ret_app, struct error *err)
{
	bool found;

	if (!client_app_find(db, context->arena, client_id, ret_app, &found, err))
		return false;
	return (found && strcmp(ret_app->account, context->account) == 0 &&
		ret_app->revoked.us == 0) ||
	       error_set(err, ERROR_CLIENT_APP_NOT_FOUND, NULL);
}

/* What has networks or a rate would get rid of them by an app that it makes, or by changing its
 * own. */
static bool is_unlimited(const struct context *context, struct error *err)
{
	return !context->actor->is_limited ||
	       error_set(
		       err, ERROR_NO_PERMISSION,
		       "a client app with networks or a rate may not create or change client apps");
}

/* ---- its version ---- */

static const char *resource_of(const struct context *context, const struct client_app *app)
{
	return arena_printf(context->arena, "client_app:%s", app->client_id);
}

static json_t *parts_of(const struct context *context, const struct client_app *app)
{
	json_t *parts = client_app_audited(app);

	json_object_set_new(parts, "publicKeys", json_string(app->public_keys));
	json_object_set_new(parts, "actsAs", json_string(app->maker));
	json_object_set_new(parts, "secret", version_of_bytes(context, app->secret_hash));
	json_object_set_new(parts, "oldSecret", version_of_bytes(context, app->old_secret_hash));
	return parts;
}

/* The app as it is shown, and its version. */
static json_t *shown(const struct context *context, const struct client_app *app)
{
	version_tell(context, resource_of(context, app), parts_of(context, app));
	return client_app_to_json(app, context->now);
}

/* To end it: a client app's token does nothing to an app that may do more. */
static bool find_within_scopes(const struct context *context, struct db *db, const char *client_id,
			       struct client_app *ret_app, struct error *err)
{
	unsigned scopes = SCOPES_ALL;

	if (!find(context, db, client_id, ret_app, err) ||
	    !version_check(context, resource_of(context, ret_app), parts_of(context, ret_app), err))
		return false;
	if (*ret_app->scopes && !scopes_parse(ret_app->scopes, "scopes", &scopes, err))
		return false;
	return !(scopes & ~context->actor->rights.scopes) ||
	       error_set(err, ERROR_INSUFFICIENT_SCOPE,
			 "the client app has scopes that your token does not have");
}

static bool actor_may_change(const struct context *context, const struct account *account,
			     struct db *db, const char *uid, struct error *err)
{
	struct user user;
	unsigned permissions = 0;
	bool found, is_member;

	if (!user_find(db, context->arena, uid, &user, &found, err) ||
	    (found && !member_permissions(db, context->arena, account, &user, &is_member,
					  &permissions, err)))
		return false;
	return rights_may_change(
		       context->actor->rights,
		       rights_of_person(true, strcmp(uid, account->owner) == 0, permissions)) ||
	       error_set(err, ERROR_NO_PERMISSION,
			 "the client app has permissions that you do not have");
}

/* Whoever gets at an app's secret, or lifts its limits, may do what the app may. */
static bool find_to_change(const struct context *context, struct db *db, const char *client_id,
			   struct client_app *ret_app, struct error *err)
{
	struct account account;

	if (!is_unlimited(context, err) ||
	    !find_within_scopes(context, db, client_id, ret_app, err))
		return false;
	return context_account(context, db, &account, err) &&
	       actor_may_change(context, &account, db,
				*ret_app->maker ? ret_app->maker : account.owner, err);
}

/* ---- secrets ---- */

/* A new secret in place of what the app has. */
static const char *secret_make(const struct context *context, struct client_app *app)
{
	char secret[CREDENTIAL_LENGTH_MAX + 1];
	unsigned char hash[KEYED_HASH_BYTES], fingerprint[SHA256_BYTES];

	credential_make(keyring_credential_prefix(context->keyring), CREDENTIAL_CLIENT_SECRET,
			secret);
	keyring_hash(context->keyring, secret, strlen(secret), hash);
	sha256(secret, strlen(secret), fingerprint);
	app->secret_hash = (struct bytes){arena_memdup(context->arena, hash, sizeof(hash)),
					  sizeof(hash)};
	app->secret_fingerprint = (struct bytes){
		arena_memdup(context->arena, fingerprint, sizeof(fingerprint)),
		sizeof(fingerprint)};
	app->secret_created = context->now;
	app->pending_secret_sealed = (struct bytes){NULL, 0};
	const char *kept = arena_strdup(context->arena, secret);
	explicit_bzero(secret, sizeof(secret));
	return kept;
}

/* Without an overlap the tokens that the old secret has obtained die with it. */
static const char *secret_renew(const struct context *context, struct client_app *app,
				int64_t overlap_s)
{
	const struct bytes none = {NULL, 0};

	app->old_secret_hash = overlap_s ? app->secret_hash : none;
	app->old_secret_fingerprint = overlap_s ? app->secret_fingerprint : none;
	app->old_secret_until = overlap_s ? wall_add(context->now, duration_s(overlap_s))
					  : wall_from_us(0);
	app->old_secret_used = wall_from_us(0);
	app->old_secret_address = "";
	if (!overlap_s)
		app->epoch++;
	return secret_make(context, app);
}

static const char *pending_context(struct arena *arena, const struct client_app *app)
{
	return arena_printf(arena, "client_app.pending_secret:%s", app->client_id);
}

void client_app_renew_pending(const struct context *context, struct client_app *app,
			      int64_t overlap_s)
{
	const char *secret = secret_renew(context, app, overlap_s);

	app->pending_secret_sealed = keyring_seal(
		context->keyring, context->arena, pending_context(context->arena, app),
		(struct bytes){(const unsigned char *)secret, strlen(secret)});
}

void client_app_disable(struct client_app *app, struct wall_time now)
{
	app->disabled = now;
	app->epoch++;
}

/* ---- calls ---- */

static json_t *apps_to_json(const struct context *context, struct client_app *apps, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		usage_add_pending(context->usage, context->arena, &apps[i]);
		json_array_append_new(list, client_app_to_json(&apps[i], context->now));
	}
	return list;
}

json_t *client_apps_list(const struct context *context, struct error *err)
{
	struct client_app *apps;
	size_t count;
	int64_t total;

	if (!client_apps_may_manage(context, err) ||
	    !client_app_list(session_db(context->session), context->arena, context->account, 0,
			     CLIENT_APPS_MAX, &apps, &count, &total, err))
		return NULL;
	return apps_to_json(context, apps, count);
}

json_t *client_app_read(const struct context *context, const char *client_id, struct error *err)
{
	struct client_app app;

	if (!client_apps_may_manage(context, err) ||
	    !find(context, session_db(context->session), client_id, &app, err))
		return NULL;
	usage_add_pending(context->usage, context->arena, &app);
	return shown(context, &app);
}

static bool has_room(const struct context *context, struct db *db, struct error *err)
{
	struct client_app *apps;
	size_t count;
	int64_t total;

	if (!client_app_list(db, context->arena, context->account, 0, 0, &apps, &count, &total,
			     err))
		return false;
	if (total >= CLIENT_APPS_MAX)
		return error_set(
			err, ERROR_INVALID_FIELD,
			"the account has %d client apps, the most it may have: revoke one first",
			CLIENT_APPS_MAX);
	return true;
}

/* With the secret, for the one answer that has it. */
static json_t *with_secret(const struct context *context, const struct client_app *app,
			   const char *secret)
{
	json_t *json = shown(context, app);
	json_object_set_new(json, "secret", json_string(secret));
	return json;
}

/* `before` NULL: it is new. */
static bool app_record(const struct context *context, struct db *db,
		       const struct client_app *before, const struct client_app *app,
		       struct error *err)
{
	scoped(json_t) json_t *was = before ? client_app_configured(context, before) : NULL;
	scoped(json_t) json_t *is = app->revoked.us ? NULL : client_app_configured(context, app);
	const struct history_change change = {.kind = HISTORY_CLIENT_APP,
					      .subject = app->client_id,
					      .name = app->name,
					      .before = was,
					      .after = is};

	return history_record(context, db, &change, err);
}

json_t *client_app_create(const struct context *context, const json_t *body, struct error *err)
{
	char client_id[CREDENTIAL_LENGTH_MAX + 1];
	struct client_app app = {
		.account = context->account,
		.client_id = client_id,
		.name = "",
		.epoch = 1,
		.created_by = actor_is_operator(context->actor) ? "operator" : context->actor->user,
		.created = context->now,
		.scopes = "",
		.networks = "",
		.public_keys = "",
		.last_used_address = "",
		.old_secret_address = "",
		.maker = "",
	};

	if (!client_apps_may_manage(context, err) || !is_unlimited(context, err) ||
	    !client_app_from_json(context, body, &app, err))
		return NULL;
	if (!context->actor->rights.is_owner)
		app.maker = context->actor->user;
	credential_make(keyring_credential_prefix(context->keyring), CREDENTIAL_CLIENT_ID,
			client_id);
	const char *secret = secret_make(context, &app);

	/* Nobody can have cached an id that did not exist: no announcement. */
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !has_room(context, txn_db(txn), err) ||
	    !client_app_insert(txn_db(txn), &app, err) ||
	    !audit_record(context, txn_db(txn), "client_app.create", client_id,
			  client_app_audited(&app), err) ||
	    !app_record(context, txn_db(txn), NULL, &app, err) || !txn_commit(&txn, err))
		return NULL;
	return with_secret(context, &app, secret);
}

/* Saves in the caller's txn, with its record, and commits. */
static bool store(const struct context *context, struct txn **txn, const struct client_app *before,
		  const struct client_app *app, const char *action, json_t *detail,
		  struct error *err)
{
	txn_announce(*txn, STORE_TOPIC_ACCESS);
	if (!client_app_save(txn_db(*txn), app, err)) {
		json_decref(detail);
		return false;
	}
	return audit_record(context, txn_db(*txn), action, app->client_id, detail, err) &&
	       app_record(context, txn_db(*txn), before, app, err) && txn_commit(txn, err);
}

json_t *client_app_change(const struct context *context, const char *client_id, const json_t *body,
			  struct error *err)
{
	struct client_app app;
	bool enabled;

	if (!client_apps_may_manage(context, err))
		return NULL;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_to_change(context, txn_db(txn), client_id, &app, err))
		return NULL;
	const struct client_app before = app;
	enabled = app.disabled.us == 0;
	if (!shape_members_check(&client_app_shape, body, NULL, err) ||
	    !client_app_from_json(context, body, &app, err) ||
	    !json_get_bool(body, "enabled", NULL, &enabled, err))
		return NULL;
	if (!enabled && app.disabled.us == 0)
		client_app_disable(&app, context->now);
	else if (enabled)
		app.disabled = wall_from_us(0);
	if (!store(context, &txn, &before, &app, "client_app.change", client_app_audited(&app),
		   err))
		return NULL;
	usage_add_pending(context->usage, context->arena, &app);
	return shown(context, &app);
}

json_t *client_app_renew(const struct context *context, const char *client_id, int64_t overlap_s,
			 struct error *err)
{
	struct client_app app;

	if (!client_apps_may_manage(context, err))
		return NULL;
	if (overlap_s < 0 || overlap_s > OVERLAP_MAX_S) {
		(void)error_set(err, ERROR_INVALID_FIELD, "overlap: from 0 to %d seconds",
				OVERLAP_MAX_S);
		return NULL;
	}
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_to_change(context, txn_db(txn), client_id, &app, err))
		return NULL;
	const struct client_app before = app;
	const char *secret = secret_renew(context, &app, overlap_s);
	if (!store(context, &txn, &before, &app, "client_app.renew",
		   json_pack("{s:I}", "overlapSeconds", (json_int_t)overlap_s), err))
		return NULL;
	return with_secret(context, &app, secret);
}

json_t *client_app_retire_secret(const struct context *context, const char *client_id,
				 struct error *err)
{
	struct client_app app;

	if (!client_apps_may_manage(context, err))
		return NULL;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_to_change(context, txn_db(txn), client_id, &app, err))
		return NULL;
	const struct client_app before = app;
	if (app.old_secret_until.us <= context->now.us) {
		(void)error_set(err, ERROR_CONFLICT, "there is no old secret");
		return NULL;
	}
	app.old_secret_hash = app.old_secret_fingerprint = (struct bytes){NULL, 0};
	app.old_secret_until = app.old_secret_used = wall_from_us(0);
	app.old_secret_address = "";
	if (!store(context, &txn, &before, &app, "client_app.retire_secret", NULL, err))
		return NULL;
	usage_add_pending(context->usage, context->arena, &app);
	return shown(context, &app);
}

json_t *client_app_collect(const struct context *context, const char *client_id, struct error *err)
{
	struct client_app app;
	struct bytes secret;

	if (!client_apps_may_manage(context, err))
		return NULL;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_to_change(context, txn_db(txn), client_id, &app, err))
		return NULL;
	const struct client_app before = app;
	if (!app.pending_secret_sealed.length) {
		(void)error_set(err, ERROR_CONFLICT, "there is no new secret to collect");
		return NULL;
	}
	if (!keyring_unseal(context->keyring, context->arena, pending_context(context->arena, &app),
			    app.pending_secret_sealed, &secret, err))
		return NULL;
	app.pending_secret_sealed = (struct bytes){NULL, 0};
	if (!store(context, &txn, &before, &app, "client_app.collect", NULL, err))
		return NULL;
	return with_secret(context, &app, (const char *)secret.data);
}

json_t *client_app_take_over(const struct context *context, const char *client_id, bool keep_secret,
			     struct error *err)
{
	struct client_app app;

	if (!client_apps_may_manage(context, err))
		return NULL;
	if (!context->actor->rights.is_owner) {
		(void)error_set(err, ERROR_NO_PERMISSION, "only the owner takes a client app over");
		return NULL;
	}
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_to_change(context, txn_db(txn), client_id, &app, err))
		return NULL;
	const struct client_app before = app;
	app.maker = "";
	app.confirm_until = wall_from_us(0);
	app.taken_over = context->now;
	const char *secret = keep_secret ? NULL : secret_renew(context, &app, 0);
	if (!store(context, &txn, &before, &app, "client_app.take_over",
		   json_pack("{s:b, s:s}", "keepSecret", keep_secret, "createdBy", app.created_by),
		   err))
		return NULL;
	return secret ? with_secret(context, &app, secret) : shown(context, &app);
}

json_t *client_apps_that_end_with(const struct context *context, const char *uid, struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	struct client_app *apps;
	struct user user;
	size_t count;

	if (!context_account(context, db, &account, err) ||
	    !context_user(context, db, uid, &user, err) ||
	    !user_may_be_managed(context, db, &account, &user, err) ||
	    !client_app_list_of_maker(db, context->arena, account.id, uid, CLIENT_APPS_MAX, &apps,
				      &count, err))
		return NULL;
	return apps_to_json(context, apps, count);
}

#define CONFIRMED_WITHIN_DAYS 30
#define TO_CONFIRM_LOGGED_MAX 20

bool client_apps_to_confirm_log(struct session *session, struct wall_time now, struct error *err)
{
	const struct wall_time until = wall_add(now, duration_s(CONFIRMED_WITHIN_DAYS * 86400));
	struct client_app *apps;
	size_t count;

	scoped(arena) struct arena *arena = arena_new();
	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn ||
	    !client_app_list_to_confirm(txn_db(txn), arena, until, TO_CONFIRM_LOGGED_MAX, &apps,
					&count, err) ||
	    !txn_commit(&txn, err))
		return error_wrap(err, "client apps that the owner has not made");
	for (size_t i = 0; i < count; i++) {
		char date[WALL_TIME_TEXT];
		wall_format(apps[i].confirm_until, date);
		log_warn("access",
			 "client app %s (account %s, made by %s) acts as the account's owner, who "
			 "did not make it; it ends at %s unless the owner takes it over",
			 apps[i].client_id, apps[i].account, apps[i].created_by, date);
	}
	return true;
}

bool client_app_revoke(const struct context *context, const char *client_id, struct error *err)
{
	struct client_app app;

	if (!client_apps_may_manage(context, err))
		return false;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_within_scopes(context, txn_db(txn), client_id, &app, err))
		return false;
	const struct client_app before = app;
	app.revoked = context->now;
	app.epoch++;
	return store(context, &txn, &before, &app, "client_app.revoke",
		     json_pack("{s:s}", "name", app.name), err);
}
