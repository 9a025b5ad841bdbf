/* endpoints.c – see endpoints.h. */
#include "notify/endpoints.h"

#include <string.h>

#include "access/audit.h"
#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "crypto/webhook_signature.h"
#include "notify/endpoint_hidden.h"
#include "notify/endpoint_history.h"
#include "notify/endpoint_json.h"
#include "notify/endpoint_version.h"
#include "notify/registration.h"
#include "notify/signing_keys.h"

#define ID_PREFIX "ep_"
#define ID_RANDOM_LENGTH 16

bool endpoint_get(const struct context *context, struct db *db, const char *id,
		  struct endpoint *ret_endpoint, struct error *err)
{
	bool found;

	if (!endpoint_find(db, context->arena, context->account, id, ret_endpoint, &found, err))
		return false;
	return found ? endpoint_reveal(context->keyring, context->arena, ret_endpoint, err)
		     : error_set(err, ERROR_ENDPOINT_NOT_FOUND, NULL);
}

bool endpoint_get_locked(const struct context *context, struct txn *txn, const char *id,
			 struct endpoint *ret_endpoint, struct error *err)
{
	return endpoint_lock(txn_db(txn), context->account, err) &&
	       endpoint_get(context, txn_db(txn), id, ret_endpoint, err) &&
	       endpoint_version_check(context, ret_endpoint, err);
}

struct subscription endpoint_subscription(struct arena *arena, const struct endpoint *endpoint,
					  const char **types)
{
	struct registration registration = {.type_count = 0};
	struct endpoint_options options;

	endpoint_options_load(arena, endpoint->options, &options);
	registration_types_load(endpoint->events, &registration);
	memcpy(types, registration.types, registration.type_count * sizeof(*types));
	return (struct subscription){types, registration.type_count, options.ordered,
				     options.filter};
}

struct subscription endpoint_no_subscription(void)
{
	return (struct subscription){NULL, 0, true, ""};
}

void endpoint_make(const struct context *context, const char *origin, const char *package,
		   struct endpoint *ret_endpoint)
{
	char random[ID_RANDOM_LENGTH + 1], secret[WEBHOOK_SECRET_TEXT_MAX] = {0};

	random_base62(random, ID_RANDOM_LENGTH);
	webhook_secret_make(secret);
	*ret_endpoint = (struct endpoint){
		.account = context->account,
		.id = arena_printf(context->arena, ID_PREFIX "%s", random),
		.origin = origin,
		.package = package,
		.options = "{}",
		.state_reason = "",
		.created = context->now,
	};
	ret_endpoint->signing_secret_sealed = endpoint_text_seal(
		context->keyring, context->arena, ret_endpoint, "signing_secret", secret);
	explicit_bzero(secret, sizeof(secret));
}

static bool put(const struct context *context, struct txn *txn, const struct endpoint *endpoint,
		const char *action, struct error *err)
{
	const char *types[EVENT_TYPE_COUNT];
	const struct subscription wanted = endpoint->state == ENDPOINT_DISABLED
						   ? endpoint_no_subscription()
						   : endpoint_subscription(context->arena, endpoint,
									   types);

	struct endpoint_options options;
	struct endpoint stored = *endpoint;

	endpoint_options_load(context->arena, endpoint->options, &options);
	txn_announce(txn, STORE_TOPIC_ENDPOINT);
	return ((options.signatures & SIGNATURE_ED25519) == 0 ||
		signing_key_ensure(context, txn, err)) &&
	       endpoint_conceal(context->keyring, txn_db(txn), context->arena, &stored, err) &&
	       endpoint_put(txn_db(txn), &stored, &wanted, err) &&
	       audit_record(context, txn_db(txn), action, endpoint->id,
			    json_pack("{s:s, s:i}", "url",
				      url_masked(context->arena, endpoint->url), "events",
				      (int)wanted.type_count),
			    err);
}

