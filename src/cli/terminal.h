/* terminal.h – output for people: safe texts, bold headings, wrapped paragraphs. */
#ifndef GREFFIER_CLI_TERMINAL_H
#define GREFFIER_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Returns `text` with each control character (C0, DEL, C1) replaced by a question mark: names
 * come from tenants, and terminals obey escape sequences. The result lives in `arena`, or is
 * `text`. */
const char *terminal_text(struct arena *arena, const char *text);

/* Number of terminal columns of a UTF-8 text. */
size_t terminal_width(const char *text);

/* True when standard output is a terminal. */
bool terminal_is_used(void);

/* Prints a heading and a line feed: bold on a terminal, unless NO_COLOR is set (no-color.org). */
void terminal_heading(const char *text);

/* Prints `text` from column `column` on, wrapped at 80 columns, with further lines indented to
 * `indent`. Ends with a line feed. */
void terminal_wrap(const char *text, size_t column, size_t indent);

#endif
