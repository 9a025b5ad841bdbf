/* table.h – prints rows: aligned on a terminal, tab-separated to a file or pipe, or as JSON (--json). */
#ifndef GREFFIER_CLI_TABLE_H
#define GREFFIER_CLI_TABLE_H

#include <jansson.h>

#include "cli/command.h"

/* Prints `rows`, a list of objects, and takes it. */
void print_table(json_t *rows, const char *const *members, size_t count);
/* Prints rows or JSON, as --json says. Returns false for NULL rows, because the call that made
 * them has failed. */
MUST_CHECK bool print_rows(const struct operation *operation, json_t *rows, const char *const *members,
			   size_t count);
#define PRINT_ROWS(operation, rows, ...)                                                           \
	print_rows(operation, rows, (const char *const[]){__VA_ARGS__},                            \
		   ARRAY_SIZE(((const char *const[]){__VA_ARGS__})))

#endif
