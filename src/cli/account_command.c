/* account_command.c – `greffier account`: create, list, feature, lock, unlock. Whether or not the
 * server runs. */
#include <stdio.h>
#include <string.h>

#include "access/accounts/accounts.h"
#include "access/accounts/operated_accounts.h"
#include "base/json.h"
#include "cli/table.h"

#define ACCOUNTS_LISTED_MAX 100000

/* ---- create ---- */

enum {
	CREATE_NAME,
	CREATE_OWNER_EMAIL,
	CREATE_JSON,
	CREATE_COUNT
};
static const struct option_spec create_specs[CREATE_COUNT] = {
	[CREATE_NAME] = {"name", OPTION_TEXT, "NAME", NULL, 0, 0, "The account's name. Required."},
	[CREATE_OWNER_EMAIL] = {"owner-email", OPTION_TEXT, "E-MAIL", NULL, 0, 0,
				"E-mail address of its owner, who signs in with it. Required."},
	[CREATE_JSON] = {"json", OPTION_SWITCH, "", "false", 0, 0, "Print one JSON object."},
};

static void created_print(const struct account_created *created)
{
	printf("The account has been created. The password and the API key are shown only once.\n\n"
	       "  account   %s\n  owner     %s\n  e-mail    %s\n  password  %s\n  API key   %s\n",
	       created->account, created->owner, created->email, created->password,
	       created->api_key);
}

static bool create_act(struct operation *operation, struct error *err)
{
	const struct account_params params = {
		.name = operation->options[CREATE_NAME].text,
		.owner_email = operation->options[CREATE_OWNER_EMAIL].text};
	struct account_created created;

	if (!account_create(&operation->context, &params, &created, err))
		return err->code == ERROR_CONFLICT
			       ? error_set(err, ERROR_CONFLICT,
					   "--owner-email: there is a user with the address %.254s",
					   params.owner_email)
			       : false;
	if (operation->json)
		print_json(json_pack("{s:s, s:s, s:s, s:s, s:s}", "accountId", created.account,
				     "ownerId", created.owner, "email", created.email, "password",
				     created.password, "apiKey", created.api_key));
	else
		created_print(&created);
	return true;
}

static bool create_run(const struct settings *settings, const struct option_value *options,
		       struct arena *arena, struct error *err)
{
	if (!options[CREATE_NAME].text || !options[CREATE_OWNER_EMAIL].text)
		return error_set(err, ERROR_USAGE, "--name and --owner-email are required");
	return operate_first(settings, options, options[CREATE_JSON].number, arena, create_act,
			     err);
}

const struct command account_create_command = {
	.name = "account create",
	.summary = "Create an account and its owner, and print the owner's credentials once.",
	.options = create_specs,
	.option_count = CREATE_COUNT,
	.takes_settings = true,
	.run = create_run,
};

/* ---- list ---- */

static const struct option_spec list_specs[] = {
	{"json", OPTION_SWITCH, "", "false", 0, 0, "Print a JSON list."},
};

/* A list, as JSON has it; a table prints it in one cell. */
static json_t *features_json(const struct operation *operation, unsigned features)
{
	const char *text = features_text(operation->context.arena, features);
	json_t *list = json_array();

	for (const char *at = text; *at; at += strcspn(at, " "), at += *at == ' ')
		json_array_append_new(list, json_stringn(at, strcspn(at, " ")));
	return list;
}

static bool list_act(struct operation *operation, struct error *err)
{
	const struct context *context = &operation->context;
	struct account *accounts;
	size_t count;

	if (!account_list(session_db(context->session), context->arena, NULL, 0,
			  ACCOUNTS_LISTED_MAX, &accounts, &count, err))
		return false;
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			rows, json_pack("{s:s, s:s, s:s, s:s, s:o}", "accountId", accounts[i].id,
					"name", accounts[i].name, "ownerId", accounts[i].owner,
					"parentAccountId", accounts[i].parent, "features",
					features_json(operation, accounts[i].features)));
	return PRINT_ROWS(operation, rows, "accountId", "name", "ownerId", "parentAccountId",
			  "features");
}

static bool list_run(const struct settings *settings, const struct option_value *options,
		     struct arena *arena, struct error *err)
{
	return operate(settings, options, options[0].number, arena, list_act, err);
}

