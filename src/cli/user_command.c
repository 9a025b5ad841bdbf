/* user_command.c – `greffier user`, `greffier session`, `greffier apikey`: people, their sessions
 * and their keys. */
#include <stdio.h>

#include "access/credentials/api_keys.h"
#include "access/identity/second_factor.h"
#include "access/identity/sign_in.h"
#include "access/people/users.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/table.h"
#include "store/store_clock.h"

enum {
	WHO_EMAIL,
	WHO_ACCOUNT,
	WHO_JSON,
	WHO_OVERLAP, /* of apikey rotate only */
	WHO_COUNT
};
static const struct option_spec who_specs[WHO_COUNT] = {
	[WHO_EMAIL] = {"email", OPTION_TEXT, "E-MAIL", NULL, 0, 0, "The user."},
	[WHO_ACCOUNT] = {"account", OPTION_TEXT, "ID", NULL, 0, 0,
			 "The account; by default the user's own."},
	[WHO_JSON] = {"json", OPTION_SWITCH, "", "false", 0, 0, "Print JSON."},
	[WHO_OVERLAP] = {"overlap", OPTION_NUMBER, "seconds", "0", 0, OVERLAP_MAX_S,
			 "How long the old key is still accepted in addition to the new one."},
};

/* The account, and the uid when there is an --email. */
static bool who(struct operation *operation, bool needs_user, const char **ret_uid,
		struct error *err)
{
	const struct option_value *options = operation->options;

	*ret_uid = NULL;
	if (needs_user && !options[WHO_EMAIL].text)
		return error_set(err, ERROR_USAGE, "--email is required");
	return operation_account(operation, options[WHO_ACCOUNT].text, options[WHO_EMAIL].text,
				 ret_uid, err);
}

static bool done_print(const struct operation *operation, const char *uid, const char *text)
{
	if (operation->json)
		print_json(json_pack("{s:s, s:s}", "userId", uid, "result", text));
	else
		printf("%s: %s\n", uid, text);
	return true;
}

/* ---- user ---- */

static bool user_list_act(struct operation *operation, struct error *err)
{
	struct user_filter filter = {.limit = 100000};
	const char *uid;

	if (!who(operation, false, &uid, err))
		return false;
	filter.account = operation->context.account;
	json_t *answer = users_list(&operation->context, &filter, err);
	if (!answer)
		return false;
	json_t *rows = json_incref(json_object_get(answer, "results"));
	json_decref(answer);
	return PRINT_ROWS(operation, rows, "id", "email", "name", "type", "status", "activated");
}

static bool status_set(struct operation *operation, const char *status, const char *text,
		       struct error *err)
{
	const char *uid;

	if (!who(operation, true, &uid, err))
		return false;
	scoped(json_t) json_t *body = json_pack("{s:s}", "status", status);
	scoped(json_t) json_t *sender = user_change(&operation->context, uid, body, err);
	return sender && done_print(operation, uid, text);
}

static bool user_lock_act(struct operation *operation, struct error *err)
{
	return status_set(operation, "LOCKED",
			  "locked: sessions have ended, and keys and tokens are refused", err);
}

static bool user_unlock_act(struct operation *operation, struct error *err)
{
	return status_set(operation, "ACTIVE", "active", err);
}

static bool user_password_act(struct operation *operation, struct error *err)
{
	const char *uid, *password;

	if (!who(operation, true, &uid, err) ||
	    !password_reset(&operation->context, uid, &password, err))
		return false;
	if (operation->json)
		print_json(json_pack("{s:s, s:s}", "userId", uid, "password", password));
	else
		printf("The new password, shown only once:\n\n  %s\n", password);
	return true;
}

static bool user_second_factor_act(struct operation *operation, struct error *err)
{
	const char *uid;

	return who(operation, true, &uid, err) &&
	       second_factor_reset(&operation->context, uid, err) &&
	       done_print(operation, uid, "the second factor is off");
}

/* ---- session ---- */

static json_t *session_row(const struct operation *operation, const struct login_session *session)
{
	static const char *const kinds[] = {"user", "sender", "signer", "password"};

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:s}", "userId", session->uid, "kind",
			 kinds[session->kind], "signer", session->signer, "createdDate",
			 json_date(session->created), "lastSeenDate",
			 json_date(session_shown(operation->context.session, session->last_seen)),
			 "address", session->address, "agent", session->agent);
}

