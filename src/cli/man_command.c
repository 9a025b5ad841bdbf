/* man_command.c – `greffier man`: the manual page, made of the same tables as --help. */
#include <stdio.h>
#include <string.h>

#include "cli/help.h"

static void examples_print_man(const struct command *command)
{
	for (size_t i = 0; i < command_example_count; i++) {
		if (strcmp(command_examples[i].command, command->name) == 0)
			printf(".PP\n.EX\n%s\n.EE\n", command_examples[i].line);
	}
}

static void commands_print_man(void)
{
	for (size_t i = 0; i < command_count; i++) {
		printf(".SS greffier %s\n%s\n", commands[i]->name, commands[i]->summary);
		for (size_t o = 0; o < commands[i]->option_count; o++) {
			if (command_takes(commands[i], o))
				option_print_man(&commands[i]->options[o]);
		}
		examples_print_man(commands[i]);
	}
}

static bool man_run(const struct settings *settings, const struct option_value *options,
		    struct arena *arena, struct error *err)
{
	puts(".TH GREFFIER 1 \"\" \"greffier " GREFFIER_VERSION "\"\n"
	     ".SH NAME\ngreffier \\- API access and event notifications for e-signature platforms\n"
	     ".SH SYNOPSIS\n.B greffier\n.I command\n[\\fIoption\\fR...]\n"
	     ".SH COMMANDS");
	commands_print_man();
	puts(".SH SETTINGS\n"
	     "Taken by the commands that open an installation. The first of these that "
	     "is given applies: the argument,\n"
	     "the environment variable (\\-\\-token\\-life is GREFFIER_TOKEN_LIFE), "
	     "the file of \\-\\-config, the default.");
	for (size_t i = 0; i < SETTING_COUNT; i++)
		option_print_man(&setting_specs[i]);
	puts(".SH SIGNALS\nSIGTERM and SIGINT stop the server after requests in progress. "
	     "SIGHUP reopens the log\n"
	     "file and reloads the certificate and its key.\n"
	     ".SH EXIT STATUS\n0 done; 1 refused; 2 the command line is not valid; 3 a "
	     "failure of the system or of\n"
	     "greffier itself; 4 the data folder is gone.");
	return true;
}

const struct command man_command = {
	.name = "man",
	.summary = "Print the manual page (for `man -l -`).",
	.run = man_run,
};
