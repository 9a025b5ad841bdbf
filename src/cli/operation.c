/* operation.c – what the operator's commands share: opening, closing, printing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/command.h"
#include "store/store_clock.h"

/* PostgreSQL says itself whether its database is there. */
static bool database_require(const struct settings *settings, struct arena *arena,
			     struct error *err)
{
	return *setting_text(settings, SETTING_DATABASE) || has_sqlite_database(settings, arena) ||
	       error_set(err, ERROR_CONFIGURATION,
			 "--data: there is no database in %s: give the server's data folder, or "
			 "start the server first",
			 setting_text(settings, SETTING_DATA));
}

bool operate(const struct settings *settings, const struct option_value *options, bool json,
	     struct arena *arena, bool (*act)(struct operation *operation, struct error *err),
	     struct error *err)
{
	return database_require(settings, arena, err) &&
	       operate_first(settings, options, json, arena, act, err);
}

bool operate_first(const struct settings *settings, const struct option_value *options, bool json,
		   struct arena *arena, bool (*act)(struct operation *operation, struct error *err),
		   struct error *err)
{
	struct operation operation = {.settings = settings, .options = options, .json = json};
	struct access_config config;

	if (!access_config_read(
		    settings, arena,
		    base_url_of(settings, arena, setting_text(settings, SETTING_LISTEN)), &config,
		    err) ||
	    !installation_open(settings, arena, NULL, NULL, NULL, &operation.installation, err))
		return false;
	const struct context_tools tools = {.keyring = operation.installation.keyring,
					    .config = &config};
	struct session *session = session_open(operation.installation.store, err);
	if (session)
		operation.context = context_for_command(&tools, session, arena);
	bool ok = session && act(&operation, err);
	session_close(session);
	installation_close(&operation.installation);
	return ok;
}

bool operation_account(struct operation *operation, const char *account, const char *email,
		       const char **ret_uid, struct error *err)
{
	struct context *context = &operation->context;
	struct db *db = session_db(context->session);
	struct account found_account;
	struct user user = {0};
	bool found;

	if (!account && !email)
		return error_set(err, ERROR_USAGE, "--account ID or --email ADDRESS is needed");
	if (email) {
		if (!user_find_by_email(db, context->arena, email, &user, &found, err))
			return false;
		if (!found)
			return error_set(err, ERROR_USER_NOT_FOUND, "--email %s", email);
	}
	*context = context_about(context, account ? account : user.account);
	if (ret_uid)
		*ret_uid = user.uid;
	return context_account(context, db, &found_account, err);
}

void print_json(json_t *value)
{
	char *text = json_encode(value, NULL);

	puts(text);
	explicit_bzero(text, strlen(text));
	free(text);
	json_decref(value);
}
