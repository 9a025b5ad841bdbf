/* shape_test.c – each kind of member: right, wrong, absent, and written again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/shape_read.h"
#include "base/shape_write.h"
#include "base/test_shape.h"

/* A body, and the members of the answer that differ from those of {"name":"n"}. */
static const struct right {
	const char *body, *answer;
} rights[] = {
	{"{\"name\":\"n\"}", "{}"},
	{"{\"name\":\"n\",\"status\":null,\"points\":null}", "{}"},
	{"{\"name\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}",
	 "{\"name\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}"},
	{"{\"name\":\"n\",\"status\":\"LOCKED\"}", "{\"status\":\"LOCKED\"}"},
	{"{\"name\":\"n\",\"contact\":\"a@b\"}", "{\"contact\":\"a@b\"}"},
	{"{\"name\":\"n\",\"contact\":\"\"}", "{}"},
	{"{\"name\":\"n\",\"secret\":\"s\"}", "{}"}, /* never shown */
	{"{\"name\":\"n\",\"method\":\"POST\"}", "{\"method\":\"POST\"}"},
	{"{\"name\":\"n\",\"ordered\":false}", "{\"ordered\":false}"},
	{"{\"name\":\"n\",\"life\":5}", "{\"life\":5}"},
	{"{\"name\":\"n\",\"life\":9.0}", "{\"life\":9}"},
	{"{\"name\":\"n\",\"life\":0}", "{}"},
	{"{\"name\":\"n\",\"ratio\":2}", "{\"ratio\":2.0}"},
	{"{\"name\":\"n\",\"due\":\"2026-01-31T13:00:00+01:00\"}",
	 "{\"due\":\"2026-01-31T12:00:00.000Z\"}"},
	{"{\"name\":\"n\",\"created\":7}", "{}"}, /* the server's own: not even looked at */
	{"{\"name\":\"n\",\"licenses\":7}", "{}"},
	{"{\"name\":\"n\",\"limits\":{\"calls\":10}}", "{\"limits\":{\"calls\":10}}"},
	{"{\"name\":\"n\",\"features\":{\"apiKey\":true,\"other\":1}}",
	 "{\"features\":{\"apiKey\":true,\"oauth2\":true}}"},
	{"{\"name\":\"n\",\"features\":{\"oauth2\":false}}",
	 "{\"features\":{\"apiKey\":false,\"oauth2\":false}}"},
	{"{\"name\":\"n\",\"origin\":{\"x\":-3}}", "{\"origin\":{\"x\":-3,\"label\":\"none\"}}"},
	{"{\"name\":\"n\",\"corner\":{\"x\":1,\"label\":\"\"}}",
	 "{\"corner\":{\"x\":1,\"label\":\"\"}}"},
	{"{\"name\":\"n\",\"points\":[{\"x\":1},{\"x\":2,\"label\":\"b\"}]}",
	 "{\"points\":[{\"x\":1,\"label\":\"none\"},{\"x\":2,\"label\":\"b\"}]}"},
	{"{\"name\":\"n\",\"tags\":[\"a\",\"bcd\"]}", "{\"tags\":[\"a\",\"bcd\"]}"},
	{"{\"name\":\"n\",\"waits\":[1,60,2]}", "{\"waits\":[1,60,2]}"},
	{"{\"name\":\"n\",\"signatures\":[\"ED25519\",\"ED25519\"]}",
	 "{\"signatures\":[\"ED25519\"]}"},
	{"{\"name\":\"n\",\"scopes\":[\"a\",\"b\"]}", "{\"scopes\":[\"a\",\"b\"]}"},
	{"{\"name\":\"n\",\"scopes\":\" a  b,c \"}", "{\"scopes\":[\"a\",\"b\",\"c\"]}"},
	{"{\"name\":\"n\",\"data\":{\"own\":[1,null]}}", "{\"data\":{\"own\":[1,null]}}"},
	{"{\"name\":\"n\",\"keys\":{\"keys\":[1]}}", "{\"keys\":{\"keys\":[1]}}"},
	{"{\"name\":\"n\",\"keys\":{}}", "{}"},
	{"{\"name\":\"n\",\"unknown\":{\"a\":1}}", "{}"},
};

static const char usual[] =
	"{\"name\":\"n\",\"status\":\"ACTIVE\",\"contact\":null,\"method\":\"PUT\",\"ordered\":"
	"true,\"life\":0,\"ratio\":0.5,\"created\":null,\"limits\":{\"calls\":0},\"features\":"
	"{\"apiKey\":false,\"oauth2\":true},\"origin\":{\"x\":0,\"label\":\"none\"},\"points\":[],"
	"\"tags\":[],\"waits\":[],\"signatures\":[],\"scopes\":[],\"data\":{},\"keys\":{},"
	"\"licenses\":[]}";

/* The answer as text, which must be the tree's. free() it. */
static char *written(const struct sample *sample)
{
	struct buf buf;

	scoped(json_t) json_t *tree = shape_to_json(&sample_shape, sample);
	char *encoded = json_encode(tree, NULL);
	buf_init(&buf, BUF_SMALL);
	assert_true(shape_write(&buf, &sample_shape, sample));
	assert_string_equal((char *)buf.data, encoded);
	free(encoded);
	return (char *)buf_take(&buf, &(size_t){0});
}

