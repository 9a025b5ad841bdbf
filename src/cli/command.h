/* command.h – the commands of the program, and what they share. */
#ifndef GREFFIER_CLI_COMMAND_H
#define GREFFIER_CLI_COMMAND_H

#include "base/arena.h"
#include "base/error.h"
#include "cli/settings.h"
#include "crypto/keyring.h"
#include "store/store.h"

/* Runs what argv asks for. The exit code: 0 done, 1 refused, 2 not understood, 3 ours or the system's. */
int cli_main(int argc, char **argv);

struct command {
	const char *name;      /* "account create" */
	const char *summary;   /* one line */
	const struct option_spec *options; /* its own */
	size_t option_count;
	bool takes_settings; /* --data and the like too */
	/* `options` in the order of the specs. False: err says why. */
	bool (*run)(const struct settings *settings, const struct option_value *options,
		    struct arena *arena, struct error *err);
};

extern const struct command serve_command, account_create_command, receive_command, man_command;
extern const struct command *const commands[];
extern const size_t command_count;

/* The store and the key it belongs to, as the settings name them. */
struct installation {
	struct keyring *keyring;
	struct store *store;
};
/* `on_topic` and `arg` as in store_config; NULL for a command that runs beside a server. Makes the data folder and
 * the key when they are missing. */
MUST_CHECK bool installation_open(const struct settings *settings, struct arena *arena,
				  void (*on_topic)(enum store_topic topic, void *arg), void *arg,
				  struct installation *ret_installation, struct error *err);
void installation_close(struct installation *installation);

#endif