static bool session_list_act(struct operation *operation, struct error *err)
{
	const struct context *context = &operation->context;
	struct login_session *sessions;
	const char *uid;
	size_t count;

	if (!who(operation, false, &uid, err) ||
	    !login_session_list(session_db(context->session), context->arena, context->account, uid,
				SESSIONS_SHOWN_MAX, &sessions, &count, err))
		return false;
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, session_row(operation, &sessions[i]));
	return PRINT_ROWS(operation, rows, "userId", "kind", "createdDate", "lastSeenDate",
			  "address", "agent");
}

static bool session_end_act(struct operation *operation, struct error *err)
{
	const char *uid;
	int64_t count;

	return who(operation, true, &uid, err) &&
	       sign_out_everywhere(&operation->context, uid, &count, err) &&
	       done_print(operation, uid,
			  arena_printf(operation->context.arena, "%lld sessions ended",
				       (long long)count));
}

/* ---- apikey ---- */

static bool key_list_act(struct operation *operation, struct error *err)
{
	const struct context *context = &operation->context;
	struct api_key *keys;
	const char *uid;
	size_t count;

	if (!who(operation, false, &uid, err) ||
	    !api_key_list(session_db(context->session), context->arena, context->account, uid,
			  context->now, API_KEYS_SHOWN_MAX, &keys, &count, err))
		return false;
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_pack("{s:s, s:o, s:s}", "userId", keys[i].uid, "createdDate",
					json_date(keys[i].created), "lastUsedAddress",
					keys[i].last_used_address);
		if (keys[i].last_used.us)
			json_object_set_new(row, "lastUsedDate", json_date(keys[i].last_used));
		if (keys[i].valid_until.us)
			json_object_set_new(row, "validUntilDate", json_date(keys[i].valid_until));
		json_array_append_new(rows, row);
	}
	return PRINT_ROWS(operation, rows, "userId", "createdDate", "validUntilDate",
			  "lastUsedDate", "lastUsedAddress");
}

static bool key_rotate_act(struct operation *operation, struct error *err)
{
	const char *uid, *key;

	if (!who(operation, true, &uid, err) ||
	    !api_key_rotate(&operation->context, uid, operation->options[WHO_OVERLAP].number, &key,
			    err))
		return false;
	if (operation->json)
		print_json(json_pack("{s:s, s:s}", "userId", uid, "apiKey", key));
	else
		printf("The new API key, shown only once (the account's owner can reveal it):\n\n"
		       "  %s\n",
		       key);
	return true;
}

static bool key_disable_act(struct operation *operation, struct error *err)
{
	const char *uid;

	return who(operation, true, &uid, err) && api_key_disable(&operation->context, uid, err) &&
	       done_print(operation, uid,
			  "the user's API keys are disabled; `apikey rotate` makes a new one");
}

/* ---- the commands ---- */

#define COMMAND(identifier, words, text, act, count) \
	static bool act##_run(const struct settings *settings, const struct option_value *options, \
			      struct arena *arena, struct error *err) \
	{ \
		return operate(settings, options, options[WHO_JSON].number, arena, act, err); \
	} \
	const struct command identifier##_command = { \
		.name = words, \
		.summary = text, \
		.options = who_specs, \
		.option_count = count, \
		.takes_settings = true, \
		.run = act##_run, \
	};

COMMAND(user_list, "user list", "List the users of an account.", user_list_act, WHO_OVERLAP)
COMMAND(user_lock, "user lock", "Lock a user: sessions end, keys and tokens are refused.",
	user_lock_act, WHO_OVERLAP)
COMMAND(user_unlock, "user unlock", "Make a locked or invited user active.", user_unlock_act,
	WHO_OVERLAP)
COMMAND(user_password, "user password", "Give a user a new password and print it once.",
	user_password_act, WHO_OVERLAP)
COMMAND(user_second_factor, "user second-factor-off",
	"Turn off the second factor of a user who has lost it.", user_second_factor_act,
	WHO_OVERLAP)
COMMAND(session_list, "session list", "List the sessions of an account or a user.",
	session_list_act, WHO_OVERLAP)
COMMAND(session_end, "session end", "End all sessions of a user.", session_end_act, WHO_OVERLAP)
COMMAND(apikey_list, "apikey list", "List the API keys of an account or a user, without the keys.",
	key_list_act, WHO_OVERLAP)
COMMAND(apikey_rotate, "apikey rotate", "Replace a user's API key and print the new one once.",
	key_rotate_act, WHO_COUNT)
COMMAND(apikey_disable, "apikey disable", "Disable a user's API keys.", key_disable_act,
	WHO_OVERLAP)
