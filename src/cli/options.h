/* options.h – named values from the command line, the environment and a file, described by tables.
 *
 * One table entry says everything about an option: parser, --help and the manual page come from it. */
#ifndef GREFFIER_CLI_OPTIONS_H
#define GREFFIER_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum option_type {
	OPTION_TEXT,
	OPTION_NUMBER, /* a whole number within the range */
	OPTION_SWITCH, /* --name, --name=false; "true" or "false" elsewhere */
};

struct option_spec {
	const char *name; /* --name, GREFFIER_NAME, `name = value` in a file */
	enum option_type type;
	const char *unit;          /* what is shown for the value: "FILE", "seconds"; "" for a switch */
	const char *default_value; /* NULL: none */
	int64_t minimum, maximum;  /* of a number */
	const char *help;          /* one sentence */
};

struct option_value {
	const char *text; /* NULL when there is none */
	int64_t number;   /* of a number; 1 or 0 of a switch */
	bool given;       /* by the user, not the default */
};

struct option_table {
	const struct option_spec *specs;
	size_t count;
	struct option_value *values; /* same order as specs */
	bool from_environment;       /* GREFFIER_* too */
};

/* Fills the values of all tables: arguments beat the environment, that beats the file, that beats the defaults.
 * `--name value` and `--name=value`. The file is the value of an option called "config", if a table has one.
 * ERROR_USAGE names the option at fault. Texts live in `arena` or in argv and the environment. */
MUST_CHECK bool options_parse(const struct option_table *tables, size_t table_count,
			      struct arena *arena, int argc, char **argv, struct error *err);

/* Names the GREFFIER_* environment variables that are no setting of `table`, one call of `on_unknown` each; `meant` is the
 * variable most likely meant, or NULL. GREFFIER_TEST_* are the tests' own. */
void options_unknown_environment(const struct option_table *table, struct arena *arena,
				 void (*on_unknown)(const char *name, const char *meant));

/* What stands for an option's value in help: "FILE", "N"; "" for a switch. */
const char *option_placeholder(const struct option_spec *spec);
/* " Default: 5 seconds. Range: 1 to 9.", as far as the option has them. Lives in `arena`. */
const char *option_limits(const struct option_spec *spec, struct arena *arena);
/* One option as roff for the manual page. */
void option_print_man(const struct option_spec *spec);

#endif
