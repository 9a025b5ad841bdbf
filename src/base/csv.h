/* csv.h – lines of comma-separated values (RFC 4180) that are safe to open in a spreadsheet.
 *
 * Spreadsheets run a cell as a formula when it begins with = + - @, a tab or a line break. Such
 * a cell gets an apostrophe in front and is quoted, as OWASP's page on CSV injection recommends.
 * The same applies after a semicolon inside a cell, because some spreadsheets split cells at
 * semicolons even within quotes. */
#ifndef GREFFIER_BASE_CSV_H
#define GREFFIER_BASE_CSV_H

#include "base/buf.h"

/* Appends one line and its CR LF. A NULL cell is written as empty. Returns false and leaves
 * `buf` unchanged when buf_add fails. */
MUST_CHECK bool csv_line(struct buf *buf, const char *const *cells, size_t count);

#endif
