/* json_test.c – what is decoded, what is refused and how the refusal names the place. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

/* Length counted by the compiler, so that a NUL may stand inside. */
#define TEXT(literal) \
	{ \
		(const unsigned char *)(literal), sizeof(literal) - 1 \
	}

static const struct {
	struct bytes text;
	const char *again; /* encoded */
} accepted[] = {
	{TEXT("{\"a\":[1,true,null,\"x\"]}"), "{\"a\":[1,true,null,\"x\"]}"},
	{TEXT(" \r\n\t[ ] \n"), "[]"},
	{TEXT("7"), "7"},
	{TEXT("\"\xc3\xa9\""), "\"\xc3\xa9\""},
	{TEXT("\xef\xbb\xbf{}"), "{}"},
	{TEXT("\"[[[[{{{{ \\\" \\\\\""), "\"[[[[{{{{ \\\" \\\\\""},
	/* UTF-16LE: without a byte order mark, with one, with a character of two units */
	{TEXT("{\0}\0"), "{}"},
	{TEXT("\xff\xfe{\0}\0"), "{}"},
	{TEXT("\"\0\xe9\0\x3d\xd8\x00\xde\"\0"), "\"\xc3\xa9\xf0\x9f\x98\x80\""},
	{TEXT("7\0"), "7"},
};

static void json_in_both_encodings_is_read(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		struct error err = {0};
		size_t length;
		scoped(json_t) json_t *value = json_decode(accepted[i].text, &err);
		if (!value)
			fail_msg("%s: %s", accepted[i].again, err.technical);
		char *again = json_encode(value, &length);
		assert_string_equal(again, accepted[i].again);
		assert_int_equal(length, strlen(again));
		free(again);
	}
}

/* What Jansson writes, byte for byte, but for fractions: see the next test. */
static const char *const written[] = {
	"{}",
	"[]",
	"{\"a\":{},\"b\":[],\"c\":[[],{}],\"\\\"\\\\/\":null}",
	"[0,-1,9223372036854775807,-9223372036854775808]",
	"[0.5,-2.5,1.0,123456789.125]",
	"[true,false,null,\"\"]",
	"\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f / \\\" \\\\ \xc3\xa9 \xf0\x9f\x98\x80\"",
};

static void json_is_written_as_jansson_writes_it(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		scoped(json_t) json_t *value = json_loads(written[i], JSON_DECODE_ANY, NULL);
		assert_non_null(value);
		char *expected = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		char *text = json_encode(value, NULL);
		assert_string_equal(text, expected);
		scoped(arena) struct arena *arena = arena_new();
		const struct bytes bytes = json_encode_bytes(arena, value);
		struct error err = {0};
		assert_int_equal(bytes.length, strlen(expected));
		assert_string_equal((const char *)bytes.data, expected);
		assert_string_equal(json_encode_in(arena, value), expected);
		assert_string_equal(json_try_encode_in(arena, value, &err), expected);
		free(text);
		free(expected);
	}
}

static void payloads_keep_their_long_escapes(void **state)
{
	static const char text[] = "a\nb\"\\\x01\xc3\xa9";
	struct buf buf;

	buf_init(&buf, 100);
	assert_true(json_text_write_long(&buf, text, strlen(text)));
	assert_true(buf_add(&buf, "", 1));
	assert_string_equal((const char *)buf.data, "\"a\\u000ab\\\"\\\\\\u0001\xc3\xa9\"");
	buf_done(&buf);
}

/* Numbers keep the digits they came with, and no others. */
static void fractions_are_written_short(void **state)
{
	static const char *const same[] = {
		"[0.1]",
		"[0.565]",
		"[129.7]",
		"[1e23]",
		"[-2.5e-7]",
		"[-1e300]",
		"[0.30000000000000004]",
		"[1.7976931348623157e308]",
		"[-0.0]",
		"[123456789012345.6]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		scoped(json_t) json_t *value = json_loads(same[i], 0, NULL);
		char *text = json_encode(value, NULL);
		assert_string_equal(text, same[i]);
		free(text);
	}
}

