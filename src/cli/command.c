/* command.c – from argv to a command, and from its error to an exit code. */
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "cli/help.h"
#include "cli/terminal.h"
#include "crypto/core_dumps.h"
#include "crypto/random.h"
#include "paperwork/helper.h"

#define COMMAND_OPTIONS_MAX 16

const struct command *const commands[] = {
	&serve_command,
	&account_create_command,
	&account_list_command,
	&account_feature_command,
	&account_lock_command,
	&account_unlock_command,
	&user_list_command,
	&user_lock_command,
	&user_unlock_command,
	&user_password_command,
	&user_second_factor_command,
	&session_list_command,
	&session_end_command,
	&apikey_list_command,
	&apikey_rotate_command,
	&apikey_disable_command,
	&app_list_command,
	&app_create_command,
	&app_rename_command,
	&app_renew_command,
	&app_revoke_command,
	&app_retire_command,
	&app_take_over_command,
	&callback_show_command,
	&callback_set_command,
	&callback_revert_command,
	&endpoint_list_command,
	&endpoint_pause_command,
	&endpoint_resume_command,
	&endpoint_disable_command,
	&endpoint_enable_command,
	&delivery_list_command,
	&delivery_resend_command,
	&delivery_retry_command,
	&delivery_cancel_command,
	&replay_start_command,
	&replay_list_command,
	&audit_list_command,
	&audit_verify_command,
	&key_rotate_command,
	&oauth_key_list_command,
	&oauth_key_rotate_command,
	&operator_create_command,
	&operator_list_command,
	&operator_end_command,
	&dlp_rules_command,
	&receive_command,
	&man_command,
	&completion_command,
};
const size_t command_count = ARRAY_SIZE(commands);

bool command_takes(const struct command *command, size_t option)
{
	return !command->takes || command->takes & BIT(option);
}

static bool has_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

static bool options_check(const struct command *command, const struct option_value *values,
			  struct error *err)
{
	for (size_t i = 0; i < command->option_count; i++) {
		if (values[i].given && !command_takes(command, i))
			return error_set(err, ERROR_USAGE, "--%s: `greffier %s` has no such option",
					 command->options[i].name, command->name);
	}
	return true;
}

static bool command_run(const struct command *command, int argc, char **argv, struct arena *arena,
			struct error *err)
{
	struct settings settings = {0};
	struct option_value values[COMMAND_OPTIONS_MAX] = {0};
	ensure(command->option_count <= COMMAND_OPTIONS_MAX);
	const struct option_table tables[] = {
		{command->options, command->option_count, values, false},
		settings_table(&settings),
	};
	return options_parse(tables, command->takes_settings ? 2 : 1, arena, argc, argv, err) &&
	       options_check(command, values, err) && command->run(&settings, values, arena, err);
}

static int help_for(int argc, char **argv)
{
	int words = 0;
	const struct command *command = argc ? command_find(argc, argv, &words) : NULL;

	if (command)
		help_command_print(command);
	else if (argc == 0)
		help_print();
	else if (!help_group_print(argv[0]))
		return help_unknown_print(argc, argv), 2;
	return 0;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int command_start(const struct command *command, int argc, char **argv)
{
	struct error err = {0};

	core_dumps_disable();
	crypto_start();
	scoped(arena) struct arena *arena = arena_new();
	if (command_run(command, argc, argv, arena, &err))
		return fflush(stdout) == 0 ? 0 : 3;
	fprintf(stderr, "greffier %s: %s%s%s\n", command->name, error_message(err.code),
		*err.technical ? " " : "", terminal_text(arena, err.technical));
	if (err.code == ERROR_USAGE)
		fprintf(stderr, "`greffier %s --help` shows its options.\n", command->name);
	return error_exit_code(err.code);
}

int cli_main(int argc, char **argv)
{
	int words = 0;

	argc--, argv++;
	if (argc == 0)
		return help_print(), 2;
	if (is_one_of(argv[0], "--help", "-h", "help"))
		return help_for(argc - 1, argv + 1);
	if (is_one_of(argv[0], "--version", "-v", "version"))
		return puts("greffier " GREFFIER_VERSION), 0;
	if (strcmp(argv[0], HELPER_COMMAND) == 0)
		return helper_main(argc - 1, argv + 1);
	const struct command *command = command_find(argc, argv, &words);
	if (has_help(argc - words, argv + words))
		return help_for(argc, argv);
	if (!command)
		return help_unknown_print(argc, argv), 2;
	return command_start(command, argc - words, argv + words);
}