static void what_is_right_is_read_and_written(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct sample sample = {0};
		scoped(json_t) json_t *body = json_loads(rights[i].body, 0, NULL);
		scoped(json_t) json_t *differs = json_loads(rights[i].answer, 0, NULL);
		scoped(json_t) json_t *wanted = json_loads(usual, 0, NULL);
		assert_non_null(body);
		assert_non_null(differs);
		json_object_update(wanted, differs);
		shape_default(&sample_shape, &sample);
		if (!shape_read(&sample_shape, arena, body, NULL, &sample, &err))
			fail_msg("%s: %s", rights[i].body, err.technical);
		char *text = written(&sample);
		scoped(json_t) json_t *shown = json_loads(text, 0, NULL);
		if (!json_equal(shown, wanted))
			fail_msg("%s: %s", rights[i].body, text);
		free(text);
	}
}

static const struct wrong {
	const char *body, *error; /* without a reason: ERROR_MISSING_FIELD */
} wrongs[] = {
	{"{}", "name"},
	{"{\"name\":null}", "name"},
	{"{\"name\":\"\"}", "name"},
	{"{\"name\":\"  \"}", "name"},
	{"{\"name\":5}", "name: must be a string"},
	{"{\"name\":\"abcdef\"}", "name: longer than 5 characters"},
	{"{\"name\":\"a\\n\"}", "name: must be UTF-8 without control characters"},
	{"{\"name\":\"n\",\"status\":\"active\"}", "status: must be ACTIVE or LOCKED"},
	{"{\"name\":\"n\",\"contact\":\"ab\"}", "contact: not an e-mail address"},
	{"{\"name\":\"n\",\"method\":\"PATCH\"}", "method: must be POST or PUT"},
	{"{\"name\":\"n\",\"method\":0}", "method: must be POST or PUT"},
	{"{\"name\":\"n\",\"ordered\":\"true\"}", "ordered: must be true or false"},
	{"{\"name\":\"n\",\"life\":4}", "life: must be from 5 to 9, or 0"},
	{"{\"name\":\"n\",\"life\":10}", "life: must be from 5 to 9, or 0"},
	{"{\"name\":\"n\",\"life\":5.5}", "life: must be a whole number"},
	{"{\"name\":\"n\",\"ratio\":\"1\"}", "ratio: must be a number"},
	{"{\"name\":\"n\",\"due\":\"soon\"}", "due: must be a date such as 2026-01-31T12:00:00Z"},
	{"{\"name\":\"n\",\"limits\":[]}", "limits: must be an object"},
	{"{\"name\":\"n\",\"limits\":{\"calls\":11}}", "limits.calls: must be from 0 to 10"},
	{"{\"name\":\"n\",\"limits\":{\"call\":1}}",
	 "limits.call: no such member here; did you mean `calls`?"},
	{"{\"name\":\"n\",\"features\":{\"apiKey\":1}}", "features.apiKey: must be true or false"},
	{"{\"name\":\"n\",\"origin\":{}}", "origin.x"},
	{"{\"name\":\"n\",\"corner\":{\"x\":\"1\"}}", "corner.x: must be a whole number"},
	{"{\"name\":\"n\",\"points\":{}}", "points: must be a list"},
	{"{\"name\":\"n\",\"points\":[{\"x\":1},7]}", "points[1]: must be an object"},
	{"{\"name\":\"n\",\"points\":[{\"x\":1},{\"x\":1,\"label\":[]}]}",
	 "points[1].label: must be a string"},
	{"{\"name\":\"n\",\"points\":[{}]}", "points[0].x"},
	{"{\"name\":\"n\",\"tags\":[\"a\",\"b\",\"c\"]}", "tags: more than 2 entries"},
	{"{\"name\":\"n\",\"tags\":[\"a\",\"bcde\"]}", "tags[1]: longer than 3 characters"},
	{"{\"name\":\"n\",\"tags\":[null]}", "tags[0]: must be a string"},
	{"{\"name\":\"n\",\"waits\":[1,2,3,4]}", "waits: more than 3 entries"},
	{"{\"name\":\"n\",\"waits\":[1,0]}", "waits[1]: must be from 1 to 60"},
	{"{\"name\":\"n\",\"signatures\":[\"HMAC\",\"MD5\"]}",
	 "signatures[1]: must be HMAC or ED25519"},
	{"{\"name\":\"n\",\"status\":\"\"}", "status: must be ACTIVE or LOCKED"},
	{"{\"name\":\"n\",\"scopes\":[\"a\",1]}", "scopes[1]: must be a string"},
	{"{\"name\":\"n\",\"scopes\":7}", "scopes: must be a list"},
	{"{\"name\":\"n\",\"data\":[]}", "data: must be an object"},
	{"{\"name\":\"n\",\"keys\":\"{}\"}", "keys: must be an object"},
	{"{\"name\":\"n\",\"keys\":{\"a\":\"0123456789012345\"}}", "keys: more than 20 bytes"},
	{"[]", "the body: must be an object"},
	{"7", "the body: must be an object"},
};