static const struct {
	struct bytes text;
	const char *technical;
} refused[] = {
	{TEXT(""), "the body is empty"},
	{TEXT("\xef\xbb\xbf"), "the body is empty"},
	{TEXT("\xff\xfe"), "the body is empty"},
	{TEXT("{"), "line 1, column 1: the text ends too early"},
	{TEXT("\"secret"), "line 1, column 7: the text ends too early"},
	{TEXT("{\n\"key\": secret}"), "line 2, column 13: a syntax error"},
	{TEXT("{\"key\": \"secret\" \"more\"}"), "line 1, column 23: a syntax error"},
	{TEXT("{} secret"), "line 1, column 9: more text after the value"},
	{TEXT("[1e999]"), "line 1, column 6: a number out of range"},
	{TEXT("[\"secret\xff\"]"), "line 1, column 8: not UTF-8"},
	{TEXT("[\"secret\\u0000\"]"), "line 1, column 15: a NUL character"},
	{TEXT("[\"secret\n\"]"), "line 1, column 8: a syntax error"},
	{TEXT("\"\0\x00\xd8\"\0"), "broken UTF-16"},
	{TEXT("{\0}"), "broken UTF-16"},
	{TEXT("\xff\xfe{"), "broken UTF-16"},
	{TEXT("{\0}\0\0\0"), "line 1, column 3: more text after the value"},
};

/* A body may hold a password: the answer and the log say where it broke, never what stood there. */
static void refusals_say_where_and_quote_nothing(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct error err = {0};
		assert_null(json_decode(refused[i].text, &err));
		assert_int_equal(err.code, ERROR_INVALID_JSON);
		assert_string_equal(err.technical, refused[i].technical);
		assert_null(strstr(err.technical, "secret"));
	}
}

static bool depth_decodes(size_t depth, const char *open, const char *close, struct error *err)
{
	struct buf buf;

	buf_init(&buf, 10000000);
	for (size_t i = 0; i < depth; i++)
		assert_true(buf_add_text(&buf, open));
	assert_true(buf_add_text(&buf, "1"));
	for (size_t i = 0; i < depth; i++)
		assert_true(buf_add_text(&buf, close));
	json_t *value = json_decode(buf_bytes(&buf), err);
	buf_done(&buf);
	json_decref(value);
	return value != NULL;
}

static void depth_has_a_limit(void **state)
{
	struct error err = {0};

	assert_true(depth_decodes(JSON_DEPTH_MAX, "[", "]", &err));
	assert_true(depth_decodes(JSON_DEPTH_MAX, "{\"[\\\"[\":", "}", &err));
	assert_false(depth_decodes(JSON_DEPTH_MAX + 1, "[", "]", &err));
	assert_string_equal(err.technical, "nested deeper than 64");
	assert_false(depth_decodes(JSON_DEPTH_MAX + 1, "{\"a\":", "}", &err));
	assert_string_equal(err.technical, "nested deeper than 64");
	assert_false(depth_decodes(1000000, "[", "", &err));
	assert_string_equal(err.technical, "nested deeper than 64");
	assert_false(depth_decodes(JSON_DEPTH_MAX + 1, "[\"\\\\\",", "]", &err));
	assert_string_equal(err.technical, "nested deeper than 64");
}

static void an_object_may_be_demanded(void **state)
{
	static const struct bytes object = TEXT("{}"), list = TEXT("[]"), broken = TEXT("[");
	struct error err = {0};

	scoped(json_t) json_t *value = json_decode_object(object, &err);
	assert_non_null(value);
	assert_null(json_decode_object(list, &err));
	assert_int_equal(err.code, ERROR_INVALID_JSON);
	assert_string_equal(err.technical, "expected an object");
	assert_null(json_decode_object(broken, &err));
	assert_string_equal(err.technical, "line 1, column 1: the text ends too early");
}

static json_t *example(void)
{
	static const struct bytes text = TEXT(
		"{\"text\":\"t\",\"empty\":\"\",\"yes\":true,\"no\":false,\"int\":-7,"
		"\"real\":1.5,\"list\":[1],\"object\":{\"a\":1},\"null\":null}");
	struct error err;
	json_t *value = json_decode(text, &err);
	assert_non_null(value);
	return value;
}

