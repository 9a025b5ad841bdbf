/* csv.c – see csv.h. */
#include "base/csv.h"

#include <string.h>

static bool is_formula(const char *cell)
{
	return *cell && strchr("=+-@\t\r\n", *cell);
}

/* Where commas are decimal, semicolons divide cells. A quote behind a comma opens nothing there, so
 * what follows a semicolon or a line's end within a cell is a cell of its own. */
static bool divides(char c)
{
	return strchr(";\t\r\n", c) != NULL;
}

static bool is_formula_behind(const char *divider)
{
	const char *begin = divider + 1 + strspn(divider + 1, " \"");

	return *begin && strchr("=+-@", *begin);
}

static bool quoted_add(struct buf *buf, const char *cell)
{
	bool fits = buf_add_text(buf, is_formula(cell) ? "\"'" : "\"");

	for (; *cell && fits; cell++) {
		fits = *cell == '"' ? buf_add_text(buf, "\"\"") : buf_add(buf, cell, 1);
		if (fits && divides(*cell) && is_formula_behind(cell))
			fits = buf_add_text(buf, "'");
	}
	return fits && buf_add_text(buf, "\"");
}

static bool cell_add(struct buf *buf, const char *cell)
{
	return is_formula(cell) || strpbrk(cell, "\",;\t\r\n") ? quoted_add(buf, cell)
							       : buf_add_text(buf, cell);
}

bool csv_line(struct buf *buf, const char *const *cells, size_t count)
{
	size_t before = buf->length;
	bool fits = true;

	for (size_t i = 0; fits && i < count; i++)
		fits = (i == 0 || buf_add_text(buf, ",")) &&
		       cell_add(buf, cells[i] ? cells[i] : "");
	if (fits && buf_add_text(buf, "\r\n"))
		return true;
	buf->length = before;
	if (buf->data)
		buf->data[before] = '\0';
	return false;
}