const struct command account_list_command = {
	.name = "account list",
	.summary = "List the accounts, sub-accounts included, with their features.",
	.options = list_specs,
	.option_count = ARRAY_SIZE(list_specs),
	.takes_settings = true,
	.run = list_run,
};

/* ---- feature ---- */

enum {
	FEATURE_ACCOUNT,
	FEATURE_ENABLE,
	FEATURE_DISABLE,
	FEATURE_JSON,
	FEATURE_COUNT
};
static const struct option_spec feature_specs[FEATURE_COUNT] = {
	[FEATURE_ACCOUNT] = {"account", OPTION_TEXT, "ID", NULL, 0, 0, "The account. Required."},
	[FEATURE_ENABLE] =
		{"enable", OPTION_TEXT, "FEATURES", "", 0, 0,
		 "Features to switch on, separated by commas: api-key, client-apps, oauth, "
		 "api-key-view, roles, subaccounts."},
	[FEATURE_DISABLE] = {"disable", OPTION_TEXT, "FEATURES", "", 0, 0, "Switch off."},
	[FEATURE_JSON] = {"json", OPTION_SWITCH, "", "false", 0, 0, "Print one JSON object."},
};

static bool feature_act(struct operation *operation, struct error *err)
{
	const struct option_value *options = operation->options;
	unsigned on, off, now;

	if (!features_parse(options[FEATURE_ENABLE].text, "--enable", &on, err) ||
	    !features_parse(options[FEATURE_DISABLE].text, "--disable", &off, err) ||
	    !operation_account(operation, options[FEATURE_ACCOUNT].text, NULL, NULL, err) ||
	    !account_features_change(&operation->context, on, off, &now, err))
		return false;
	json_t *row = json_pack("{s:s, s:o}", "accountId", operation->context.account, "features",
				features_json(operation, now));
	if (operation->json)
		print_json(row);
	else
		return PRINT_ROWS(operation, json_pack("[o]", row), "accountId", "features");
	return true;
}

static bool feature_run(const struct settings *settings, const struct option_value *options,
			struct arena *arena, struct error *err)
{
	return operate(settings, options, options[FEATURE_JSON].number, arena, feature_act, err);
}

const struct command account_feature_command = {
	.name = "account feature",
	.summary = "Show or change an account's features, effective at once on every node.",
	.options = feature_specs,
	.option_count = FEATURE_COUNT,
	.takes_settings = true,
	.run = feature_run,
};

/* ---- lock, unlock ---- */

static const struct option_spec lock_specs[] = {
	{"account", OPTION_TEXT, "ID", NULL, 0, 0, "The account. Required."},
	{"json", OPTION_SWITCH, "", "false", 0, 0, "Print one JSON object."},
};

static bool lock_set(struct operation *operation, bool locked, struct error *err)
{
	if (!operation_account(operation, operation->options[0].text, NULL, NULL, err))
		return false;
	scoped(json_t) json_t *body = json_pack("{s:b}", "locked", locked);
	scoped(json_t) json_t *changed = operated_account_change(&operation->context, body, err);
	if (!changed)
		return false;
	json_t *row = json_pack("{s:s, s:b}", "accountId", operation->context.account, "locked",
				locked);
	if (operation->json)
		print_json(row);
	else
		return PRINT_ROWS(operation, json_pack("[o]", row), "accountId", "locked");
	return true;
}

static bool lock_act(struct operation *operation, struct error *err)
{
	return lock_set(operation, true, err);
}

static bool unlock_act(struct operation *operation, struct error *err)
{
	return lock_set(operation, false, err);
}

static bool lock_run(const struct settings *settings, const struct option_value *options,
		     struct arena *arena, struct error *err)
{
	return operate(settings, options, options[1].number, arena, lock_act, err);
}

static bool unlock_run(const struct settings *settings, const struct option_value *options,
		       struct arena *arena, struct error *err)
{
	return operate(settings, options, options[1].number, arena, unlock_act, err);
}

const struct command account_lock_command = {
	.name = "account lock",
	.summary = "Lock an account: no credential is accepted, and notifications continue.",
	.options = lock_specs,
	.option_count = ARRAY_SIZE(lock_specs),
	.takes_settings = true,
	.run = lock_run,
};

const struct command account_unlock_command = {
	.name = "account unlock",
	.summary = "Unlock a locked account.",
	.options = lock_specs,
	.option_count = ARRAY_SIZE(lock_specs),
	.takes_settings = true,
	.run = unlock_run,
};
