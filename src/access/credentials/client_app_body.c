/* client_app_body.c – see client_app_body.h. */
#include "access/credentials/client_app_body.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/history.h"
#include "access/credentials/client_apps.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/network.h"
#include "base/text.h"
#include "crypto/jose.h"

/* As the reference lists them: connectors use API keys, and register callbacks of their own. */
static const char *const connectors[] = {"dynamics",	   "sharepoint",      "dynamics2011",
					 "dynamics2013",   "dynamics2015",    "sharepoint2010",
					 "sharepoint2013", "salesforceOauth2"};

static bool connector_refuse(const json_t *body, struct error *err)
{
	const char *connector;

	if (!json_get_text(body, "connector", NULL, &connector, err))
		return false;
	if (!connector || !*connector)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(connectors); i++) {
		if (text_equal_nocase(connectors[i], connector))
			return error_set(err, ERROR_CLIENT_APP_CONNECTOR,
					 "connector: %s cannot use client apps; give it an API key",
					 connectors[i]);
	}
	return error_set(err, ERROR_INVALID_FIELD, "connector: there is no connector of that name");
}

/* Ten of the longest, and what stands between them: the text is kept as it is given. */
#define NETWORKS_TEXT_MAX 1000

/* ["a", "b"], or "a b". */
static bool words_read(struct arena *arena, const json_t *body, const char *member,
		       const char **ret_text, struct error *err)
{
	const json_t *value = json_object_get(body, member);
	const char *text = "";

	*ret_text = NULL;
	if (!value || json_is_null(value))
		return true;
	if (json_is_string(value)) {
		*ret_text = json_string_value(value);
		return true;
	}
	if (!json_is_array(value) || json_array_size(value) > 50)
		return error_set(err, ERROR_INVALID_FIELD, "%s: must be a list of texts", member);
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *word = json_string_value(json_array_get(value, i));
		if (!word || strlen(word) > 100)
			return error_set(err, ERROR_INVALID_FIELD, "%s[%zu]: must be a short text",
					 member, i);
		text = arena_printf(arena, "%s%s%s", text, *text ? " " : "", word);
	}
	*ret_text = text;
	return true;
}

static bool scopes_read(const struct context *context, const json_t *body, struct client_app *app,
			struct error *err)
{
	const unsigned own = context->actor->rights.scopes;
	const bool is_new = !app->created.us || app->created.us == context->now.us;
	const char *text;
	unsigned bits = SCOPES_ALL;

	if (!words_read(context->arena, body, "scopes", &text, err))
		return false;
	const char *meant = text ? text : app->scopes;
	if (*meant && !scopes_parse(meant, "scopes", &bits, err))
		return false;
	if (!text && is_new)
		bits = own; /* absent: all that the maker has */
	if (bits & ~own)    /* a token could make itself an app that may do more */
		return error_set(err, ERROR_INSUFFICIENT_SCOPE,
				 "scopes: exceed the scopes of your own token");
	app->scopes = bits == SCOPES_ALL ? "" : scopes_text(context->arena, bits);
	return true;
}

static bool networks_read(const struct context *context, const json_t *body, struct client_app *app,
			  struct error *err)
{
	struct network_list list;
	const char *text;

	if (!words_read(context->arena, body, "networks", &text, err))
		return false;
	if (!text)
		return true;
	if (strlen(text) > NETWORKS_TEXT_MAX || !network_list_parse(text, &list))
		return error_set(err, ERROR_INVALID_FIELD,
				 "networks: up to %zu of the form 192.0.2.0/24 or 2001:db8::/32, "
				 "no bits set behind the mask",
				 ARRAY_SIZE(list.networks));
	app->networks = text;
	return true;
}

static bool keys_read(const struct context *context, const json_t *body, struct client_app *app,
		      struct error *err)
{
	json_t *jwks;

	if (!json_get_object(body, "publicKeys", NULL, &jwks, err))
		return false;
	if (!jwks)
		return true;
	if (!jose_check_client_keys(jwks, err))
		return false;
	const char *text = json_encode_in(context->arena, jwks);
	bool fits = strlen(text) <= CLIENT_APP_KEYS_MAX;
	if (fits)
		app->public_keys = json_array_size(json_object_get(jwks, "keys")) ? text : "";
	return fits || error_set(err, ERROR_INVALID_FIELD,
				 "publicKeys: at most %d bytes are allowed", CLIENT_APP_KEYS_MAX);
}

bool client_app_from_json(const struct context *context, const json_t *body, struct client_app *app,
			  struct error *err)
{
	const char *name;

