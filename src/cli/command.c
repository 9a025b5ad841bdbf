/* command.c – from argv to a command, and from its error to an exit code. */
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "crypto/core_dumps.h"
#include "crypto/random.h"
#include "paperwork/helper.h"

#define COMMAND_OPTIONS_MAX 16

const struct command *const commands[] = {
	&serve_command,
	&account_create_command,
	&account_list_command,
	&account_feature_command,
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
};
const size_t command_count = ARRAY_SIZE(commands);

static void usage_print(void)
{
	puts("greffier " GREFFIER_VERSION
	     " - API access and event notifications for e-signature platforms\n\n"
	     "Usage: greffier COMMAND [OPTION...]\n\nCommands:");
	for (size_t i = 0; i < command_count; i++)
		printf("  %-24s %s\n", commands[i]->name, commands[i]->summary);
	puts("\n`greffier COMMAND --help` shows a command's options.\n"
	     "Settings can also be given as GREFFIER_* environment "
	     "variables\n"
	     "(--token-life is GREFFIER_TOKEN_LIFE) or in a file (--config). Arguments win, then "
	     "the\n"
	     "environment, then the file.");
}

bool command_takes(const struct command *command, size_t option)
{
	return !command->takes || command->takes & BIT(option);
}

/* Most settings matter to the server only; the others say which installation a command is for. */
static void settings_help_print(bool is_server)
{
	static const enum setting where[] = {SETTING_CONFIG, SETTING_DATA, SETTING_DATABASE,
					     SETTING_KEY_FILE};

	puts("\nSettings:");
	for (size_t i = 0; is_server && i < SETTING_COUNT; i++)
		option_print_help(&setting_specs[i]);
	for (size_t i = 0; !is_server && i < ARRAY_SIZE(where); i++)
		option_print_help(&setting_specs[where[i]]);
	if (!is_server)
		puts("\n`greffier serve --help` lists the other settings; this command takes them "
		     "too.");
}

static void command_help_print(const struct command *command)
{
	printf("Usage: greffier %s [OPTION...]\n\n%s\n", command->name, command->summary);
	if (command->option_count)
		puts("\nOptions:");
	for (size_t i = 0; i < command->option_count; i++) {
		if (command_takes(command, i))
			option_print_help(&command->options[i]);
	}
	if (command->takes_settings)
		settings_help_print(command == &serve_command);
}

/* Commands have one or two words; *ret_words says how many of argv they took. */
static const struct command *command_find(int argc, char **argv, int *ret_words)
{
	for (size_t i = 0; i < command_count; i++) {
		char words[64];
		const char *name = commands[i]->name;
		int count = strchr(name, ' ') ? 2 : 1;
		if (argc < count)
			continue;
		snprintf(words, sizeof(words), "%s%s%s", argv[0], count == 2 ? " " : "",
			 count == 2 ? argv[1] : "");
		if (strcmp(words, name) == 0) {
			*ret_words = count;
			return commands[i];
		}
	}
	return NULL;
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

/* `greffier account`, or with a second word that is none of its commands: names those there are. */
static void unknown_command_print(const char *word)
{
	size_t length = strlen(word), found = 0;

	fprintf(stderr, "greffier: `%.40s` is not a command", word);
	for (size_t i = 0; i < command_count; i++) {
		const char *name = commands[i]->name;
		if (strncmp(name, word, length) == 0 && name[length] == ' ')
			fprintf(stderr, "%s`%s`", found++ ? ", " : " of its own: try ", name);
	}
	fputs(found ? "\n" : "; `greffier --help` lists them\n", stderr);
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

int cli_main(int argc, char **argv)
{
	struct error err = {0};
	int words = 0;

	argc--, argv++;
	if (argc == 0 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0)
		return usage_print(), argc == 0 ? 2 : 0;
	if (strcmp(argv[0], "--version") == 0)
		return puts("greffier " GREFFIER_VERSION), 0;
	if (strcmp(argv[0], HELPER_COMMAND) == 0)
		return helper_main(argc - 1, argv + 1);
	const struct command *command = command_find(argc, argv, &words);
	if (!command) {
		unknown_command_print(argv[0]);
		return 2;
	}
	if (has_help(argc - words, argv + words))
		return command_help_print(command), 0;

	core_dumps_disable();
	crypto_start();
	scoped(arena) struct arena *arena = arena_new();
	if (command_run(command, argc - words, argv + words, arena, &err))
		return fflush(stdout) == 0 ? 0 : 3;
	fprintf(stderr, "greffier %s: %s%s%s\n", command->name, error_message(err.code),
		*err.technical ? " " : "", err.technical);
	return error_exit_code(err.code);
}
