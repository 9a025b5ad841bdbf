/* client_app_body.c – see client_app_body.h. */
#include "access/credentials/client_app_body.h"

#include <string.h>

#include "access/accounts/history.h"
#include "access/credentials/client_apps.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/network.h"
#include "base/shape_read.h"
#include "base/shape_write.h"
#include "base/text.h"
#include "crypto/jose.h"

/* As the reference lists them: connectors use API keys, and register callbacks of their own. */
static const char *const connectors[] = {"dynamics",	   "sharepoint",      "dynamics2011",
					 "dynamics2013",   "dynamics2015",    "sharepoint2010",
					 "sharepoint2013", "salesforceOauth2"};

static bool connector_refuse(const char *where, const char *connector, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(connectors); i++) {
		if (text_equal_nocase(connectors[i], connector))
			return error_set(err, ERROR_CLIENT_APP_CONNECTOR,
					 "%s: %s cannot use client apps; give it an API key", where,
					 connectors[i]);
	}
	return error_set(err, ERROR_INVALID_FIELD, "%s: there is no connector of that name", where);
}

/* Ten of the longest, and what stands between them: the text is kept as it is given. */
#define NETWORKS_TEXT_MAX 1000

static const char *const acting[] = {"OWNER", "MAKER"};

#define SHAPE_OF struct client_app_view
static const struct shape_member app_members[] = {
	{SHAPE_TEXT("connector", connector), .flags = SHAPE_REQUEST, .check = connector_refuse},
	{SHAPE_TEXT("name", app.name), .flags = SHAPE_REQUIRED, .most = CLIENT_APP_NAME_MAX},
	{SHAPE_SPLIT("scopes", scopes)},
	{SHAPE_SPLIT("networks", app.networks)},
	{SHAPE_BOOL("readOnly", app.read_only)},
	{SHAPE_INT("rateLimit", app.rate), .most = CLIENT_APP_RATE_MAX},
	{SHAPE_ENCODED("publicKeys", public_keys), .most = CLIENT_APP_KEYS_MAX},
	{SHAPE_BOOL("enabled", is_enabled)},
	{SHAPE_TEXT("secret", secret), .flags = SHAPE_ANSWER | SHAPE_REQUEST}, /* shown once */
	{SHAPE_TEXT("clientId", app.client_id), .flags = SHAPE_ANSWER},
	{SHAPE_DATE("createdDate", app.created), .flags = SHAPE_ANSWER},
	{SHAPE_TEXT("createdBy", app.created_by), .flags = SHAPE_ANSWER},
	{SHAPE_CHOICE("actsAs", acts_as, acting), .flags = SHAPE_ANSWER},
	{SHAPE_DATE("confirmUntilDate", app.confirm_until), .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_DATE("takenOverDate", app.taken_over), .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_DATE("secretCreatedDate", app.secret_created), .flags = SHAPE_ANSWER},
	{SHAPE_INT("tokensIssued", app.tokens_issued), .flags = SHAPE_ANSWER},
	{SHAPE_INT("calls", app.calls), .flags = SHAPE_ANSWER},
	{SHAPE_BOOL("secretToCollect", has_pending_secret), .flags = SHAPE_ANSWER},
	{SHAPE_DATE("lastUsedDate", app.last_used), .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_TEXT("lastUsedAddress", last_used_address), .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_DATE("disabledDate", app.disabled), .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_DATE("oldSecretUntilDate", app.old_secret_until),
	 .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_DATE("oldSecretLastUsedDate", app.old_secret_used),
	 .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_TEXT("oldSecretLastUsedAddress", old_secret_address),
	 .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
};
const struct shape client_app_shape = {SHAPE(app_members)};
#undef SHAPE_OF

/* `scopes` as they are shown; in `arena`. */
static struct client_app_view view_of(struct arena *arena, const struct client_app *app)
{
	return (struct client_app_view){
		.app = *app,
		.scopes = *app->scopes ? app->scopes : scopes_text(arena, SCOPES_ALL),
		.public_keys = *app->public_keys ? app->public_keys : "{\"keys\":[]}",
		.acts_as = *app->maker ? "MAKER" : "OWNER",
		.is_enabled = app->disabled.us == 0,
		.has_pending_secret = app->pending_secret_sealed.length > 0,
		.last_used_address = app->last_used.us ? app->last_used_address : "",
		.old_secret_address = app->old_secret_used.us ? app->old_secret_address : "",
	};
}

/* `text` NULL: the body has none. */
static bool scopes_read(const struct context *context, const char *text, struct client_app *app,
			struct error *err)
{
	const unsigned own = context->actor->rights.scopes;
	const bool is_new = !app->created.us || app->created.us == context->now.us;
	unsigned bits = SCOPES_ALL;

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

static bool networks_check(const char *text, struct error *err)
{
	struct network_list list;

	return (strlen(text) <= NETWORKS_TEXT_MAX && network_list_parse(text, &list)) ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "networks: up to %zu of the form 192.0.2.0/24 or 2001:db8::/32, no bits "
			 "set behind the mask",
			 ARRAY_SIZE(list.networks));
}

/* `text` NULL: the body has none. A set without keys is none. */
static bool keys_read(const char *text, struct client_app *app, struct error *err)
{
	if (!text)
		return true;
	scoped(json_t) json_t *jwks = json_loads(*text ? text : "{}", 0, NULL);
	ensure(jwks);
	if (!jose_check_client_keys(jwks, err))
		return false;
	app->public_keys = json_array_size(json_object_get(jwks, "keys")) ? text : "";
	return true;
}

bool client_app_from_json(const struct context *context, const json_t *body, struct client_app *app,
			  struct error *err)
{
	struct client_app_view view = {.app = *app};

	view.app.networks = NULL;
	if (!shape_read(&client_app_shape, context->arena, body, NULL, &view, err) ||
	    !scopes_read(context, view.scopes, &view.app, err) ||
	    (view.app.networks && !networks_check(view.app.networks, err)) ||
	    !keys_read(view.public_keys, &view.app, err))
		return false;
	if (!view.app.networks)
		view.app.networks = app->networks;
	*app = view.app;
	return true;
}

json_t *client_app_audited(const struct client_app *app)
{
	scoped(arena) struct arena *arena = arena_new();
	const struct client_app_view view = view_of(arena, app);
	json_t *json = shape_settable_to_json(&client_app_shape, &view);

	json_object_set_new(json, "publicKeys", json_boolean(*app->public_keys));
	return json;
}

json_t *client_app_to_json(const struct client_app *app, struct wall_time now)
{
	scoped(arena) struct arena *arena = arena_new();
	struct client_app_view view = view_of(arena, app);

	if (app->old_secret_until.us <= now.us)
		view.app.old_secret_until = wall_from_us(0);
	return shape_to_json(&client_app_shape, &view);
}

json_t *client_app_configured(const struct context *context, const struct client_app *app)
{
	const struct client_app_view view = view_of(context->arena, app);
	json_t *json = shape_settable_to_json(&client_app_shape, &view);

	json_object_set_new(json, "actsAs", json_string(view.acts_as));
	json_object_set_new(
		json, "secret",
		history_secret(context, hex_encode(context->arena, app->secret_hash.data,
						   app->secret_hash.length)));
	return json;
}
