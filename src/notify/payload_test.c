/* payload_test.c – the bytes of a notification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "notify/payload.h"

static const struct event plain = {
	.account = "a",
	.sequence = 1,
	.id = "evt_1",
	.type = "PACKAGE_CREATE",
	.package = "LWsUTvGgE4WpOvaQPT16idnxNj8=",
	.session_user = "8QS1yr3q8DEZ",
	.created = {1598019154544000},
};

static void the_seven_members_in_their_order(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct bytes payload = payload_build(arena, &plain);

	assert_string_equal((const char *)payload.data,
			    "{\"@class\":\"com.silanis.esl.packages.event.ESLProcessEvent\","
			    "\"name\":\"PACKAGE_CREATE\",\"sessionUser\":\"8QS1yr3q8DEZ\","
			    "\"packageId\":\"LWsUTvGgE4WpOvaQPT16idnxNj8=\",\"message\":null,"
			    "\"documentId\":null,\"createdDate\":\"2020-08-21T14:12:34.544Z\"}");
	assert_int_equal(payload.length, strlen((const char *)payload.data));
}

static void awkward_text_survives_a_reader(void **state)
{
	static const char *const texts[] = {
		"plain",
		"",
		"a \"quote\" and a \\ backslash",
		"line\nbreak\ttab\x01",
		"é 漢 🖋",
		"</script>",
	};
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct event event = plain;
		event.message = texts[i];
		event.document = "default-consent";
		struct bytes payload = payload_build(arena, &event);
		json_t *read = json_loadb((const char *)payload.data, payload.length, 0, NULL);
		assert_non_null(read);
		assert_string_equal(json_string_value(json_object_get(read, "message")), texts[i]);
		assert_string_equal(json_string_value(json_object_get(read, "documentId")),
				    "default-consent");
		assert_int_equal(json_object_size(read), 7);
		json_decref(read);
	}
}

static void extra_members_follow(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct event event = plain;

	event.extra = "{\"newRoleId\":\"Role2\"}";
	struct bytes payload = payload_build(arena, &event);
	assert_non_null(strstr((const char *)payload.data, "544Z\",\"newRoleId\":\"Role2\"}"));
	event.extra = "{}";
	payload = payload_build(arena, &event);
	assert_non_null(strstr((const char *)payload.data, "544Z\"}"));
}

#define SOURCE "urn:greffier:account:a"

static void a_structured_cloud_event_has_all_in_its_body(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct payload payload = payload_build_as(arena, &plain, PAYLOAD_CLOUDEVENTS_STRUCTURED);

	assert_string_equal(payload.content_type, "application/cloudevents+json; charset=utf-8");
	assert_int_equal(payload.header_count, 0);
	struct bytes data = payload_build(arena, &plain);
	assert_string_equal((const char *)payload.body.data,
			    arena_printf(arena,
					 "{\"specversion\":\"1.0\",\"id\":\"evt_1\","
					 "\"source\":\"" SOURCE "\","
					 "\"type\":\"greffier.PACKAGE_CREATE\","
					 "\"subject\":\"LWsUTvGgE4WpOvaQPT16idnxNj8=\","
					 "\"time\":\"2020-08-21T14:12:34.544Z\","
					 "\"sequence\":\"1\",\"sequencetype\":\"Integer\","
					 "\"datacontenttype\":\"application/json\",\"data\":%s}",
					 (const char *)data.data));
}

/* Of a binary one: what its headers say of the package, and how many there are. */
static const struct {
	const char *package;
	int64_t sequence;
	const char *subject; /* NULL: there is none */
	size_t headers;
} binary_rows[] = {
	{"LWsUTvGgE4WpOvaQPT16idnxNj8=", 1, "ce-subject: LWsUTvGgE4WpOvaQPT16idnxNj8=", 8},
	{"a b", 1, "ce-subject: a%20b", 8},
	{"100% \"é\"", 1, "ce-subject: 100%25%20%22%C3%A9%22", 8},
	{"", 1, NULL, 7},
	{"p", 0, "ce-subject: p", 6}, /* a test has no number */
};

static void a_binary_cloud_event_has_its_attributes_in_headers(void **state)
{
	static const char *const always[] = {"ce-specversion: 1.0", "ce-id: evt_1",
					     ("ce-source: " SOURCE),
					     "ce-type: greffier.PACKAGE_CREATE"};
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(binary_rows) / sizeof(binary_rows[0]); i++) {
		struct event event = plain;
		event.package = binary_rows[i].package;
		event.sequence = binary_rows[i].sequence;
		struct payload payload = payload_build_as(arena, &event,
							  PAYLOAD_CLOUDEVENTS_BINARY);
		assert_string_equal(payload.content_type, "application/json; charset=utf-8");
		struct bytes data = payload_build(arena, &event);
		assert_int_equal(payload.body.length, data.length);
		assert_memory_equal(payload.body.data, data.data, data.length);
		assert_int_equal(payload.header_count, binary_rows[i].headers);
		for (size_t j = 0; j < sizeof(always) / sizeof(always[0]); j++)
			assert_string_equal(payload.headers[j], always[j]);
		if (binary_rows[i].subject)
			assert_string_equal(payload.headers[4], binary_rows[i].subject);
		if (event.sequence)
			assert_string_equal(payload.headers[payload.header_count - 2],
					    "ce-sequence: 1");
	}
}

static void the_original_form_has_no_headers(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct payload payload = payload_build_as(arena, &plain, PAYLOAD_ORIGINAL);

	assert_string_equal(payload.content_type, "application/json; charset=utf-8");
	assert_int_equal(payload.header_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seven_members_in_their_order),
		cmocka_unit_test(awkward_text_survives_a_reader),
		cmocka_unit_test(extra_members_follow),
		cmocka_unit_test(a_structured_cloud_event_has_all_in_its_body),
		cmocka_unit_test(a_binary_cloud_event_has_its_attributes_in_headers),
		cmocka_unit_test(the_original_form_has_no_headers),
	};
	return cmocka_run_group_tests_name("notify/payload", tests, NULL, NULL);
}
