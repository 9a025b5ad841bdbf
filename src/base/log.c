/* log.c – lines for people, written whole. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"

#define LINE_MAX_BYTES 2048 /* below PIPE_BUF, so that lines of several threads do not mix */
#define WHO_MAX 64
#define ESCAPE_LENGTH 4 /* \xNN, and no character of UTF-8 is longer */

/* Bytes of the character at `c` when it can be shown as it is; 0 when its first byte cannot. U+0080
 * to U+009F are control characters too: some terminals obey them. */
static size_t shown_length(const unsigned char *c)
{
	if (*c < 0x80)
		return *c >= 0x20 && *c != 0x7f;
	if (*c == 0xc2 && c[1] < 0xa0)
		return 0;
	for (size_t length = 2; length <= 4 && c[length - 1]; length++) {
		if (utf8_is_valid(c, length))
			return length;
	}
	return 0;
}

/* A stranger's bytes cannot forge a line: control characters and what is not UTF-8 become \xNN. */
static size_t escape(char *line, size_t used, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	while (*c && used + ESCAPE_LENGTH < LINE_MAX_BYTES) {
		size_t length = shown_length(c);
		if (length > 0) {
			memcpy(line + used, c, length);
			used += length;
			c += length;
		} else {
			used += (size_t)snprintf(line + used, ESCAPE_LENGTH + 1, "\\x%02x", *c++);
		}
	}
	return used;
}

PRINTF_LIKE(3, 0)
static void line_write(const char *level, const char *who, const char *format, va_list args)
{
	char line[LINE_MAX_BYTES], text[LINE_MAX_BYTES], time[WALL_TIME_TEXT];

	wall_format(wall_now(), time);
	vsnprintf(text, sizeof(text), format, args);
	size_t used = (size_t)snprintf(line, sizeof(line), "%s %s %.*s: ", time, level, WHO_MAX,
				       who);
	used = escape(line, used, text);
	line[used++] = '\n';
	/* Nothing can be done for a log that cannot be written. */
	ssize_t ignored = write(STDERR_FILENO, line, used);
	(void)ignored;
}

void log_info(const char *who, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line_write("info", who, format, args);
	va_end(args);
}

void log_warn(const char *who, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line_write("warn", who, format, args);
	va_end(args);
}

void log_error(const char *who, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line_write("error", who, format, args);
	va_end(args);
}
