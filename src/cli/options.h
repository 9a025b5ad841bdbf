/* options.h – options from the command line, the environment and a file, described by tables.
 *
 * One table entry describes an option completely: parser, --help and manual page use it. */
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
	/* Shown in place of the value: "FILE", "seconds"; "" for a switch. */
	const char *unit;
	const char *default_value; /* NULL: none */
	int64_t minimum, maximum;  /* for a number */
	const char *help;          /* one sentence */
};

struct option_value {
	const char *text; /* NULL without a value */
	int64_t number;   /* for a number; 1 or 0 for a switch */
	bool given;       /* by the user, not by default */
};

struct option_table {
	const struct option_spec *specs;
	size_t count;
	struct option_value *values; /* same order as specs */
	bool from_environment;       /* also read GREFFIER_* variables */
};

/* Fills the values of all tables. Arguments take precedence over the environment, then the file,
 * then the defaults. Accepts `--name value` and `--name=value`. The file is the value of an
 * option named "config", if there is one. Fails with ERROR_USAGE, which names the option. Texts
 * live in `arena`, argv or the environment. */
MUST_CHECK bool options_parse(const struct option_table *tables, size_t table_count,
			      struct arena *arena, int argc, char **argv, struct error *err);

/* Calls on_unknown for each GREFFIER_* variable that is not an option of `table`; `meant` is the
 * most similar one, or NULL. GREFFIER_TEST_* are ignored, because they belong to tests. */
void options_unknown_environment(const struct option_table *table, struct arena *arena,
				 void (*on_unknown)(const char *name, const char *meant));

/* Returns the placeholder for an option's value in help: "FILE", "N"; "" for a switch. */
const char *option_placeholder(const struct option_spec *spec);
/* Returns " Default: 5 seconds. Range: 1 to 9." as far as the option has them, in `arena`. */
const char *option_limits(const struct option_spec *spec, struct arena *arena);
/* Prints one option as roff for the manual page. */
void option_print_man(const struct option_spec *spec);

#endif
