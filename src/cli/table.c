/* table.c – see table.h. */
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "cli/terminal.h"

#define COLUMNS_MAX 16

static const char *cell(struct arena *arena, const json_t *row, const char *member)
{
	const json_t *value = json_object_get(row, member);

	if (json_is_string(value))
		return terminal_text(arena, json_string_value(value));
	if (json_is_integer(value))
		return arena_printf(arena, "%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	if (json_is_array(value) && json_array_size(value)) {
		const char *list = "";
		for (size_t i = 0; i < json_array_size(value); i++)
			list = arena_printf(arena, "%s%s%s", list, i ? " " : "",
					    json_string_value(json_array_get(value, i)));
		return terminal_text(arena, list);
	}
	return "-";
}

/* The widest cell of a column, its heading included. */
static size_t column_width(struct arena *arena, const json_t *rows, const char *member)
{
	size_t width = terminal_width(member);

	for (size_t i = 0; i < json_array_size(rows); i++) {
		size_t this = terminal_width(cell(arena, json_array_get(rows, i), member));
		if (this > width)
			width = this;
	}
	return width;
}

static void heading_print(const char *const *members, const size_t *widths, size_t count)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *heading = "";

	for (size_t column = 0; column < count; column++)
		heading = arena_printf(arena, "%s%s%-*s", heading, column ? "  " : "",
				       column + 1 < count ? (int)widths[column] : 0,
				       members[column]);
	terminal_heading(heading);
}

static void table_print_aligned(const json_t *rows, const char *const *members, size_t count)
{
	scoped(arena) struct arena *arena = arena_new();
	size_t widths[COLUMNS_MAX];

	for (size_t column = 0; column < count; column++)
		widths[column] = column_width(arena, rows, members[column]);
	heading_print(members, widths, count);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		for (size_t column = 0; column < count; column++) {
			const char *text = cell(arena, json_array_get(rows, i), members[column]);
			size_t rest = column + 1 < count ? widths[column] - terminal_width(text) + 2
							 : 0;
			printf("%s%*s", text, (int)rest, "");
		}
		putchar('\n');
	}
}

static void table_print_tabbed(const json_t *rows, const char *const *members, size_t count)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t column = 0; column < count; column++)
		printf("%s%s", column ? "\t" : "", members[column]);
	putchar('\n');
	for (size_t i = 0; i < json_array_size(rows); i++) {
		for (size_t column = 0; column < count; column++)
			printf("%s%s", column ? "\t" : "",
			       cell(arena, json_array_get(rows, i), members[column]));
		putchar('\n');
	}
}

void print_table(json_t *rows, const char *const *members, size_t count)
{
	ensure(count <= COLUMNS_MAX);
	(terminal_is_used() ? table_print_aligned : table_print_tabbed)(rows, members, count);
	json_decref(rows);
}

bool print_rows(const struct operation *operation, json_t *rows, const char *const *members,
		size_t count)
{
	if (!rows)
		return false;
	if (operation->json)
		print_json(rows);
	else
		print_table(rows, members, count);
	return true;
}
