/* custom_headers_test.c – which headers an endpoint may ask for, and what is kept of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/macros.h"
#include "notify/custom_headers.h"

#define TEN "xxxxxxxxxx"
#define FIFTY TEN TEN TEN TEN TEN
#define PAIR(key, value) "{\"key\":\"" key "\",\"value\":\"" value "\"}"
#define ONE(key, value) "[" PAIR(key, value) "]"

static const struct {
	const char *headers;
	enum error_code code;
	const char *kept; /* or what `technical` begins with */
} rows[] = {
	{"null", ERROR_NONE, "[]"},
	{"[]", ERROR_NONE, "[]"},
	{ONE("X-Tenant", "blue"), ERROR_NONE, ONE("X-Tenant", "blue")},
	{"[{\"value\":\"b\",\"more\":1,\"key\":\"a\"}]", ERROR_NONE, ONE("a", "b")},
	{ONE("X", ""), ERROR_NONE, ONE("X", "")},
	{ONE("X", "a b; c=\\\"d\\\" ~"), ERROR_NONE, ONE("X", "a b; c=\\\"d\\\" ~")},
	{ONE("!#$%&'*+-.^_`|~09AZaz", "x"), ERROR_NONE, ONE("!#$%&'*+-.^_`|~09AZaz", "x")},
	{ONE(FIFTY, FIFTY FIFTY), ERROR_NONE, ONE(FIFTY, FIFTY FIFTY)},
	{"[" PAIR("A", "1") "," PAIR("B", "2") "," PAIR("C", "3") "," PAIR("D", "4") "," PAIR(
		 "E", "5") "]",
	 ERROR_NONE, NULL},
	{"[" PAIR("A", "1") "," PAIR("B", "2") "," PAIR("C", "3") "," PAIR("D", "4") "," PAIR(
		 "E", "5") "," PAIR("F", "6") "]",
	 ERROR_CALLBACK_TOO_MANY_HEADERS, "customHeaders:"},
	{"{}", ERROR_INVALID_FIELD, "customHeaders:"},
	{"\"X: y\"", ERROR_INVALID_FIELD, "customHeaders:"},
	{"[5]", ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{"[{\"key\":\"a\"}]", ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{"[{\"key\":\"a\",\"value\":1}]", ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("a b", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("a:", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("\\u00e9", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE(FIFTY "x", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("X", FIFTY FIFTY "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("X", "a\\r\\nY: z"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("X", "\\u00e9"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("X", "a\\tb"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("X", " a"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("X", "a "), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{"[" PAIR("X", "1") "," PAIR("x", "2") "]", ERROR_CALLBACK_INVALID_HEADER,
	 "customHeaders[1]: given twice"},
	{"[" PAIR("X", "1") "," PAIR("authorization", "2") "]", ERROR_CALLBACK_INVALID_HEADER,
	 "customHeaders[1]: this header is set by the server"},
	{ONE("HOST", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("Content-Length", "1"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("transfer-encoding", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("Accept-Encoding", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("User-Agent", "acme-hooks/1"), ERROR_NONE, ONE("User-Agent", "acme-hooks/1")},
	{ONE("Webhook-Anything", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("GREFFIER-Sequence", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
	{ONE("ce-id", "x"), ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]:"},
};

static void each_row(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = {0};
		const char *kept = "";
		scoped(json_t) json_t *headers = json_loads(rows[i].headers, JSON_DECODE_ANY, NULL);
		scoped(json_t) json_t *body = json_pack("{s:O}", "customHeaders", headers);
		assert_non_null(body);
		bool ok = custom_headers_read(arena, body, CUSTOM_HEADER_VALUE_MAX, &kept, &err);
		if (err.code != rows[i].code || ok != (rows[i].code == ERROR_NONE))
			fail_msg("%s: %s", rows[i].headers, ok ? "accepted" : err.technical);
		if (ok && rows[i].kept)
			assert_string_equal(kept, rows[i].kept);
		if (!ok && strncmp(err.technical, rows[i].kept, strlen(rows[i].kept)) != 0)
			fail_msg("%s: says `%s`", rows[i].headers, err.technical);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_row)};

	return cmocka_run_group_tests_name("notify/custom_headers", tests, NULL, NULL);
}
