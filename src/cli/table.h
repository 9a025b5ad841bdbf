/* table.h – prints rows: aligned on a terminal, tab-separated to a file or pipe, or as JSON (--json). */
#ifndef GREFFIER_CLI_TABLE_H
#define GREFFIER_CLI_TABLE_H

#include <jansson.h>

#include "cli/command.h"

/* Takes `rows`, a list of objects. */
void print_table(json_t *rows, const char *const *members, size_t count);
/* The same or JSON, as --json says. False for NULL rows: what made them has failed. */
MUST_CHECK bool print_rows(const struct operation *operation, json_t *rows, const char *const *members,
			   size_t count);
#define PRINT_ROWS(operation, rows, ...)                                                           \
	print_rows(operation, rows, (const char *const[]){__VA_ARGS__},                            \
		   ARRAY_SIZE(((const char *const[]){__VA_ARGS__})))

#endif