	if (!connector_refuse(body, err) || !json_get_text(body, "name", NULL, &name, err))
		return false;
	if (name)
		app->name = name;
	if (!text_check("name", app->name, CLIENT_APP_NAME_MAX, false, err) ||
	    !scopes_read(context, body, app, err) || !networks_read(context, body, app, err) ||
	    !json_get_bool(body, "readOnly", NULL, &app->read_only, err) ||
	    !json_get_int(body, "rateLimit", NULL, &app->rate, err) ||
	    !keys_read(context, body, app, err))
		return false;
	if (app->rate < 0 || app->rate > CLIENT_APP_RATE_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "rateLimit: from 0 to %d calls a second",
				 CLIENT_APP_RATE_MAX);
	return true;
}

static json_t *words_to_json(const char *text)
{
	json_t *array = json_array();

	for (text += strspn(text, ", "); *text; text += strspn(text, ", ")) {
		size_t length = strcspn(text, ", ");
		json_array_append_new(array, json_stringn(text, length));
		text += length;
	}
	return array;
}

static json_t *scopes_to_json(const struct client_app *app)
{
	scoped(arena) struct arena *arena = arena_new();
	return words_to_json(*app->scopes ? app->scopes : scopes_text(arena, SCOPES_ALL));
}

json_t *client_app_audited(const struct client_app *app)
{
	return json_pack("{s:s, s:o, s:o, s:b, s:I, s:b, s:b}", "name", app->name, "scopes",
			 scopes_to_json(app), "networks", words_to_json(app->networks), "readOnly",
			 app->read_only, "rateLimit", (json_int_t)app->rate, "publicKeys",
			 *app->public_keys != '\0', "enabled", app->disabled.us == 0);
}

json_t *client_app_to_json(const struct client_app *app, struct wall_time now)
{
	json_t *json = client_app_audited(app);

	json_object_set_new(json, "clientId", json_string(app->client_id));
	json_object_set_new(json, "createdDate", json_date(app->created));
	json_object_set_new(json, "createdBy", json_string(app->created_by));
	json_object_set_new(json, "actsAs", json_string(*app->maker ? "MAKER" : "OWNER"));
	if (app->confirm_until.us)
		json_object_set_new(json, "confirmUntilDate", json_date(app->confirm_until));
	if (app->taken_over.us)
		json_object_set_new(json, "takenOverDate", json_date(app->taken_over));
	json_object_set_new(json, "secretCreatedDate", json_date(app->secret_created));
	json_object_set_new(json, "tokensIssued", json_integer((json_int_t)app->tokens_issued));
	json_object_set_new(json, "calls", json_integer((json_int_t)app->calls));
	json_object_set_new(json, "secretToCollect",
			    json_boolean(app->pending_secret_sealed.length > 0));
	json_object_set_new(json, "publicKeys",
			    *app->public_keys ? json_loads(app->public_keys, 0, NULL)
					      : json_pack("{s:[]}", "keys"));
	if (app->last_used.us) {
		json_object_set_new(json, "lastUsedDate", json_date(app->last_used));
		json_object_set_new(json, "lastUsedAddress", json_string(app->last_used_address));
	}
	if (app->disabled.us)
		json_object_set_new(json, "disabledDate", json_date(app->disabled));
	if (app->old_secret_until.us > now.us)
		json_object_set_new(json, "oldSecretUntilDate", json_date(app->old_secret_until));
	if (app->old_secret_used.us) {
		json_object_set_new(json, "oldSecretLastUsedDate", json_date(app->old_secret_used));
		json_object_set_new(json, "oldSecretLastUsedAddress",
				    json_string(app->old_secret_address));
	}
	return json;
}

json_t *client_app_configured(const struct context *context, const struct client_app *app)
{
	json_t *json = client_app_audited(app);

	json_object_set_new(json, "publicKeys",
			    *app->public_keys ? json_loads(app->public_keys, 0, NULL)
					      : json_pack("{s:[]}", "keys"));
	json_object_set_new(json, "actsAs", json_string(*app->maker ? "MAKER" : "OWNER"));
	json_object_set_new(
		json, "secret",
		history_secret(context, hex_encode(context->arena, app->secret_hash.data,
						   app->secret_hash.length)));
	return json;
}

bool client_app_members_check(const json_t *body, const struct client_app *app,
			      struct wall_time now, struct error *err)
{
	/* And those that are shown at times only. */
	static const char *const others[] = {"connector",
					     "secret",
					     "lastUsedDate",
					     "lastUsedAddress",
					     "disabledDate",
					     "confirmUntilDate",
					     "takenOverDate",
					     "oldSecretUntilDate",
					     "oldSecretLastUsedDate",
					     "oldSecretLastUsedAddress"};
	const char *known[64], *name;
	size_t count = 0;
	json_t *value;

	scoped(json_t) json_t *shown = client_app_to_json(app, now);
	for (; count < ARRAY_SIZE(others); count++)
		known[count] = others[count];
	json_object_foreach(shown, name, value)
	{
		ensure(count < ARRAY_SIZE(known));
		known[count++] = name;
	}
	return json_members_check(body, NULL, known, count, err);
}
