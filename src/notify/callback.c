/* callback.c – see callback.h. */
#include "notify/callback.h"

#include <string.h>

#include "access/audit.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/words.h"
#include "notify/endpoint_hidden.h"
#include "notify/endpoint_history.h"
#include "notify/endpoint_json.h"
#include "notify/endpoint_version.h"
#include "notify/endpoints.h"
#include "notify/registration.h"

#define SALESFORCE "salesforceOauth2"

bool connector_check(const char *name, struct error *err)
{
	static const char *const names[] = {"dynamics",	      "sharepoint",   "dynamics2011",
					    "dynamics2013",   "dynamics2015", "sharepoint2010",
					    "sharepoint2013", SALESFORCE};

	return word_find(name, names, ARRAY_SIZE(names)) != WORD_NONE ||
	       error_set(err, ERROR_CONNECTOR_NOT_FOUND, NULL);
}

json_t *callback_read(const struct context *context, const char *origin, struct error *err)
{
	struct endpoint endpoint;
	bool found;

	if (!endpoint_find_by_origin(session_db(context->session), context->arena, context->account,
				     origin, &endpoint, &found, err))
		return NULL;
	if (!found)
		return callback_version_tell(context, origin, NULL, err)
			       ? json_pack("{s:s, s:s, s:[]}", "url", "", "key", "", "events")
			       : NULL;
	return endpoint_reveal(context->keyring, context->arena, &endpoint, err) &&
			       callback_version_tell(context, origin, &endpoint, err)
		       ? endpoint_to_callback_json(context, &endpoint, err)
		       : NULL;
}

/* To save a registration that was disabled is to want it: it is active again. */
static bool state_renew(const struct context *context, struct db *db, struct endpoint *endpoint,
			const struct subscription *subscription, struct error *err)
{
	if (endpoint->state != ENDPOINT_DISABLED)
		return true;
	endpoint->state = ENDPOINT_ACTIVE;
	endpoint->state_reason = "";
	return endpoint_set_state(db, endpoint, ENDPOINT_ACTIVE, "", subscription, context->now,
				  err);
}

static bool store(const struct context *context, const char *origin,
		  const struct registration *registration, struct endpoint *ret_endpoint,
		  struct error *err)
{
	const char *types[EVENT_TYPE_COUNT];
	bool found;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !endpoint_lock(txn_db(txn), context->account, err) ||
	    !endpoint_find_by_origin(txn_db(txn), context->arena, context->account, origin,
				     ret_endpoint, &found, err))
		return false;
	if (found && !endpoint_reveal(context->keyring, context->arena, ret_endpoint, err))
		return false;
	if (!callback_version_check(context, origin, found ? ret_endpoint : NULL, err))
		return false;
	if (!found)
		endpoint_make(context, origin, "", ret_endpoint);
	scoped(json_t) json_t *before = found ? endpoint_configuration(context, ret_endpoint, err)
					      : NULL;
	if ((found && !before) || !registration_apply(context, registration, ret_endpoint, err))
		return false;
	struct endpoint stored = *ret_endpoint;
	const struct subscription wanted = endpoint_subscription(context->arena, ret_endpoint,
								 types);
	txn_announce(txn, STORE_TOPIC_ENDPOINT);
	return endpoint_conceal(context->keyring, txn_db(txn), context->arena, &stored, err) &&
	       endpoint_put(txn_db(txn), &stored, &wanted, err) &&
	       state_renew(context, txn_db(txn), ret_endpoint, &wanted, err) &&
	       audit_record(context, txn_db(txn), found ? "callback.change" : "callback.create",
			    ret_endpoint->id,
			    json_pack("{s:s, s:s, s:i}", "origin", origin, "url",
				      url_masked(context->arena, ret_endpoint->url), "events",
				      (int)wanted.type_count),
			    err) &&
	       endpoint_change_record(context, txn_db(txn), json_incref(before), ret_endpoint,
				      err) &&
	       txn_commit(&txn, err);
}

json_t *callback_replace(const struct context *context, const char *origin, const json_t *body,
			 struct error *err)
{
	struct registration registration;
	struct endpoint endpoint;
	enum registration_shape shape = strcmp(origin, SALESFORCE) == 0 ? REGISTRATION_REFRESH_TOKEN
									: REGISTRATION_CALLBACK;

	if (!registration_members_check(body, shape, err) ||
	    !registration_read(context->arena, body, shape, &registration, err) ||
	    !store(context, origin, &registration, &endpoint, err) ||
	    !callback_version_tell(context, origin, &endpoint, err))
		return NULL;
	json_t *answer = endpoint_to_callback_json(context, &endpoint, err);
	return answer ? endpoint_add_signing_secret(context, &endpoint, answer, err) : NULL;
}
