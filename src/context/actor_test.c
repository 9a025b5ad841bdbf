/* actor_test.c – which kind of actor a proven credential makes, and what the kinds may do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "context/actor.h"

static void a_credential_makes_a_kind(void **state)
{
	static const struct {
		enum actor_method method;
		enum session_kind session_kind;
		const char *client_id;
		enum actor_kind kind;
	} rows[] = {
		{METHOD_NONE, SESSION_USER, "", ACTOR_NOBODY},
		{METHOD_API_KEY, SESSION_USER, "", ACTOR_PERSON},
		{METHOD_API_TOKEN, SESSION_USER, "grf_ci_1", ACTOR_APP},
		{METHOD_OAUTH, SESSION_USER, "grf_ci_1", ACTOR_APP},
		{METHOD_SESSION, SESSION_USER, "", ACTOR_PERSON},
		{METHOD_SESSION, SESSION_SENDER, "", ACTOR_PERSON},
		{METHOD_SESSION, SESSION_USER, "grf_ci_1", ACTOR_APP},
		{METHOD_SESSION, SESSION_SIGNER, "", ACTOR_SIGNER},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct actor actor = actor_nobody("192.0.2.1");
		actor.method = rows[i].method;
		actor.session_kind = rows[i].session_kind;
		strcpy(actor.client_id, rows[i].client_id);
		if (actor_kind_proven(&actor) != rows[i].kind)
			fail_msg("row %zu", i);
	}
}

static bool may_something(const struct actor *actor)
{
	return actor->rights.live || actor->rights.is_owner || actor->rights.permissions ||
	       actor->rights.scopes || actor->features;
}

static bool may_all(const struct actor *actor)
{
	const struct rights owner = rights_of_person(true, true, 0);
	unsigned permissions = 0;

	for (int i = 0; i < PERMISSION_COUNT; i++)
		permissions += actor_may(actor, (enum permission)i);
	return rights_include(actor->rights, owner) && permissions == PERMISSION_COUNT &&
	       !actor->rights.read_only && actor->features == FEATURES_ALL;
}

static void operators_may_all_and_belong_to_no_account(void **state)
{
	const struct actor nobody = actor_nobody("192.0.2.1");
	const struct actor operator= actor_operator("Ann (grf_op_1)", "192.0.2.1");
	const struct actor *const operators[] = {&operator, actor_command(), actor_clockwork()};
	static const enum actor_kind kinds[] = {ACTOR_OPERATOR, ACTOR_COMMAND, ACTOR_CLOCKWORK};

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(operators[i]->kind, kinds[i]);
		assert_true(actor_is_operator(operators[i]) && may_all(operators[i]));
		assert_string_equal(operators[i]->account, "");
		assert_string_equal(operators[i]->user, "");
		assert_non_null(operators[i]->address);
	}
	assert_false(actor_is_operator(&nobody) || may_something(&nobody));
}

static void only_a_session_of_a_person_has_signed_in(void **state)
{
	struct actor actor = {.method = METHOD_SESSION, .session_kind = SESSION_USER};

	assert_true(actor_has_signed_in(&actor));
	actor.session_kind = SESSION_SENDER;
	assert_false(actor_has_signed_in(&actor));
	actor = (struct actor){.method = METHOD_API_KEY, .session_kind = SESSION_USER};
	assert_false(actor_has_signed_in(&actor));
}

static void events_name_the_signer_or_the_user(void **state)
{
	struct actor actor = {.kind = ACTOR_PERSON, .user = "user00000001", .signer = "S1"};

	assert_string_equal(actor_name(&actor), "user00000001");
	actor.kind = ACTOR_SIGNER;
	assert_string_equal(actor_name(&actor), "S1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_credential_makes_a_kind),
		cmocka_unit_test(operators_may_all_and_belong_to_no_account),
		cmocka_unit_test(only_a_session_of_a_person_has_signed_in),
		cmocka_unit_test(events_name_the_signer_or_the_user),
	};
	return cmocka_run_group_tests_name("context/actor", tests, NULL, NULL);
}
