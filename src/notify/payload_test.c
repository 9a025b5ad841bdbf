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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seven_members_in_their_order),
		cmocka_unit_test(awkward_text_survives_a_reader),
		cmocka_unit_test(extra_members_follow),
	};
	return cmocka_run_group_tests_name("notify/payload", tests, NULL, NULL);
}