/* Each event may become a delivery to each of them. Those of one package are few for any event. */
static bool there_is_room(const struct context *context, struct txn *txn, struct error *err)
{
	const struct endpoint_filter filter = {context->account, NULL, 0, 1};
	struct account account;
	struct endpoint *ignored;
	size_t count;
	int64_t total;

	if (!context->config) /* the command line's, and tests' */
		return true;
	if (!endpoint_lock(txn_db(txn), context->account, err) ||
	    !context_account(context, txn_db(txn), &account, err) ||
	    !endpoint_list(txn_db(txn), context->arena, &filter, &ignored, &count, &total, err))
		return false;
	const int64_t limit = account.endpoints_limit ? account.endpoints_limit
						      : context->config->endpoints_limit;
	return total < limit ||
	       error_set(
		       err, ERROR_WRONG_STATE,
		       "the account has %lld endpoints, and its limit%s is %lld: delete one first",
		       (long long)total, account.endpoints_limit ? "" : " (--endpoints-limit)",
		       (long long)limit);
}

json_t *endpoint_create(const struct context *context, const json_t *body, struct error *err)
{
	struct registration registration;
	struct endpoint endpoint;

	endpoint_make(context, ENDPOINT_ORIGIN_NONE, "", &endpoint);
	if (!registration_read(context->arena, body, REGISTRATION_ENDPOINT, &registration, err) ||
	    !registration_apply(context, &registration, &endpoint, err))
		return NULL;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !there_is_room(context, txn, err) ||
	    !put(context, txn, &endpoint, "endpoint.create", err) ||
	    !endpoint_change_record(context, txn_db(txn), NULL, &endpoint, err) ||
	    !txn_commit(&txn, err) || !endpoint_version_tell(context, &endpoint, err))
		return NULL;
	json_t *answer = endpoint_to_json(context, &endpoint, NULL);
	return endpoint_add_signing_secret(context, &endpoint, answer, err);
}

static bool refuse_connector(const struct endpoint *endpoint, struct error *err)
{
	return endpoint->auth != ENDPOINT_AUTH_REFRESH_TOKEN ||
	       error_set(err, ERROR_WRONG_STATE,
			 "register this connector at /api/callback/connectors/%s",
			 endpoint->origin);
}

/* A new one when there is none yet. */
static bool callback_get(const struct context *context, struct endpoint *ret_endpoint,
			 struct error *err)
{
	bool found;

	if (!endpoint_find_by_origin(session_db(context->session), context->arena, context->account,
				     "", ret_endpoint, &found, err))
		return false;
	if (found)
		return endpoint_reveal(context->keyring, context->arena, ret_endpoint, err);
	endpoint_make(context, "", "", ret_endpoint);
	return true;
}

static int64_t shorter(int64_t ms, int64_t limit)
{
	return ms > limit ? limit : ms;
}

bool endpoint_draft(const struct context *context, const char *id, const json_t *body,
		    struct endpoint *ret_endpoint, struct error *err)
{
	bool is_callback = id && strcmp(id, ENDPOINT_CALLBACK_ID) == 0;
	enum registration_shape shape = is_callback ? REGISTRATION_CALLBACK : REGISTRATION_ENDPOINT;
	struct registration registration;
	struct endpoint_options options;

	if (!registration_members_check(body, shape, err) ||
	    !registration_read(context->arena, body, shape, &registration, err))
		return false;
	if (!*registration.url)
		return error_set(err, ERROR_CALLBACK_INVALID_URL, "url: required");
	if (!id)
		endpoint_make(context, ENDPOINT_ORIGIN_NONE, "", ret_endpoint);
	else if (is_callback ? !callback_get(context, ret_endpoint, err)
			     : !endpoint_get(context, session_db(context->session), id,
					     ret_endpoint, err))
		return false;
	if (!refuse_connector(ret_endpoint, err) ||
	    !registration_apply(context, &registration, ret_endpoint, err))
		return false;
	ret_endpoint->account = arena_strdup(context->arena, context->account);
	endpoint_options_load(context->arena, ret_endpoint->options, &options);
	options.connect_timeout_ms = shorter(options.connect_timeout_ms, PROBE_TIMEOUT_MS);
	options.timeout_ms = shorter(options.timeout_ms, PROBE_TIMEOUT_MS);
	ret_endpoint->options = endpoint_options_text(context->arena, &options);
	return true;
}

/* The version is of what was written: what is read may be somebody else's already. */
static json_t *read_written(const struct context *context, const struct endpoint *endpoint,
			    struct error *err)
{
	json_t *answer = endpoint_read(context, endpoint->id, err);

	if (!answer || endpoint_version_tell(context, endpoint, err))
		return answer;
	json_decref(answer);
	return NULL;
}

