/* endpoint_version.c – see endpoint_version.h. */
#include "notify/endpoint_version.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/macros.h"
#include "notify/endpoint_json.h"
#include "notify/endpoint_secrets.h"

/* What was disabled or paused by a person was meant. What an endpoint's failures have done to it is
 * no configuration. */
static const char *wanted_state(const struct endpoint *endpoint)
{
	const bool by_a_person = strcmp(endpoint->state_reason, "PAUSED") == 0 ||
				 strcmp(endpoint->state_reason, "DISABLED") == 0;

	return by_a_person ? endpoint->state_reason : "";
}

/* Where GET shows the key, it is no secret to who reads; elsewhere it is as sealed: version.h. */
static json_t *key_part(const struct context *context, const struct endpoint *endpoint,
			struct error *err)
{
	const char *key;

	if (strcmp(endpoint->origin, ENDPOINT_ORIGIN_NONE) == 0 ||
	    endpoint->auth == ENDPOINT_AUTH_REFRESH_TOKEN)
		return version_of_bytes(context, endpoint->key_sealed);
	return endpoint_text_open(context->keyring, context->arena, endpoint, "key",
				  endpoint->key_sealed, &key, err)
		       ? json_string(key)
		       : NULL;
}

static bool secrets_add(const struct context *context, const struct endpoint *endpoint,
			json_t *parts, struct error *err)
{
	struct endpoint_secrets secrets;
	json_t *key = key_part(context, endpoint, err);

	if (!key)
		return false;
	json_object_set_new(parts, "key", key);
	if (!endpoint_secrets_open(context->keyring, context->arena, endpoint, &secrets, err))
		return false;
	json_object_set_new(parts, "secrets",
			    json_pack("[s, s, s, s, s]", secrets.mark, secrets.client_secret,
				      secrets.password, secrets.client_key, secrets.authorization));
	json_object_set_new(parts, "state", json_string(wanted_state(endpoint)));
	return true;
}

/* What GET shows of it, but for what is no configuration. */
static json_t *endpoint_parts(const struct context *context, const struct endpoint *endpoint,
			      struct error *err)
{
	static const char *const others[] = {"id",	    "origin",		"packageId",
					     "stateReason", "failingSinceDate", "oldSigningSecrets",
					     "createdDate", "updatedDate"};
	json_t *parts = endpoint_to_json(context, endpoint, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		json_object_del(parts, others[i]);
	json_object_set_new(parts, "signingSecret",
			    version_of_bytes(context, endpoint->signing_secret_sealed));
	if (secrets_add(context, endpoint, parts, err))
		return parts;
	json_decref(parts);
	return NULL;
}

static const char *resource_of(const struct context *context, const char *kind, const char *id)
{
	return arena_printf(context->arena, "%s:%s:%s", kind, context->account, id);
}

bool endpoint_version_tell(const struct context *context, const struct endpoint *endpoint,
			   struct error *err)
{
	json_t *parts = endpoint_parts(context, endpoint, err);

	if (parts)
		version_tell(context, resource_of(context, "endpoint", endpoint->id), parts);
	return parts != NULL;
}

bool endpoint_version_check(const struct context *context, const struct endpoint *endpoint,
			    struct error *err)
{
	json_t *parts = endpoint_parts(context, endpoint, err);

	return parts &&
	       version_check(context, resource_of(context, "endpoint", endpoint->id), parts, err);
}

/* ---- in the form of OneSpan Sign ---- */

static json_t *callback_parts(const struct context *context, const struct endpoint *endpoint,
			      struct error *err)
{
	if (!endpoint)
		return json_object();
	json_t *parts = endpoint_to_callback_json(context, endpoint, err);
	if (!parts || secrets_add(context, endpoint, parts, err))
		return parts;
	json_decref(parts);
	return NULL;
}

bool callback_version_tell(const struct context *context, const char *origin,
			   const struct endpoint *endpoint, struct error *err)
{
	json_t *parts = callback_parts(context, endpoint, err);

	if (parts)
		version_tell(context, resource_of(context, "callback", origin), parts);
	return parts != NULL;
}

bool callback_version_check(const struct context *context, const char *origin,
			    const struct endpoint *endpoint, struct error *err)
{
	json_t *parts = callback_parts(context, endpoint, err);

	return parts &&
	       version_check(context, resource_of(context, "callback", origin), parts, err);
}
