/* help.h – the texts of --help, and messages about unknown commands. */
#ifndef GREFFIER_CLI_HELP_H
#define GREFFIER_CLI_HELP_H

#include <stdbool.h>

#include "cli/command.h"

/* Examples for --help and the manual page: examples.def. */
struct command_example {
	const char *command;
	const char *line;
};
extern const struct command_example command_examples[];
extern const size_t command_example_count;

/* Finds the command named by the first words of argv; *ret_words is their number. NULL: none. */
const struct command *command_find(int argc, char **argv, int *ret_words);

/* Prints all commands by area. */
void help_print(void);
/* Prints the commands of a group, for `greffier account --help`. Returns false when `word` is
 * not a group. */
MUST_CHECK bool help_group_print(const char *word);
/* Prints one command: its options, settings and examples. */
void help_command_print(const struct command *command);
/* Prints the unknown word and the most similar command to standard error. */
void help_unknown_print(int argc, char **argv);

#endif
