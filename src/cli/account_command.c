/* account_command.c – `greffier account create`: whether or not the server runs. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "access/accounts.h"
#include "cli/command.h"

enum {
	OPTION_NAME,
	OPTION_OWNER_EMAIL,
	OPTION_JSON,
	OPTION_COUNT
};
static const struct option_spec option_specs[OPTION_COUNT] = {
	[OPTION_NAME] = {"name", OPTION_TEXT, "NAME", NULL, 0, 0, "The account's name. Required."},
	[OPTION_OWNER_EMAIL] = {"owner-email", OPTION_TEXT, "E-MAIL", NULL, 0, 0,
				"E-mail address of its owner, who signs in with it. Required."},
	[OPTION_JSON] = {"json", OPTION_SWITCH, "", "false", 0, 0, "Print one JSON object."},
};

static void created_print_json(const struct account_created *created)
{
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "accountId", created->account,
				 "ownerId", created->owner, "email", created->email, "password",
				 created->password, "apiKey", created->api_key);
	char *text = json_dumps(json, JSON_COMPACT);
	puts(text);
	free(text);
	json_decref(json);
}

static void created_print(const struct account_created *created)
{
	printf("The account has been created. The password and the API key are shown only now.\n\n"
	       "  account   %s\n  owner     %s\n  e-mail    %s\n  password  %s\n  API key   %s\n",
	       created->account, created->owner, created->email, created->password,
	       created->api_key);
}

static bool account_create_run(const struct settings *settings, const struct option_value *options,
			       struct arena *arena, struct error *err)
{
	struct installation installation;
	struct account_created created;
	const struct account_params params = {.name = options[OPTION_NAME].text,
					      .owner_email = options[OPTION_OWNER_EMAIL].text};

	if (!params.name || !params.owner_email)
		return error_set(err, ERROR_USAGE, "--name and --owner-email are required");
	if (!installation_open(settings, arena, NULL, NULL, &installation, err))
		return false;
	struct session *session = session_open(installation.store, err);
	bool ok = session && account_create(session, installation.keyring, arena, &params,
					    wall_now(), &created, err);
	session_close(session);
	installation_close(&installation);
	if (!ok)
		return false;
	(options[OPTION_JSON].number ? created_print_json : created_print)(&created);
	return true;
}

const struct command account_create_command = {
	.name = "account create",
	.summary = "Create an account with its owner, and print the owner's credentials once.",
	.options = option_specs,
	.option_count = OPTION_COUNT,
	.takes_settings = true,
	.run = account_create_run,
};
