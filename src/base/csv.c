/* csv.c – see csv.h. */
#include "base/csv.h"

#include <string.h>

static bool is_formula(const char *cell)
{
	return *cell && strchr("=+-@\t\r\n", *cell);
}

static bool quoted_add(struct buf *buf, const char *cell)
{
	if (!buf_add_text(buf, is_formula(cell) ? "\"'" : "\""))
		return false;
	for (size_t length; *cell; cell += length) {
		length = strcspn(cell, "\"");
		if (!buf_add(buf, cell, length))
			return false;
		if (cell[length] == '"') {
			length++;
			if (!buf_add_text(buf, "\"\""))
				return false;
		}
	}
	return buf_add_text(buf, "\"");
}

static bool cell_add(struct buf *buf, const char *cell)
{
	return is_formula(cell) || strpbrk(cell, "\",\r\n") ? quoted_add(buf, cell)
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
