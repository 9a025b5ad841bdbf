/* demo.h – what `make run` prints: a block a newcomer can act on. */
#ifndef GREFFIER_CLI_DEMO_H
#define GREFFIER_CLI_DEMO_H

#include "cli/command.h"

/* Creates the demonstration account when there is no account yet, and prints its credentials and the next three commands.
 * At a later start it says where the server is and how to get new credentials. Prints on standard output; the log is on
 * standard error. */
MUST_CHECK bool demo_welcome(const struct settings *settings, const struct installation *installation,
			     const struct access_config *config, struct arena *arena,
			     struct error *err);

#endif
