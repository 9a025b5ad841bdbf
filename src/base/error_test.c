/* error_test.c – every code has all that an answer and an exit need; texts stay whole when cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"

static const struct {
	enum error_code code;
	int status;
	const char *name, *key;
	int exit_code;
} rows[] = {
	{ERROR_NONE, 200, "", "", 0},
	{ERROR_INVALID_JSON, 400, "Validation Error", "error.validation.invalidJson", 1},
	{ERROR_NO_CREDENTIALS, 401, "Unauthorized", "error.unauthorised.noCredentials", 1},
	{ERROR_NO_PERMISSION, 403, "Access Denied", "error.forbidden.noPermission", 1},
	{ERROR_USER_NOT_FOUND, 404, "Not Found", "error.notFound.userNotFound", 1},
	{ERROR_METHOD_NOT_ALLOWED, 405, "Method Not Allowed", "error.validation.methodNotAllowed",
	 1},
	{ERROR_REQUEST_TIMEOUT, 408, "Request Timeout", "error.validation.requestTimeout", 1},
	{ERROR_CONFLICT, 409, "Conflict", "error.conflict.alreadyExists", 1},
	{ERROR_VERSION_CHANGED, 412, "Precondition Failed", "error.conflict.versionChanged", 1},
	{ERROR_BODY_TOO_LARGE, 413, "Payload Too Large", "error.validation.bodyTooLarge", 1},
	{ERROR_URI_TOO_LONG, 414, "URI Too Long", "error.validation.uriTooLong", 1},
	{ERROR_UNSUPPORTED_MEDIA_TYPE, 415, "Unsupported Media Type",
	 "error.validation.unsupportedMediaType", 1},
	{ERROR_HEADERS_TOO_LARGE, 431, "Request Header Fields Too Large",
	 "error.validation.headersTooLarge", 1},
	{ERROR_UNEXPECTED, 500, "Internal Server Error", "error.internal.unexpected", 3},
	{ERROR_OVERLOADED, 503, "Service Unavailable", "error.unavailable.overloaded", 3},
	{ERROR_USAGE, 400, "Validation Error", "error.usage", 2},
	{ERROR_CONFIGURATION, 500, "Internal Server Error", "error.configuration", 3},
};

static void codes_map_to_status_name_key_and_exit(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(error_http_status(rows[i].code), rows[i].status);
		assert_string_equal(error_name(rows[i].code), rows[i].name);
		assert_string_equal(error_key(rows[i].code), rows[i].key);
		assert_int_equal(error_exit_code(rows[i].code), rows[i].exit_code);
	}
}

/* A status without a name would leave the answer's `name` empty. */
static void every_code_is_complete(void **state)
{
	for (unsigned code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
		assert_true(*error_name(code) != '\0');
		assert_true(*error_message(code) != '\0');
		assert_true(strncmp(error_key(code), "error.", 6) == 0);
		for (unsigned other = ERROR_NONE + 1; other < code; other++)
			assert_string_not_equal(error_key(code), error_key(other));
	}
}

static void context_goes_in_front_and_the_code_stays(void **state)
{
	struct error err = {.technical = "of before"};

	assert_false(error_set(&err, ERROR_CONFLICT, NULL));
	assert_string_equal(err.technical, "");
	assert_false(error_wrap(&err, "making %s", "x"));
	assert_string_equal(err.technical, "making x");
	assert_false(error_set(&err, ERROR_CONFLICT, "name %d", 7));
	assert_false(error_wrap(&err, "making %s", "x"));
	assert_false(error_wrap(&err, "starting"));
	assert_string_equal(err.technical, "starting: making x: name 7");
	assert_int_equal(err.code, ERROR_CONFLICT);
}

static void the_old_text_may_be_quoted(void **state)
{
	struct error err;

	assert_false(error_set(&err, ERROR_IO, "inner"));
	assert_false(error_set(&err, ERROR_UNEXPECTED, "because of: %s", err.technical));
	assert_string_equal(err.technical, "because of: inner");
	assert_false(error_wrap(&err, "<%s>", err.technical));
	assert_string_equal(err.technical, "<because of: inner>: because of: inner");
}

/* "é" and "😀" at every distance from the end: half a character would not be JSON. */
static void a_cut_text_is_still_utf8(void **state)
{
	static const char *const characters[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
	char filler[1024];
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
		for (size_t length = 500; length < 520; length++) {
			memset(filler, 'a', length);
			strcpy(filler + length, characters[i]);
			assert_false(error_set(&err, ERROR_IO, "%s%s", filler, filler));
			size_t kept = strlen(err.technical);
			assert_true(kept >= sizeof(err.technical) - 4);
			assert_true(utf8_is_valid(err.technical, kept));
			assert_false(error_set(&err, ERROR_IO, "%s", characters[i]));
			filler[length] = '\0';
			assert_false(error_wrap(&err, "%s", filler));
			assert_true(utf8_is_valid(err.technical, strlen(err.technical)));
		}
	}
	assert_false(error_set(&err, ERROR_IO, "%507s\xf0\x9f\x98\x80", "")); /* just fits */
	assert_int_equal(strlen(err.technical), sizeof(err.technical) - 1);
}

/* Messages quote a part of what a stranger sent: `%.3s` may end inside a character. */
static void a_quoted_text_is_still_utf8(void **state)
{
	struct error err = {0};

	assert_false(error_set(&err, ERROR_IO, "`%.3s` is not known", "ab\xc3\xa9"));
	assert_string_equal(err.technical, "`ab\xef\xbf\xbd` is not known");
	assert_false(error_wrap(&err, "%.1s", "\xc3\xa9"));
	assert_string_equal(err.technical, "\xef\xbf\xbd: `ab\xef\xbf\xbd` is not known");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_map_to_status_name_key_and_exit),
		cmocka_unit_test(every_code_is_complete),
		cmocka_unit_test(context_goes_in_front_and_the_code_stays),
		cmocka_unit_test(the_old_text_may_be_quoted),
		cmocka_unit_test(a_cut_text_is_still_utf8),
		cmocka_unit_test(a_quoted_text_is_still_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
