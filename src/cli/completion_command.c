/* completion_command.c – `greffier completion`: a script with which a shell completes commands and
 * options, made of the same tables as --help. */
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "cli/command.h"

enum {
	OPTION_SHELL,
	OPTION_COUNT
};
static const struct option_spec specs[OPTION_COUNT] = {
	[OPTION_SHELL] = {"shell", OPTION_TEXT, "SHELL", "bash", 0, 0, "bash, zsh or fish."},
};

static void options_list(const struct command *command)
{
	for (size_t i = 0; i < command->option_count; i++) {
		if (command_takes(command, i))
			printf(" --%s", command->options[i].name);
	}
	fputs(command->takes_settings ? " --help $settings" : " --help", stdout);
}

/* The commands of `group`, by their second word. Without a group: the first words, each once. */
static void words_list(const char *group)
{
	const char *last = "";

	for (size_t i = 0; i < command_count; i++) {
		const char *name = commands[i]->name, *space = strchr(name, ' ');
		size_t length = strcspn(name, " ");
		if (group && space && strlen(group) == length && !strncmp(name, group, length))
			printf(" %s", space + 1);
		if (!group && (strncmp(last, name, length) != 0 || last[length] != name[length]))
			printf(" %.*s", (int)length, name);
		last = name;
	}
}

static void bash_print(void)
{
	puts("_greffier() {\n"
	     "  local current=${COMP_WORDS[COMP_CWORD]} words");
	fputs("  local settings=\"", stdout);
	for (size_t i = 0; i < SETTING_COUNT; i++)
		printf(" --%s", setting_specs[i].name);
	puts("\"\n"
	     "  if [ \"$COMP_CWORD\" = 1 ]; then");
	fputs("    words=\"", stdout);
	words_list(NULL);
	puts(" help\"\n  else case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in");
	for (size_t i = 0; i < command_count; i++) {
		printf("    \"%s\"*) words=\"", commands[i]->name);
		options_list(commands[i]);
		puts("\";;");
	}
	for (size_t i = 0; i < command_count; i++) {
		const char *name = commands[i]->name;
		char group[64];
		if (!strchr(name, ' '))
			continue;
		snprintf(group, sizeof(group), "%.*s", (int)strcspn(name, " "), name);
		printf("    \"%s \"*) words=\"", group);
		words_list(group);
		puts("\";;");
	}
	puts("  esac; fi\n"
	     "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
	     "  [ ${#COMPREPLY[@]} != 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
	     "}\n"
	     "complete -F _greffier greffier");
}

/* zsh runs bash's functions. */
static void zsh_print(void)
{
	puts("autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit");
	bash_print();
}

static void fish_quoted_print(const char *text)
{
	putchar('\'');
	for (; *text; text++)
		printf("%s%c", *text == '\'' || *text == '\\' ? "\\" : "", *text);
	putchar('\'');
}

static void fish_options_print(const char *condition, const struct command *command)
{
	for (size_t i = 0; i < command->option_count; i++) {
		const struct option_spec *spec = &command->options[i];
		if (!command_takes(command, i))
			continue;
		printf("complete -c greffier -n '%s' -l %s%s -d ", condition, spec->name,
		       spec->type == OPTION_SWITCH ? "" : " -r");
		fish_quoted_print(spec->help);
		putchar('\n');
	}
}

static void fish_print(void)
{
	scoped(arena) struct arena *arena = arena_new();

	fputs("complete -c greffier -f -n __fish_use_subcommand -a '", stdout);
	words_list(NULL);
	puts(" help'");
	for (size_t i = 0; i < command_count; i++) {
		const char *name = commands[i]->name, *second = strchr(name, ' ');
		const char *group = arena_strndup(arena, name, strcspn(name, " "));
		const char *condition = arena_printf(arena, "__fish_seen_subcommand_from %s",
						     group);
		if (second) {
			printf("complete -c greffier -f -n '%s' -a %s -d ", condition, second + 1);
			fish_quoted_print(commands[i]->summary);
			putchar('\n');
			condition = arena_printf(arena, "%s; and __fish_seen_subcommand_from %s",
						 condition, second + 1);
		}
		fish_options_print(condition, commands[i]);
	}
}

static bool completion_run(const struct settings *settings, const struct option_value *options,
			   struct arena *arena, struct error *err)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {{"bash", bash_print}, {"zsh", zsh_print}, {"fish", fish_print}};

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (strcmp(options[OPTION_SHELL].text, shells[i].name) == 0)
			return shells[i].print(), true;
	}
	return error_set(err, ERROR_USAGE, "--shell: bash, zsh or fish");
}

const struct command completion_command = {
	.name = "completion",
	.summary = "Print a script that completes commands and options in a shell.",
	.options = specs,
	.option_count = OPTION_COUNT,
	.run = completion_run,
};
