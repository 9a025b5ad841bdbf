/* model_test.c – what comes in is reduced, what goes out is complete. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "signing/model.h"

static void unknown_and_null_members_go(void **state)
{
	struct error err = {0};
	scoped(json_t)
		json_t *input = json_loads("{\"name\":\"x\",\"future\":{\"a\":1},\"description\":"
					   "null,\"data\":{\"own\":[1,null]},"
					   "\"roles\":[{\"id\":\"r\",\"wings\":2,\"signers\":[{"
					   "\"email\":\"a@b\",\"auth\":null}]}]}",
					   0, NULL);
	scoped(json_t) json_t *wanted = json_loads(
		"{\"name\":\"x\",\"data\":{\"own\":[1,null]},"
		"\"roles\":[{\"id\":\"r\",\"signers\":[{\"email\":\"a@b\"}]}]}",
		0, NULL);
	scoped(json_t) json_t *reduced = shape_reduce(&model_package, input, &err);
	assert_true(json_equal(reduced, wanted));
}

static void the_servers_own_members_are_not_taken(void **state)
{
	struct error err = {0};
	scoped(json_t) json_t *input = json_loads(
		"{\"id\":\"mine\",\"created\":\"yesterday\",\"sender\":7,"
		"\"documents\":[{\"name\":\"d\",\"size\":\"big\",\"approvals\":[{\"signed\":\"x\"}]"
		"}]}",
		0, NULL);
	scoped(json_t) json_t *wanted = json_loads(
		"{\"documents\":[{\"name\":\"d\",\"approvals\":[{}]}]}", 0, NULL);
	scoped(json_t) json_t *reduced = shape_reduce(&model_package, input, &err);
	assert_true(json_equal(reduced, wanted));
}

static const struct {
	const char *input, *path;
} wrong[] = {
	{"{\"name\":5}", "name:"},
	{"{\"autocomplete\":\"true\"}", "autocomplete:"},
	{"{\"roles\":{}}", "roles:"},
	{"{\"roles\":[5]}", "roles[0]:"},
	{"{\"roles\":[{\"index\":1.5}]}", "roles[0].index:"},
	{"{\"roles\":[{},{\"signers\":[{\"auth\":{\"challenges\":[{\"maskInput\":1}]}}]}]}",
	 "roles[1].signers[0].auth.challenges[0].maskInput:"},
	{"{\"documents\":[{\"approvals\":[{\"fields\":[{\"page\":\"one\"}]}]}]}",
	 "documents[0].approvals[0].fields[0].page:"},
	{"{\"due\":\"tomorrow\"}", "due:"},
	{"{\"data\":[]}", "data:"},
	{"{\"settings\":{\"ceremony\":{\"declineReasons\":[\"a\",2]}}}",
	 "settings.ceremony.declineReasons[1]:"},
	{"[]", "the body:"},
};

static void wrong_types_are_named(void **state)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error err = {0};
		scoped(json_t) json_t *input = json_loads(wrong[i].input, 0, NULL);
		scoped(json_t) json_t *reduced = shape_reduce(&model_package, input, &err);
		if (reduced || err.code != ERROR_INVALID_FIELD ||
		    strncmp(err.technical, wrong[i].path, strlen(wrong[i].path)) != 0)
			fail_msg("%s: `%s`", wrong[i].input, err.technical);
	}
}

static void dates_get_one_form(void **state)
{
	struct error err = {0};
	scoped(json_t)
		json_t *input = json_loads("{\"due\":\"2030-01-31T13:30:00+01:30\"}", 0, NULL);
	scoped(json_t) json_t *reduced = shape_reduce(&model_package, input, &err);
	assert_string_equal(json_string_value(json_object_get(reduced, "due")),
			    "2030-01-31T12:00:00.000Z");
}

static void nothing_null_is_left_out(const json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;

	assert_false(json_is_null(value));
	json_object_foreach((json_t *)(uintptr_t)value, name, member)
		nothing_null_is_left_out(member);
	json_array_foreach((json_t *)(uintptr_t)value, i, member) nothing_null_is_left_out(member);
}

static void completing_adds_defaults_all_the_way_down(void **state)
{
	scoped(json_t) json_t *package = json_loads(
		"{\"name\":\"x\",\"roles\":[{\"signers\":[{\"email\":\"a@b\"}]}],\"settings\":{}}",
		0, NULL);
	shape_complete(&model_package, package);
	nothing_null_is_left_out(package);
	assert_true(json_is_true(json_object_get(package, "autocomplete")));
	assert_string_equal(json_string_value(json_object_get(package, "status")), "DRAFT");
	const json_t *role = json_array_get(json_object_get(package, "roles"), 0);
	assert_string_equal(json_string_value(json_object_get(role, "type")), "SIGNER");
	const json_t *signer = json_array_get(json_object_get(role, "signers"), 0);
	const json_t *auth = json_object_get(signer, "auth");
	assert_string_equal(json_string_value(json_object_get(auth, "scheme")), "NONE");
	assert_true(json_is_array(json_object_get(auth, "challenges")));
	assert_true(json_is_true(json_object_get(json_object_get(signer, "delivery"), "email")));
	const json_t *ceremony = json_object_get(json_object_get(package, "settings"), "ceremony");
	assert_true(json_is_false(json_object_get(ceremony, "declineButton")));

	scoped(json_t) json_t *again = json_deep_copy(package);
	shape_complete(&model_package, again);
	assert_true(json_equal(package, again));
}

static void limits_hold(void **state)
{
	struct error err = {0};
	scoped(json_t) json_t *many = json_object();
	json_t *roles = json_array();

	for (int i = 0; i <= SHAPE_ENTRIES_MAX; i++)
		json_array_append_new(roles, json_object());
	json_object_set_new(many, "roles", roles);
	assert_null(shape_reduce(&model_package, many, &err));
	assert_int_equal(err.code, ERROR_INVALID_FIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_and_null_members_go),
		cmocka_unit_test(the_servers_own_members_are_not_taken),
		cmocka_unit_test(wrong_types_are_named),
		cmocka_unit_test(dates_get_one_form),
		cmocka_unit_test(completing_adds_defaults_all_the_way_down),
		cmocka_unit_test(limits_hold),
	};
	return cmocka_run_group_tests_name("signing/model", tests, NULL, NULL);
}