static void what_is_wrong_is_named(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct sample sample = {0};
		scoped(json_t) json_t *body = json_loads(wrongs[i].body, JSON_DECODE_ANY, NULL);
		assert_non_null(body);
		shape_default(&sample_shape, &sample);
		if (shape_read(&sample_shape, arena, body, NULL, &sample, &err))
			fail_msg("%s is read", wrongs[i].body);
		assert_string_equal(err.technical, wrongs[i].error);
		assert_int_equal(err.code, strchr(wrongs[i].error, ':') ? ERROR_INVALID_FIELD
									: ERROR_MISSING_FIELD);
	}
}

/* "" is no error: all are known. */
static const struct {
	const char *body, *error;
} closed[] = {
	{"{\"name\":\"n\",\"created\":null,\"licenses\":[],\"secret\":null}", ""},
	{"{\"name\":\"n\",\"data\":{\"anything\":1}}", ""},
	{"{\"name\":\"n\",\"nam\":\"m\"}", "nam: no such member here; did you mean `name`?"},
	{"{\"name\":\"n\",\"somethingElse\":1}", "somethingElse: no such member here"},
	{"{\"name\":\"n\",\"features\":{\"apikey\":true}}",
	 "features.apikey: no such member here; did you mean `apiKey`?"},
	{"{\"name\":\"n\",\"points\":[{\"x\":1},{\"x\":1,\"labels\":\"\"}]}",
	 "points[1].labels: no such member here; did you mean `label`?"},
};

static void a_closed_shape_refuses_what_it_does_not_know(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(closed); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct sample sample = {0};
		scoped(json_t) json_t *body = json_loads(closed[i].body, 0, NULL);
		assert_non_null(body);
		shape_default(&closed_sample_shape, &sample);
		bool ok = shape_read(&closed_sample_shape, arena, body, NULL, &sample, &err);
		assert_string_equal(err.technical, closed[i].error);
		assert_int_equal(ok, !*closed[i].error);
	}
}

/* A change: what the body does not have stays, required or not. */
static void absent_members_stay(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct error err = {0};
	struct sample sample = {0};
	scoped(json_t) json_t *body = json_loads(
		"{\"life\":6,\"features\":{\"apiKey\":true},\"contact\":\"\"}", 0, NULL);

	sample.name = "kept";
	sample.life = 5;
	sample.features = 4;
	sample.contact = "a@b";
	assert_true(shape_read(&sample_shape, arena, body, NULL, &sample, &err));
	assert_string_equal(sample.name, "kept");
	assert_int_equal(sample.life, 6);
	assert_int_equal(sample.features, 5);
	assert_string_equal(sample.contact, "");
}

static void a_body_inside_another_has_its_place_in_errors(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const struct shape_path list = {.name = "reports"}, entry = {.up = &list, .index = 3};
	struct error err = {0};
	struct sample_point point = {0};
	scoped(json_t) json_t *body = json_loads("{\"x\":true}", 0, NULL);

	assert_false(shape_read(&sample_point_shape, arena, body, &entry, &point, &err));
	assert_string_equal(err.technical, "reports[3].x: must be a whole number");
}

/* However deep and long, it ends within its room. */
static void a_path_is_cut(void **state)
{
	char text[SHAPE_PATH_TEXT], name[200];
	struct shape_path paths[20] = {{0}};

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		paths[i].up = i ? &paths[i - 1] : NULL;
		paths[i].name = i % 2 ? NULL : name;
		paths[i].index = i;
	}
	shape_path_text(&paths[ARRAY_SIZE(paths) - 1], text);
	assert_int_equal(strlen(text), SHAPE_PATH_TEXT - 1);
}

static void what_can_be_set_has_no_member_of_the_servers(void **state)
{
	struct sample sample = {0};

	shape_default(&sample_shape, &sample);
	scoped(json_t) json_t *json = shape_settable_to_json(&sample_shape, &sample);
	assert_null(json_object_get(json, "created"));
	assert_null(json_object_get(json, "licenses"));
	assert_null(json_object_get(json, "secret"));
	assert_non_null(json_object_get(json, "status"));
}

static void a_full_buffer_is_told(void **state)
{
	struct sample sample = {0};
	struct buf buf;

	shape_default(&sample_shape, &sample);
	char *text = written(&sample);
	for (size_t limit = 0; limit <= strlen(text); limit++) {
		buf_init(&buf, limit);
		assert_int_equal(shape_write(&buf, &sample_shape, &sample), limit == strlen(text));
		buf_done(&buf);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right_is_read_and_written),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(a_closed_shape_refuses_what_it_does_not_know),
		cmocka_unit_test(absent_members_stay),
		cmocka_unit_test(a_body_inside_another_has_its_place_in_errors),
		cmocka_unit_test(a_path_is_cut),
		cmocka_unit_test(what_can_be_set_has_no_member_of_the_servers),
		cmocka_unit_test(a_full_buffer_is_told),
	};

	return cmocka_run_group_tests_name("base/shape", tests, NULL, NULL);
}
