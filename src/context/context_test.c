/* context_test.c – what the makers of contexts fill in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "context/context.h"
#include "store/store_clock.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"

static const struct wall_time now = {1700000000000000}, queue_now = {1700000001000000};

static struct keyring *keyring;
static struct arena *arena;

static int set_up(void **state)
{
	static const unsigned char key[32] = {7};

	keyring = keyring_from_key(key);
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(arena);
	keyring_free(keyring);
	return 0;
}

static void a_call_is_about_the_account_of_its_actor(void **state)
{
	const struct access_config config = {.endpoints_limit = 3};
	const struct context_tools tools = {.keyring = keyring, .config = &config};
	const struct actor person = {
		.kind = ACTOR_PERSON, .account = ACCOUNT, .address = "192.0.2.1"};
	const struct context context = context_for_call(&tools, NULL, arena, &person, now,
							queue_now);

	assert_ptr_equal(context.actor, &person);
	assert_string_equal(context.account, ACCOUNT);
	assert_ptr_equal(context.keyring, keyring);
	assert_ptr_equal(context.config, &config);
	assert_int_equal(context.now.us, now.us);
	assert_int_equal(context.queue_now.us, queue_now.us);
	assert_true(!context.version && !context.device && !context.undo);
}

static void the_clockwork_acts_in_an_account_and_belongs_to_none(void **state)
{
	const struct context context = context_for_clockwork(keyring, NULL, arena, ACCOUNT, now,
							     queue_now);

	assert_int_equal(context.actor->kind, ACTOR_CLOCKWORK);
	assert_string_equal(context.account, ACCOUNT);
	assert_string_equal(context.actor->account, "");
	assert_true(!context.config && !context.limits && !context.authenticator);
}

static void a_command_is_about_the_installation_at_the_store_s_time(void **state)
{
	struct test_store *store = test_store_open(TEST_SQLITE, NULL);
	const struct context_tools tools = {.keyring = keyring};
	const struct wall_time before = session_now(store->session);
	const struct context context = context_for_command(&tools, store->session, arena);

	assert_int_equal(context.actor->kind, ACTOR_COMMAND);
	assert_string_equal(context.account, "");
	assert_in_range(context.now.us, before.us, session_now(store->session).us);
	test_store_close(store);
}

static void another_account_and_another_actor_leave_the_rest(void **state)
{
	const struct actor operator= actor_operator("Ann (grf_op_1)", "192.0.2.1");
	const struct context context = context_for_clockwork(keyring, NULL, arena, "", now,
							     queue_now);
	const struct context about = context_about(&context, ACCOUNT);
	const struct context by = context_by(&about, &operator);

	assert_string_equal(context.account, "");
	assert_string_equal(about.account, ACCOUNT);
	assert_ptr_equal(about.actor, context.actor);
	assert_ptr_equal(by.actor, &operator);
	assert_string_equal(by.account, ACCOUNT);
	assert_ptr_equal(by.arena, arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_about_the_account_of_its_actor),
		cmocka_unit_test(the_clockwork_acts_in_an_account_and_belongs_to_none),
		cmocka_unit_test(a_command_is_about_the_installation_at_the_store_s_time),
		cmocka_unit_test(another_account_and_another_actor_leave_the_rest),
	};
	return cmocka_run_group_tests_name("context/context", tests, set_up, tear_down);
}
