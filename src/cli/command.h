/* command.h – the commands of the program and their common functions. */
#ifndef GREFFIER_CLI_COMMAND_H
#define GREFFIER_CLI_COMMAND_H

#include <jansson.h>

#include "context/context.h"
#include "base/arena.h"
#include "base/error.h"
#include "cli/settings.h"
#include "crypto/keyring.h"
#include "store/store.h"

/* Runs the command in argv and returns the exit code: 0 done, 1 refused, 2 wrong usage, 3
 * failure of this program or the system, 4 data folder gone (docs/guide/operation.md). */
int cli_main(int argc, char **argv);

struct command {
	const char *name;      /* "account create" */
	const char *summary;   /* one line */
	const struct option_spec *options; /* its own options */
	size_t option_count;
	/* One bit for each of `options` that the command takes; 0: all. Related commands share a
	 * table. */
	unsigned takes;
	bool takes_settings; /* also takes --data and the other settings */
	/* Runs the command. `options` are in the order of the specs. Returns false with err on
	 * failure. */
	bool (*run)(const struct settings *settings, const struct option_value *options,
		    struct arena *arena, struct error *err);
};

extern const struct command serve_command, receive_command, man_command, completion_command;
extern const struct command account_create_command, account_list_command, account_feature_command,
	account_lock_command, account_unlock_command;
extern const struct command user_list_command, user_lock_command, user_unlock_command,
	user_password_command, user_second_factor_command, session_list_command, session_end_command,
	apikey_list_command, apikey_rotate_command, apikey_disable_command;
extern const struct command app_list_command, app_create_command, app_rename_command,
	app_renew_command, app_retire_command, app_revoke_command, app_take_over_command;
extern const struct command key_rotate_command, oauth_key_list_command, oauth_key_rotate_command,
	audit_list_command, audit_verify_command, operator_create_command, operator_list_command,
	operator_end_command, dlp_rules_command;
extern const struct command callback_show_command, callback_set_command, callback_revert_command,
	endpoint_list_command, endpoint_pause_command, endpoint_resume_command,
	endpoint_disable_command, endpoint_enable_command, delivery_list_command,
	delivery_resend_command, delivery_retry_command, delivery_cancel_command,
	replay_start_command, replay_list_command;
extern const struct command *const commands[];
extern const size_t command_count;
#define COMMANDS_MAX 64

/* The store and its key, as the settings name them. */
struct installation {
	struct keyring *keyring;
	struct store *store;
};
/* Opens an installation. `on_topic`, `on_gone` and `arg` are those of store_config; NULL for a
 * command that runs beside a server. Makes the data folder and the key when they are missing,
 * but no key for an existing SQLite database, which needs its own. */
MUST_CHECK bool installation_open(const struct settings *settings, struct arena *arena,
				  void (*on_topic)(enum store_topic topic, void *arg),
				  void (*on_gone)(void *arg), void *arg,
				  struct installation *ret_installation, struct error *err);
void installation_close(struct installation *installation);
/* True when the data folder holds a SQLite database, and no other database is named. */
bool has_sqlite_database(const struct settings *settings, struct arena *arena);

/* The path of the key-encryption key. */
const char *key_file_of(const struct settings *settings, struct arena *arena);

/* Reads the settings of access. Everything lives in `arena` or in the settings. Fails with
 * ERROR_USAGE. */
MUST_CHECK bool access_config_read(const struct settings *settings, struct arena *arena,
				   const char *base_url, struct access_config *ret_config,
				   struct error *err);
/* Returns the folder into which mails are written instead of being sent; "": they are sent. With
 * --demo and without --smtp-url it is in the data folder. */
const char *mail_folder_of(const struct settings *settings, struct arena *arena);
/* Makes that folder when it is missing. Fails with ERROR_CONFIGURATION when it cannot be made or
 * written to. */
MUST_CHECK bool mail_folder_make(const struct settings *settings, struct arena *arena, struct error *err);
/* "" when none is set. */
MUST_CHECK bool smtp_password_read(const struct settings *settings, struct arena *arena,
				   const char **ret_password, struct error *err);
/* Returns the URL by which clients reach this server: the setting, or else one made from
 * --listen. */
const char *base_url_of(const struct settings *settings, struct arena *arena, const char *listen);

/* Runs a command of the operator: opens the installation, calls `act` as the operator, closes.
 * Fails with ERROR_CONFIGURATION when --data holds no database, so that a wrong folder does not
 * become a new, empty installation. */
struct operation {
	struct context context; /* its account is "" until the command sets it */
	struct installation installation;
	const struct settings *settings;
	const struct option_value *options;
	bool json; /* --json */
};
MUST_CHECK bool operate(const struct settings *settings, const struct option_value *options, bool json,
			struct arena *arena,
			bool (*act)(struct operation *operation, struct error *err),
			struct error *err);
/* Does the same for the first command of an installation: makes the database when there is none. */
MUST_CHECK bool operate_first(const struct settings *settings, const struct option_value *options,
			      bool json, struct arena *arena,
			      bool (*act)(struct operation *operation, struct error *err),
			      struct error *err);
/* True when `command` takes the option at this place of its table. */
bool command_takes(const struct command *command, size_t option);
/* Sets the context's account: the one with that id, or that of the user with that e-mail address
 * (also *ret_uid). Fails with ERROR_USAGE when neither is given. */
MUST_CHECK bool operation_account(struct operation *operation, const char *account, const char *email,
				  const char **ret_uid, struct error *err);
/* Prints a JSON value on one line and takes it. */
void print_json(json_t *value);

#endif
