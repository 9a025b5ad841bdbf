/* app_command.c – `greffier client-app`: what /api/account/authentication/clientApps does, for the
 * operator. */
#include <stdio.h>

#include "access/credentials/api_keys.h"
#include "access/credentials/client_apps.h"
#include "base/json.h"
#include "cli/table.h"

enum {
	APP_ACCOUNT,
	APP_JSON,
	APP_NAME,
	APP_ID,
	APP_OVERLAP,
	APP_KEEP_SECRET,
	APP_COUNT
};
static const struct option_spec app_specs[APP_COUNT] = {
	[APP_ACCOUNT] = {"account", OPTION_TEXT, "ID", NULL, 0, 0, "The account. Required."},
	[APP_JSON] = {"json", OPTION_SWITCH, "", "false", 0, 0, "Print JSON."},
	[APP_NAME] = {"name", OPTION_TEXT, "NAME", NULL, 0, 0, "The app's name."},
	[APP_ID] = {"client-id", OPTION_TEXT, "ID", NULL, 0, 0, "The app's client ID."},
	[APP_OVERLAP] = {"overlap", OPTION_NUMBER, "seconds", "0", 0, OVERLAP_MAX_S,
			 "How long the old secret is still accepted in addition to the new one."},
	[APP_KEEP_SECRET] = {"keep-secret", OPTION_SWITCH, "", "false", 0, 0,
			     "Keep the secret. Everyone who knows it then acts as the owner."},
};

static bool account_choose(struct operation *operation, struct error *err)
{
	return operation_account(operation, operation->options[APP_ACCOUNT].text, NULL, NULL, err);
}

static bool app_choose(struct operation *operation, const char **ret_id, struct error *err)
{
	*ret_id = operation->options[APP_ID].text;
	return (*ret_id || error_set(err, ERROR_USAGE, "--client-id is required")) &&
	       account_choose(operation, err);
}

static bool app_print(const struct operation *operation, json_t *app)
{
	if (!app)
		return false;
	if (operation->json) {
		print_json(app);
		return true;
	}
	printf("client id  %s\n", json_text(app, "clientId"));
	if (*json_text(app, "secret"))
		printf("secret     %s   (shown only once)\n", json_text(app, "secret"));
	json_decref(app);
	return true;
}

static bool list_act(struct operation *operation, struct error *err)
{
	return account_choose(operation, err) &&
	       PRINT_ROWS(operation, client_apps_list(&operation->context, err), "clientId", "name",
			  "enabled", "readOnly", "createdDate", "lastUsedDate", "tokensIssued",
			  "calls");
}

static bool create_act(struct operation *operation, struct error *err)
{
	const char *name = operation->options[APP_NAME].text;

	if (!account_choose(operation, err))
		return false;
	scoped(json_t) json_t *body = json_pack("{s:s}", "name", name ? name : "");
	return app_print(operation, client_app_create(&operation->context, body, err));
}

static bool rename_act(struct operation *operation, struct error *err)
{
	const char *id, *name = operation->options[APP_NAME].text;

	if (!app_choose(operation, &id, err))
		return false;
	scoped(json_t) json_t *body = json_pack("{s:s}", "name", name ? name : "");
	return app_print(operation, client_app_change(&operation->context, id, body, err));
}

static bool renew_act(struct operation *operation, struct error *err)
{
	const char *id;

	return app_choose(operation, &id, err) &&
	       app_print(operation, client_app_renew(&operation->context, id,
						     operation->options[APP_OVERLAP].number, err));
}

static bool retire_act(struct operation *operation, struct error *err)
{
	const char *id;

	return app_choose(operation, &id, err) &&
	       app_print(operation, client_app_retire_secret(&operation->context, id, err));
}

static bool take_over_act(struct operation *operation, struct error *err)
{
	const char *id;

	return app_choose(operation, &id, err) &&
	       app_print(operation,
			 client_app_take_over(&operation->context, id,
					      operation->options[APP_KEEP_SECRET].number, err));
}

static bool revoke_act(struct operation *operation, struct error *err)
{
	const char *id;

	if (!app_choose(operation, &id, err) || !client_app_revoke(&operation->context, id, err))
		return false;
	return app_print(operation, json_pack("{s:s, s:s}", "clientId", id, "result", "revoked"));
}

#define COMMAND(identifier, words, text, act, more) \
	static bool act##_run(const struct settings *settings, const struct option_value *options, \
			      struct arena *arena, struct error *err) \
	{ \
		return operate(settings, options, options[APP_JSON].number, arena, act, err); \
	} \
	const struct command identifier##_command = { \
		.name = words, \
		.summary = text, \
		.options = app_specs, \
		.option_count = APP_COUNT, \
		.takes = BIT(APP_ACCOUNT) | BIT(APP_JSON) | (more), \
		.takes_settings = true, \
		.run = act##_run, \
	};

COMMAND(app_list, "client-app list", "List an account's client apps.", list_act, 0)
COMMAND(app_create, "client-app create", "Create a client app and print its secret once.",
	create_act, BIT(APP_NAME))
COMMAND(app_rename, "client-app rename", "Rename a client app.", rename_act,
	BIT(APP_ID) | BIT(APP_NAME))
COMMAND(app_renew, "client-app renew", "Give a client app a new secret and print it once.",
	renew_act, BIT(APP_ID) | BIT(APP_OVERLAP))
COMMAND(app_retire, "client-app retire-secret",
	"End the old secret of a renewed client app before its overlap ends.", retire_act,
	BIT(APP_ID))
COMMAND(app_take_over, "client-app take-over",
	"Make a client app the owner's own, and print a new secret once.", take_over_act,
	BIT(APP_ID) | BIT(APP_KEEP_SECRET))
COMMAND(app_revoke, "client-app revoke", "Revoke a client app and its tokens.", revoke_act,
	BIT(APP_ID))