static void members_are_read(void **state)
{
	scoped(json_t) json_t *object = example();
	struct error err = {0};
	const char *text;
	bool flag = false;
	int64_t number = 0;
	json_t *value;

	assert_true(json_get_text(object, "text", NULL, &text, &err));
	assert_string_equal(text, "t");
	assert_true(json_get_text(object, "empty", NULL, &text, &err));
	assert_string_equal(text, "");
	assert_true(json_need_text(object, "text", NULL, &text, &err));
	assert_string_equal(text, "t");
	assert_true(json_get_bool(object, "yes", NULL, &flag, &err));
	assert_true(flag);
	assert_true(json_get_bool(object, "no", NULL, &flag, &err));
	assert_false(flag);
	assert_true(json_get_int(object, "int", NULL, &number, &err));
	assert_int_equal(number, -7);
	assert_true(json_get_array(object, "list", NULL, &value, &err));
	assert_int_equal(json_array_size(value), 1);
	assert_true(json_get_object(object, "object", NULL, &value, &err));
	assert_int_equal(json_object_size(value), 1);
}

static void absent_and_null_are_the_same(void **state)
{
	static const char *const names[] = {"absent", "null"};
	scoped(json_t) json_t *object = example();
	struct error err = {0};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *text = "before";
		bool flag = true;
		int64_t number = 7;
		json_t *list = object, *inner = object;

		assert_true(json_get_text(object, names[i], NULL, &text, &err));
		assert_null(text);
		assert_true(json_get_bool(object, names[i], NULL, &flag, &err));
		assert_true(flag);
		assert_true(json_get_int(object, names[i], NULL, &number, &err));
		assert_int_equal(number, 7);
		assert_true(json_get_array(object, names[i], NULL, &list, &err));
		assert_null(list);
		assert_true(json_get_object(object, names[i], NULL, &inner, &err));
		assert_null(inner);
	}
}

static void what_is_needed_is_missed(void **state)
{
	static const char *const names[] = {"absent", "null", "empty"};
	scoped(json_t) json_t *object = example();
	struct error err = {0};
	const char *text = "before";

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_false(json_need_text(object, names[i], NULL, &text, &err));
		assert_int_equal(err.code, ERROR_MISSING_FIELD);
		assert_string_equal(err.technical, names[i]);
	}
	assert_false(json_need_text(object, "email", "roles[0].signers[0]", &text, &err));
	assert_string_equal(err.technical, "roles[0].signers[0].email");
	assert_string_equal(text, "before");
}

static void a_wrong_type_names_the_member(void **state)
{
	scoped(json_t) json_t *object = example();
	struct error err = {0};
	const char *text = "before";
	bool flag = true;
	int64_t number = 7;
	json_t *value = object;

	assert_false(json_get_text(object, "int", "roles[0].signers[0]", &text, &err));
	assert_int_equal(err.code, ERROR_INVALID_FIELD);
	assert_string_equal(err.technical, "roles[0].signers[0].int: must be a string");
	assert_false(json_need_text(object, "int", NULL, &text, &err));
	assert_string_equal(err.technical, "int: must be a string");
	assert_string_equal(text, "before");
	assert_false(json_get_bool(object, "text", NULL, &flag, &err));
	assert_string_equal(err.technical, "text: must be true or false");
	assert_false(json_get_int(object, "real", NULL, &number, &err));
	assert_string_equal(err.technical, "real: must be a whole number");
	assert_int_equal(number, 7);
	assert_false(json_get_array(object, "object", NULL, &value, &err));
	assert_string_equal(err.technical, "object: must be a list");
	assert_false(json_get_object(object, "list", NULL, &value, &err));
	assert_string_equal(err.technical, "list: must be an object");
	assert_ptr_equal(value, object);
}

static void seconds_are_any_number(void **state)
{
	static const struct {
		const char *json;
		bool good;
		int64_t us;
	} rows[] = {
		{"300", true, 300000000},
		{"300.25", true, 300250000},
		{"-1.5", true, -1500000},
		{"3e2", true, 300000000},
		{"1e300", true, 1000000000000000000},
		{"-1e300", true, -1000000000000000000},
		{"1764400000", true, 1764400000000000},
		{"9223372036854775807", true, 1000000000000000000},
		{"\"300\"", false, 7},
		{"null", false, 7},
		{"true", false, 7},
		{"[300]", false, 7},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scoped(json_t) json_t *value = json_loads(rows[i].json, JSON_DECODE_ANY, NULL);
		struct duration seconds = {7};
		assert_int_equal(json_seconds(value, &seconds), rows[i].good);
		assert_int_equal(seconds.us, rows[i].us);
	}
	struct duration seconds = {7};
	assert_false(json_seconds(NULL, &seconds));
}