json_t *endpoint_replace(const struct context *context, const char *id, const json_t *body,
			 struct error *err)
{
	struct registration registration;
	struct endpoint endpoint;

	if (!registration_members_check(body, REGISTRATION_ENDPOINT, err) ||
	    !registration_read(context->arena, body, REGISTRATION_ENDPOINT, &registration, err))
		return NULL;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !endpoint_get_locked(context, txn, id, &endpoint, err))
		return NULL;
	if (!refuse_connector(&endpoint, err))
		return NULL;
	scoped(json_t) json_t *before = endpoint_configuration(context, &endpoint, err);
	if (!before || !registration_apply(context, &registration, &endpoint, err) ||
	    !put(context, txn, &endpoint, "endpoint.change", err) ||
	    !endpoint_change_record(context, txn_db(txn), json_incref(before), &endpoint, err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return read_written(context, &endpoint, err);
}

json_t *endpoint_read(const struct context *context, const char *id, struct error *err)
{
	struct endpoint endpoint;
	struct endpoint_queue queue;
	struct db *db = session_db(context->session);

	if (!endpoint_get(context, db, id, &endpoint, err) ||
	    !endpoint_queue_read(db, context->account, id, &queue, err) ||
	    !endpoint_version_tell(context, &endpoint, err))
		return NULL;
	return endpoint_to_json(context, &endpoint, &queue);
}

json_t *endpoints_list(const struct context *context, const char *package, int64_t offset,
		       int64_t limit, struct error *err)
{
	const struct endpoint_filter filter = {context->account, package, offset, limit};
	struct db *db = session_db(context->session);
	struct endpoint *endpoints;
	size_t count;
	int64_t total;

	if (!endpoint_list(db, context->arena, &filter, &endpoints, &count, &total, err))
		return NULL;
	scoped(json_t) json_t *results = json_array();
	for (size_t i = 0; i < count; i++) {
		struct endpoint_queue queue;
		if (!endpoint_reveal(context->keyring, context->arena, &endpoints[i], err) ||
		    !endpoint_queue_read(db, context->account, endpoints[i].id, &queue, err))
			return NULL;
		json_array_append_new(results, endpoint_to_json(context, &endpoints[i], &queue));
	}
	return json_pack("{s:I, s:O}", "count", (json_int_t)total, "results", results);
}

/* ---- steering ---- */

static const struct {
	const char *action;
	unsigned from; /* bits of states */
	enum endpoint_state to;
	const char *reason;
} verbs[] = {
	[ENDPOINT_PAUSE] = {"endpoint.pause", 1 << ENDPOINT_ACTIVE, ENDPOINT_PAUSED, "PAUSED"},
	[ENDPOINT_RESUME] = {"endpoint.resume", 1 << ENDPOINT_PAUSED, ENDPOINT_ACTIVE, ""},
	[ENDPOINT_DISABLE] = {"endpoint.disable", 1 << ENDPOINT_ACTIVE | 1 << ENDPOINT_PAUSED,
			      ENDPOINT_DISABLED, "DISABLED"},
	[ENDPOINT_ENABLE] = {"endpoint.enable", 1 << ENDPOINT_DISABLED, ENDPOINT_ACTIVE, ""},
};

static bool state_set(const struct context *context, struct txn *txn,
		      const struct endpoint *endpoint, enum endpoint_state state,
		      const char *reason, const char *action, struct error *err)
{
	const char *types[EVENT_TYPE_COUNT];
	const struct subscription wanted = state >= ENDPOINT_DISABLED
						   ? endpoint_no_subscription()
						   : endpoint_subscription(context->arena, endpoint,
									   types);

	txn_announce(txn, STORE_TOPIC_ENDPOINT);
	return endpoint_set_state(txn_db(txn), endpoint, state, reason, &wanted, context->now,
				  err) &&
	       audit_record(context, txn_db(txn), action, endpoint->id, NULL, err) &&
	       endpoint_state_record(context, txn_db(txn), endpoint, state, err);
}

json_t *endpoint_steer(const struct context *context, const char *id, enum endpoint_verb verb,
		       struct error *err)
{
	struct endpoint endpoint;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !endpoint_get_locked(context, txn, id, &endpoint, err))
		return NULL;
	if (!(verbs[verb].from & 1u << endpoint.state)) {
		if (endpoint.state == verbs[verb].to)
			return endpoint_read(context, id, err);
		(void)error_set(err, ERROR_WRONG_STATE, "the endpoint is %s",
				endpoint_state_name(endpoint.state));
		return NULL;
	}
	if (!state_set(context, txn, &endpoint, verbs[verb].to, verbs[verb].reason,
		       verbs[verb].action, err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return endpoint_read(context, id, err);
}

bool endpoint_remove(const struct context *context, const char *id, struct error *err)
{
	struct endpoint endpoint;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn && endpoint_get_locked(context, txn, id, &endpoint, err) &&
	       state_set(context, txn, &endpoint, ENDPOINT_DELETED, "DELETED", "endpoint.delete",
			 err) &&
	       txn_commit(&txn, err);
}

/* ---- signing secrets ---- */

static void secret_retire(struct endpoint_secrets *secrets, const char *secret,
			  struct wall_time now, struct wall_time expires)
{
	struct endpoint_secrets kept = *secrets;

	kept.old_count = 0;
	kept.old[kept.old_count++] = (struct old_signing_secret){secret, expires};
	for (size_t i = 0; i < secrets->old_count; i++) {
		if (secrets->old[i].expires.us > now.us && kept.old_count < OLD_SIGNING_SECRETS_MAX)
			kept.old[kept.old_count++] = secrets->old[i];
	}
	*secrets = kept;
}

json_t *endpoint_rotate(const struct context *context, const char *id, const json_t *body,
			struct error *err)
{
	char fresh[WEBHOOK_SECRET_TEXT_MAX] = {0};
	struct endpoint_secrets secrets;
	struct endpoint endpoint;
	const char *current;
	int64_t hours;

	if (!overlap_read(body, &hours, err))
		return NULL;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !endpoint_get_locked(context, txn, id, &endpoint, err) ||
	    !endpoint_text_open(context->keyring, context->arena, &endpoint, "signing_secret",
				endpoint.signing_secret_sealed, &current, err) ||
	    !endpoint_secrets_open(context->keyring, context->arena, &endpoint, &secrets, err))
		return NULL;
	scoped(json_t) json_t *before = endpoint_configuration(context, &endpoint, err);
	if (!before)
		return NULL;
	secret_retire(&secrets, current, context->now,
		      wall_add(context->now, duration_s(hours * 3600)));
	webhook_secret_make(fresh);
	endpoint.signing_secret_sealed = endpoint_text_seal(context->keyring, context->arena,
							    &endpoint, "signing_secret", fresh);
	endpoint.secrets_sealed = endpoint_secrets_seal(context->keyring, context->arena, &endpoint,
							&secrets);
	explicit_bzero(fresh, sizeof(fresh));
	if (!endpoint_save_secrets(txn_db(txn), &endpoint, endpoint.signing_secret_sealed,
				   endpoint.secrets_sealed, err) ||
	    !audit_record(context, txn_db(txn), "endpoint.rotate-secret", id,
			  json_pack("{s:I}", "overlapHours", (json_int_t)hours), err) ||
	    !endpoint_change_record(context, txn_db(txn), json_incref(before), &endpoint, err) ||
	    !txn_commit(&txn, err) || !endpoint_version_tell(context, &endpoint, err))
		return NULL;
	json_t *answer = endpoint_to_json(context, &endpoint, NULL);
	return endpoint_add_signing_secret(context, &endpoint, answer, err);
}

/* ---- for one package ---- */

bool endpoint_check_for_package(struct arena *arena, const json_t *body, struct error *err)
{
	struct registration registration;

	if (!registration_read(arena, body, REGISTRATION_ENDPOINT, &registration, err))
		return false;
	/* Who creates packages need not be allowed to have mails sent to whomever they like. */
	return !*registration.options.contact ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "contact: not allowed for one package, because its sender is informed");
}

bool endpoint_create_for_package(const struct context *context, struct txn *txn,
				 const char *package, const json_t *body, struct error *err)
{
	struct registration registration;
	struct endpoint endpoint;

	endpoint_make(context, ENDPOINT_ORIGIN_NONE, package, &endpoint);
	return registration_read(context->arena, body, REGISTRATION_ENDPOINT, &registration, err) &&
	       registration_apply(context, &registration, &endpoint, err) &&
	       put(context, txn, &endpoint, "endpoint.create", err);
}
