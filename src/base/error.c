/* error.c – the table of error.def, and text. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/text.h"

static const struct {
	int status;
	const char *key;
	const char *message;
} errors[ERROR_COUNT] = {
	[ERROR_NONE] = {200, "", ""},
#define ERROR(code, status, key, message) [ERROR_##code] = {status, key, message},
#include "base/error.def"
#undef ERROR
};

/* The new text is made aside: the arguments may quote the text it replaces. A precision or the room
 * may have cut a character in two, and half a character is not JSON. */
bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
	char text[sizeof(err->technical)] = "";

	if (format) {
		va_list args;
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
	}
	err->code = code;
	err->wait_s = 0;
	(void)utf8_repair(text, strlen(text), err->technical, sizeof(err->technical));
	return false;
}

bool error_set_wait(struct error *err, int64_t wait_s, const char *technical)
{
	(void)error_set(err, ERROR_TOO_MANY_REQUESTS, "%s", technical);
	err->wait_s = wait_s;
	return false;
}

bool error_wrap(struct error *err, const char *format, ...)
{
	char text[sizeof(err->technical)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	size_t length = strlen(text), inner = strlen(err->technical);
	if (inner > 0 && length + 3 < sizeof(text)) {
		size_t room = sizeof(text) - length - 3;
		size_t kept = inner < room ? inner : room;
		memcpy(text + length, ": ", 2);
		memcpy(text + length + 2, err->technical, kept);
		text[length + 2 + kept] = '\0';
	}
	(void)utf8_repair(text, strlen(text), err->technical, sizeof(err->technical));
	return false;
}

int error_http_status(enum error_code code)
{
	ensure(code < ERROR_COUNT);
	return errors[code].status;
}

const char *error_key(enum error_code code)
{
	ensure(code < ERROR_COUNT);
	return errors[code].key;
}

const char *error_message(enum error_code code)
{
	ensure(code < ERROR_COUNT);
	return errors[code].message;
}

const char *error_name(enum error_code code)
{
	static const struct {
		int status;
		const char *name;
	} names[] = {
		{400, "Validation Error"},
		{401, "Unauthorized"},
		{403, "Access Denied"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{408, "Request Timeout"},
		{409, "Conflict"},
		{412, "Precondition Failed"},
		{429, "Too Many Requests"},
		{413, "Payload Too Large"},
		{414, "URI Too Long"},
		{415, "Unsupported Media Type"},
		{431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"},
		{501, "Not Implemented"},
		{503, "Service Unavailable"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].status == error_http_status(code))
			return names[i].name;
	}
	return ""; /* ERROR_NONE */
}

int error_exit_code(enum error_code code)
{
	if (code == ERROR_NONE)
		return 0;
	if (code == ERROR_USAGE)
		return 2;
	if (code == ERROR_STORE_GONE)
		return 4;
	return error_http_status(code) < 500 ? 1 : 3;
}