/* JSON has one kind of number: Gson and Salesforce write 0 as 0.0. */
static void a_whole_number_may_have_a_point(void **state)
{
	static const struct {
		const char *text;
		bool is_whole;
		int64_t value;
	} rows[] = {
		{"[0]", true, 0},	{"[0.0]", true, 0},
		{"[-0.0]", true, 0},	{"[1.0]", true, 1},
		{"[-12.0]", true, -12}, {"[1e3]", true, 1000},
		{"[1.5e1]", true, 15},	{"[0.5]", false, 0},
		{"[1e300]", false, 0},	{"[-1e300]", false, 0},
		{"[\"1\"]", false, 0},	{"[true]", false, 0},
		{"[null]", false, 0},	{"[9007199254740992.0]", true, INT64_C(9007199254740992)},
		{"[1e-9]", false, 0},	{"[9223372036854775807]", true, INT64_MAX},
		{"[1e16]", false, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t value = 7;
		scoped(json_t) json_t *list = json_loads(rows[i].text, 0, NULL);
		assert_non_null(list);
		if (json_whole(json_array_get(list, 0), &value) != rows[i].is_whole)
			fail_msg("%s", rows[i].text);
		assert_int_equal(value, rows[i].is_whole ? rows[i].value : 7);
	}
}

static void an_unknown_member_is_named(void **state)
{
	static const char *const known[] = {"events", "url", "customHeaders", "inFlightLimit"};
	static const struct {
		const char *object, *where, *told;
	} rows[] = {
		{"{}", NULL, NULL},
		{"{\"url\":1,\"events\":null}", NULL, NULL},
		{"{\"evnts\":[]}", NULL, "evnts: no such member here; did you mean `events`?"},
		{"{\"Events\":[]}", NULL, "Events: no such member here; did you mean `events`?"},
		{"{\"url\":1,\"ulr\":2}", "a.b",
		 "a.b.ulr: no such member here; did you mean `url`?"},
		{"{\"customheader\":1}", "x",
		 "x.customheader: no such member here; did you mean `customHeaders`?"},
		{"{\"in_flight_limit\":1}", NULL,
		 "in_flight_limit: no such member here; did you mean `inFlightLimit`?"},
		{"{\"colour\":1}", NULL, "colour: no such member here"},
		{"{\"\":1}", NULL, ": no such member here"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = {0};
		scoped(json_t) json_t *object = json_loads(rows[i].object, 0, NULL);
		bool ok = json_members_check(object, rows[i].where, known, ARRAY_SIZE(known), &err);
		assert_int_equal(ok, !rows[i].told);
		if (rows[i].told)
			assert_string_equal(err.technical, rows[i].told);
	}
	struct error err = {0};
	assert_true(json_members_check(NULL, NULL, known, ARRAY_SIZE(known), &err));
}

/* ---- no memory ---- */

static unsigned left; /* calls for memory that succeed */

static void *scarce(size_t size)
{
	if (left > 0) {
		left--;
		return malloc(size);
	}
	errno = ENOMEM;
	return NULL;
}

static void without_memory_decoding_is_an_error(void **state)
{
	static const char text[] = "{\"a\": [1, 2.5, \"text\", {\"b\": null}], \"c\": true}";
	const struct bytes bytes = {(const unsigned char *)text, sizeof(text) - 1};
	struct error err = {0};
	unsigned calls = 0;

	json_set_alloc_funcs(scarce, free);
	for (bool done = false; !done; calls++) {
		left = calls;
		json_t *value = json_decode(bytes, &err);
		done = value != NULL;
		if (!done)
			assert_int_equal(err.code, ERROR_NO_MEMORY);
		json_decref(value);
	}
	json_set_alloc_funcs(malloc, free);
	assert_true(calls > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_member_is_named),
		cmocka_unit_test(without_memory_decoding_is_an_error),
		cmocka_unit_test(a_whole_number_may_have_a_point),
		cmocka_unit_test(json_in_both_encodings_is_read),
		cmocka_unit_test(json_is_written_as_jansson_writes_it),
		cmocka_unit_test(fractions_are_written_short),
		cmocka_unit_test(payloads_keep_their_long_escapes),
		cmocka_unit_test(refusals_say_where_and_quote_nothing),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(an_object_may_be_demanded),
		cmocka_unit_test(members_are_read),
		cmocka_unit_test(absent_and_null_are_the_same),
		cmocka_unit_test(what_is_needed_is_missed),
		cmocka_unit_test(a_wrong_type_names_the_member),
		cmocka_unit_test(seconds_are_any_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
