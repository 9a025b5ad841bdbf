/* demo.h – the text that `make run` prints for newcomers. */
#ifndef GREFFIER_CLI_DEMO_H
#define GREFFIER_CLI_DEMO_H

#include "cli/command.h"

/* Creates the demonstration account when there is no account, and prints its credentials and the
 * next three commands. At later starts it prints the server's address and how to get new
 * credentials. Prints to standard output; the log is on standard error. */
MUST_CHECK bool demo_welcome(const struct settings *settings, const struct installation *installation,
			     const struct access_config *config, struct arena *arena,
			     struct error *err);

#endif
