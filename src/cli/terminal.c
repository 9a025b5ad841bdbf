/* terminal.c – see terminal.h. */
#include "cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <unistr.h>
#include <uniwidth.h>

#define COLUMNS 80

/* C1 controls are two bytes in UTF-8: 0xC2 and 0x80 to 0x9F. */
static size_t control_length(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (at[0] < 0x20 || at[0] == 0x7f)
		return 1;
	return at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f ? 2 : 0;
}

const char *terminal_text(struct arena *arena, const char *text)
{
	char *safe = arena_alloc(arena, strlen(text) + 1), *to = safe;

	while (*text) {
		size_t skipped = control_length(text);
		*to++ = skipped ? '?' : *text;
		text += skipped ? skipped : 1;
	}
	*to = '\0';
	return safe;
}

size_t terminal_width(const char *text)
{
	int width = u8_strwidth((const uint8_t *)text, "UTF-8");

	return width > 0 ? (size_t)width : 0;
}

bool terminal_is_used(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

void terminal_heading(const char *text)
{
	const char *no_color = getenv("NO_COLOR");
	bool bold = terminal_is_used() && !(no_color && *no_color);

	printf("%s%s%s\n", bold ? "\033[1m" : "", text, bold ? "\033[0m" : "");
}

void terminal_wrap(const char *text, size_t column, size_t indent)
{
	bool is_first = true;

	while (*text) {
		size_t length = strcspn(text, " ");
		if (!is_first && column + 1 + length > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			is_first = true;
		}
		printf("%s%.*s", is_first ? "" : " ", (int)length, text);
		column += length + !is_first;
		is_first = false;
		text += length + (text[length] == ' ');
	}
	putchar('\n');
}
