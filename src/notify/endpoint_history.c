/* endpoint_history.c – see endpoint_history.h. */
#include "notify/endpoint_history.h"

#include <string.h>

#include "base/json.h"
#include "base/macros.h"
#include "notify/endpoint_hidden.h"
#include "notify/endpoint_json.h"
#include "notify/endpoints.h"

#define MASK "***"

/* What GET shows and nobody sets. */
static const char *const shown_only[] = {"id",		"origin",	    "packageId",
					 "stateReason", "failingSinceDate", "oldSigningSecrets",
					 "createdDate", "updatedDate"};

static void url_hide(struct arena *arena, json_t *values, const char *member)
{
	json_t *url = json_object_get(values, member);
	const char *text = json_string_value(url);
	const char *masked = text ? url_masked(arena, text) : text;

	if (masked != text)
		json_object_set_new(values, member,
				    history_hidden(json_incref(url), json_string(masked)));
}

/* [{key, value}] with values masked. New reference. */
static json_t *pairs_masked(const json_t *pairs)
{
	json_t *masked = json_array(), *pair;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)pairs, i, pair) json_array_append_new(
		masked, json_pack("{s:s, s:s}", "key", json_text(pair, "key"), "value", MASK));
	return masked;
}

static void headers_hide(json_t *values)
{
	json_t *headers = json_object_get(values, "customHeaders");

	if (json_array_size(headers) > 0)
		json_object_set_new(values, "customHeaders",
				    history_hidden(json_incref(headers), pairs_masked(headers)));
}

static void oauth_hide(struct arena *arena, json_t *values)
{
	json_t *oauth = json_object_get(values, "oauthSetting");
	json_t *parameters = json_object_get(oauth, "customParameters");
	const char *url = json_text(oauth, "authorizationServerUrl");
	const char *masked = url_masked(arena, url);

	if (!oauth || (json_array_size(parameters) == 0 && masked == url))
		return;
	json_t *shown = json_copy(oauth);
	json_object_set_new(shown, "customParameters", pairs_masked(parameters));
	json_object_set_new(shown, "authorizationServerUrl", json_string(masked));
	json_object_set_new(values, "oauthSetting", history_hidden(json_incref(oauth), shown));
}

static bool secrets_mark(const struct context *context, const struct endpoint *endpoint,
			 json_t *values, struct error *err)
{
	struct endpoint_secrets secrets;
	const char *key, *signing;

	if (!endpoint_secrets_open(context->keyring, context->arena, endpoint, &secrets, err) ||
	    !endpoint_text_open(context->keyring, context->arena, endpoint, "key",
				endpoint->key_sealed, &key, err) ||
	    !endpoint_text_open(context->keyring, context->arena, endpoint, "signing_secret",
				endpoint->signing_secret_sealed, &signing, err))
		return false;
	const struct {
		const char *member, *text;
	} marked[] = {
		{"key", *secrets.authorization ? secrets.authorization : key},
		{"oauthSetting.clientSecret", secrets.client_secret},
		{"oauthSetting.password", secrets.password},
		{"tls.clientKey", secrets.client_key},
		{"signingSecret", signing},
	};
	for (size_t i = 0; i < ARRAY_SIZE(marked); i++)
		json_object_set_new(values, marked[i].member,
				    history_secret(context, marked[i].text));
	return true;
}

json_t *endpoint_configuration(const struct context *context, const struct endpoint *endpoint,
			       struct error *err)
{
	json_t *values = endpoint_to_json(context, endpoint, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(shown_only); i++)
		json_object_del(values, shown_only[i]);
	url_hide(context->arena, values, "url");
	headers_hide(values);
	oauth_hide(context->arena, values);
	if (secrets_mark(context, endpoint, values, err))
		return values;
	json_decref(values);
	return NULL;
}

/* What people know it by. */
static const char *name_of(const struct context *context, const struct endpoint *endpoint)
{
	return endpoint->name && *endpoint->name ? endpoint->name
						 : url_masked(context->arena, endpoint->url);
}

static bool member_differs(const json_t *before, const json_t *after, const char *member)
{
	const json_t *old = json_object_get(before, member);
	const json_t *new = json_object_get(after, member);

	return (old || new) &&
	       !json_equal(old, new); /* absent is not equal to absent for jansson */
}

/* Whether registration_apply would ask for a secret to write `before` back: secrets go only where
 * they went, and stay only with the authentication that they belong to. */
static bool undo_needs_secret(const json_t *before, const json_t *after)
{
	const char *auth = json_text(before, "authType");
	const json_t *tls = json_object_get(before, "tls");
	const json_t *new_tls = json_object_get(after, "tls");
	const bool has_secret = *auth && strcmp(auth, "NONE") != 0;
	const bool is_moved = member_differs(before, after, "authType") ||
			      member_differs(before, after, "url") ||
			      member_differs(before, after, "oauthSetting");

	return (has_secret && is_moved) || (*json_text(tls, "clientCertificate") &&
					    member_differs(tls, new_tls, "clientCertificate"));
}

bool endpoint_change_record(const struct context *context, struct db *db, json_t *before,
			    const struct endpoint *endpoint, struct error *err)
{
	scoped(json_t) json_t *was = before;
	scoped(json_t) json_t *is = endpoint_configuration(context, endpoint, err);
	const struct history_change change = {.kind = HISTORY_ENDPOINT,
					      .subject = endpoint->id,
					      .name = name_of(context, endpoint),
					      .before = was,
					      .after = is,
					      .needs_secret = was && is &&
							      undo_needs_secret(was, is)};

	return is && history_record(context, db, &change, err);
}

bool endpoint_state_record(const struct context *context, struct db *db,
			   const struct endpoint *endpoint, enum endpoint_state state,
			   struct error *err)
{
	scoped(json_t) json_t *was = state == ENDPOINT_DELETED
					     ? endpoint_configuration(context, endpoint, err)
					     : json_pack("{s:s}", "state",
							 endpoint_state_name(endpoint->state));
	scoped(json_t) json_t *is = json_pack("{s:s}", "state", endpoint_state_name(state));
	const struct history_change change = {.kind = HISTORY_ENDPOINT,
					      .subject = endpoint->id,
					      .name = name_of(context, endpoint),
					      .before = was,
					      .after = state == ENDPOINT_DELETED ? NULL : is};

	return was && history_record(context, db, &change, err);
}

json_t *endpoint_configured(const struct context *context, const char *id, struct error *err)
{
	struct endpoint endpoint;

	if (!endpoint_get(context, session_db(context->session), id, &endpoint, err))
		return NULL;
	scoped(json_t) json_t *values = endpoint_configuration(context, &endpoint, err);
	return values ? history_plain(values) : NULL;
}
