/* help.c – see help.h. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "base/near.h"
#include "cli/terminal.h"

#define NAME_COLUMN 28	 /* where a command's summary begins */
#define OPTION_COLUMN 26 /* where an option's help begins */

static const struct {
	const char *title;
	const char *groups[6]; /* first words */
} areas[] = {
	{"Server", {"serve", "receive", "man", "completion"}},
	{"Accounts and people", {"account", "user", "session", "operator"}},
	{"API access", {"apikey", "client-app", "oauth-key", "dlp"}},
	{"Event notifications", {"callback", "endpoint", "delivery", "replay"}},
	{"Security", {"audit", "key"}},
};

const struct command_example command_examples[] = {
#define EXAMPLE(command, line) {command, line},
#include "cli/examples.def"
#undef EXAMPLE
};
const size_t command_example_count = ARRAY_SIZE(command_examples);

static size_t first_word(const char *text)
{
	return strcspn(text, " ");
}

static bool is_of_group(const struct command *command, const char *group)
{
	size_t length = first_word(command->name);

	return strlen(group) == length && strncmp(command->name, group, length) == 0;
}

const struct command *command_find(int argc, char **argv, int *ret_words)
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

/* ---- all commands, a group ---- */

/* Returns how many commands there are in the group. */
static size_t group_print(const char *group)
{
	size_t printed = 0;

	for (size_t i = 0; i < command_count; i++) {
		if (!is_of_group(commands[i], group))
			continue;
		printf("  %-*s", NAME_COLUMN - 2, commands[i]->name);
		terminal_wrap(commands[i]->summary, NAME_COLUMN, NAME_COLUMN);
		printed++;
	}
	return printed;
}

void help_print(void)
{
	puts("greffier " GREFFIER_VERSION
	     " - API access and event notifications for e-signature platforms\n\n"
	     "Usage: greffier COMMAND [OPTION...]");
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++) {
		putchar('\n');
		terminal_heading(areas[i].title);
		for (size_t j = 0; j < ARRAY_SIZE(areas[i].groups) && areas[i].groups[j]; j++)
			group_print(areas[i].groups[j]);
	}
	puts("\n`greffier COMMAND --help` shows a command's options and examples.\n"
	     "A setting can be given in three places; the first one wins: an argument\n"
	     "(--token-life), an environment variable (GREFFIER_TOKEN_LIFE), the file of\n"
	     "--config. `greffier man | man -l -` shows the manual page.");
}

static bool is_group(const char *word)
{
	for (size_t i = 0; i < command_count; i++) {
		if (is_of_group(commands[i], word) && strchr(commands[i]->name, ' '))
			return true;
	}
	return false;
}

bool help_group_print(const char *word)
{
	if (!is_group(word))
		return false;
	printf("Usage: greffier %s COMMAND [OPTION...]\n\n", word);
	terminal_heading("Commands");
	group_print(word);
	printf("\n`greffier %s COMMAND --help` shows a command's options and examples.\n", word);
	return true;
}

/* ---- one command ---- */

static void option_print(const struct option_spec *spec)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *value = option_placeholder(spec);

	int length = printf("  --%s%s%s", spec->name, *value ? " " : "", value);
	if (length > OPTION_COLUMN - 2) {
		putchar('\n');
		length = 0;
	}
	printf("%*s", OPTION_COLUMN - length, "");
	terminal_wrap(arena_printf(arena, "%s%s", spec->help, option_limits(spec, arena)),
		      OPTION_COLUMN, OPTION_COLUMN);
}

/* Most settings matter to the server only; the others say which installation a command is for. */
static void settings_print(bool is_server)
{
	static const enum setting where[] = {SETTING_CONFIG, SETTING_DATA, SETTING_DATABASE,
					     SETTING_KEY_FILE};

	putchar('\n');
	terminal_heading(is_server ? "Settings" : "Which installation");
	for (size_t i = 0; is_server && i < SETTING_COUNT; i++)
		option_print(&setting_specs[i]);
	for (size_t i = 0; !is_server && i < ARRAY_SIZE(where); i++)
		option_print(&setting_specs[where[i]]);
}

static void examples_print(const struct command *command)
{
	bool is_first = true;

	for (size_t i = 0; i < command_example_count; i++) {
		if (strcmp(command_examples[i].command, command->name) != 0)
			continue;
		if (is_first) {
			putchar('\n');
			terminal_heading("Examples");
		}
		printf("  %s\n", command_examples[i].line);
		is_first = false;
	}
}

void help_command_print(const struct command *command)
{
	printf("Usage: greffier %s [OPTION...]\n\n", command->name);
	terminal_wrap(command->summary, 0, 0);
	if (command->option_count) {
		putchar('\n');
		terminal_heading("Options");
	}
	for (size_t i = 0; i < command->option_count; i++) {
		if (command_takes(command, i))
			option_print(&command->options[i]);
	}
	if (command->takes_settings)
		settings_print(command == &serve_command);
	examples_print(command);
}

/* ---- no command ---- */

static void meant_print(const char *word, const char *const *known, size_t count)
{
	const char *meant = near_find(word, known, count);

	if (meant)
		fprintf(stderr, "Did you mean `greffier %s`?\n", meant);
}

/* A group without a command of it, or with an unknown one. */
static void unknown_in_group_print(const char *group, const char *word)
{
	const char *names[COMMANDS_MAX];
	char typed[64];
	size_t count = 0;

	fprintf(stderr, "greffier: `%s` needs one of its commands:", group);
	for (size_t i = 0; i < command_count; i++) {
		if (!is_of_group(commands[i], group))
			continue;
		fprintf(stderr, "%s `%s`", count ? "," : "", commands[i]->name);
		names[count++] = commands[i]->name;
	}
	fputc('\n', stderr);
	snprintf(typed, sizeof(typed), "%s %s", group, word ? word : "");
	if (word && *word != '-')
		meant_print(typed, names, count);
}

void help_unknown_print(int argc, char **argv)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *names[2 * COMMANDS_MAX];
	size_t count = 0;

	ensure(command_count <= COMMANDS_MAX);
	if (is_group(argv[0])) {
		unknown_in_group_print(argv[0], argc > 1 ? argv[1] : NULL);
		return;
	}
	/* `acount list` is near a command, `acount` near a group. */
	for (size_t i = 0; i < command_count; i++) {
		names[count++] = commands[i]->name;
		names[count++] = arena_strndup(arena, commands[i]->name,
					       first_word(commands[i]->name));
	}
	fprintf(stderr, "greffier: `%.40s` is not a command; `greffier --help` lists them\n",
		terminal_text(arena, argv[0]));
	if (argc > 1 && *argv[1] != '-')
		meant_print(arena_printf(arena, "%s %s", argv[0], argv[1]), names, count);
	else
		meant_print(argv[0], names, count);
}
