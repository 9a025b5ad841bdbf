/* endpoint_json.c – see endpoint_json.h. */
#include "notify/endpoint_json.h"

#include "base/ensure.h"
#include "base/json.h"
#include "notify/endpoint_options.h"
#include "notify/endpoint_secrets.h"
#include "store/store_clock.h"

static const char *auth_name(enum endpoint_auth auth)
{
	static const char *const names[ENDPOINT_AUTH_COUNT] = {
		[ENDPOINT_AUTH_NONE] = "NONE",	   [ENDPOINT_AUTH_BASIC] = "BASIC",
		[ENDPOINT_AUTH_OAUTH2] = "OAUTH2", [ENDPOINT_AUTH_REFRESH_TOKEN] = "OAUTH2",
		[ENDPOINT_AUTH_HEADER] = "HEADER",
	};
	return names[auth];
}

static json_t *date_or_null(struct wall_time time)
{
	return time.us ? json_date(time) : json_null();
}

static json_t *text_to_json(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);
	ensure(json);
	return json;
}

/* When each signing secret stops being signed with; the current one has no end. */
static json_t *old_secrets_to_json(const struct context *context, const struct endpoint *endpoint)
{
	struct endpoint_secrets secrets;
	struct error ignored = {0};
	json_t *json = json_array();

	if (!endpoint_secrets_open(context->keyring, context->arena, endpoint, &secrets, &ignored))
		return json;
	for (size_t i = 0; i < secrets.old_count; i++) {
		if (secrets.old[i].expires.us > context->now.us)
			json_array_append_new(json, json_pack("{s:o}", "expiresDate",
							      json_date(secrets.old[i].expires)));
	}
	return json;
}

json_t *endpoint_to_json(const struct context *context, const struct endpoint *endpoint,
			 const struct endpoint_queue *queue)
{
	struct endpoint_options options;

	endpoint_options_load(context->arena, endpoint->options, &options);
	json_t *json = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
		endpoint->id, "name", endpoint->name, "origin", endpoint->origin, "packageId",
		endpoint->package, "state", endpoint_state_name(endpoint->state), "stateReason",
		endpoint->state_reason, "url", endpoint->url, "authType", auth_name(endpoint->auth),
		"events", text_to_json(endpoint->events), "customHeaders",
		text_to_json(endpoint->custom_headers), "failingSinceDate",
		date_or_null(session_shown(context->session, endpoint->failing_since)),
		"oldSigningSecrets", old_secrets_to_json(context, endpoint), "createdDate",
		json_date(endpoint->created), "updatedDate", json_date(endpoint->updated));
	scoped(json_t) json_t *further = endpoint_options_to_json(&options);
	ensure(json && json_object_update(json, further) == 0);
	json_object_set_new(
		json, "onRefusal",
		json_string(endpoint_passes_by(&options, endpoint->origin) ? "PASS_BY" : "HOLD"));
	if (queue)
		json_object_set_new(json, "queue",
				    json_pack("{s:I, s:o, s:o}", "pending",
					      (json_int_t)queue->pending, "oldestDate",
					      date_or_null(queue->oldest), "nextAttemptDate",
					      date_or_null(queue->next)));
	return json;
}

json_t *endpoint_add_signing_secret(const struct context *context, const struct endpoint *endpoint,
				    json_t *json, struct error *err)
{
	const char *secret;

	if (!endpoint_text_open(context->keyring, context->arena, endpoint, "signing_secret",
				endpoint->signing_secret_sealed, &secret, err)) {
		json_decref(json);
		return NULL;
	}
	json_object_set_new(json, "signingSecret", json_string(secret));
	return json;
}

json_t *endpoint_to_callback_json(const struct context *context, const struct endpoint *endpoint,
				  struct error *err)
{
	struct endpoint_options options;
	const char *key = "";

	/* The classic key is read back by every SDK; a key that holds a refresh token is not shown.
	 */
	if (endpoint->auth != ENDPOINT_AUTH_REFRESH_TOKEN &&
	    !endpoint_text_open(context->keyring, context->arena, endpoint, "key",
				endpoint->key_sealed, &key, err))
		return NULL;
	endpoint_options_load(context->arena, endpoint->options, &options);
	json_t *json = json_pack("{s:s, s:s, s:o, s:s, s:o}", "url", endpoint->url, "key", key,
				 "events", text_to_json(endpoint->events), "authType",
				 auth_name(endpoint->auth), "customHeaders",
				 text_to_json(endpoint->custom_headers));
	ensure(json);
	if (*options.oauth.client_id)
		json_object_set_new(json, "oauthSetting", oauth_setting_to_json(&options.oauth));
	return json;
}
