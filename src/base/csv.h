/* csv.h – lines of comma-separated values (RFC 4180), safe to open in a spreadsheet.
 *
 * Spreadsheets run a cell that begins with = + - @, a tab or a line's end as a formula. Such a cell gets an apostrophe in front, as
 * OWASP's page on CSV injection says, and is quoted. So does what would begin a cell within one: where semicolons divide cells, they
 * do so within quotes too. */
#ifndef GREFFIER_BASE_CSV_H
#define GREFFIER_BASE_CSV_H

#include "base/buf.h"

/* Adds one line with its CR LF. A NULL cell is empty. False as buf_add: the buffer is then unchanged. */
MUST_CHECK bool csv_line(struct buf *buf, const char *const *cells, size_t count);

#endif
