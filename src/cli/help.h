/* help.h – what --help prints, and what is said of a command line that names no command. */
#ifndef GREFFIER_CLI_HELP_H
#define GREFFIER_CLI_HELP_H

#include <stdbool.h>

#include "cli/command.h"

/* Command lines that --help and the manual page show: examples.def. */
struct command_example {
	const char *command;
	const char *line;
};
extern const struct command_example command_examples[];
extern const size_t command_example_count;

/* The command that the first words of argv name; *ret_words: how many they are. NULL: none. */
const struct command *command_find(int argc, char **argv, int *ret_words);

/* All commands, by area. */
void help_print(void);
/* The commands of a group: `greffier account --help`. False when `word` is no group. */
MUST_CHECK bool help_group_print(const char *word);
/* One command: its options, the settings it takes, examples. */
void help_command_print(const struct command *command);
/* On standard error: names the word at fault, and the command that was most likely meant. */
void help_unknown_print(int argc, char **argv);

#endif
