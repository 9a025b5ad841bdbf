/* guess_test.c – guesses wait for their own place, many at once as one after the other; known
 * devices wait for nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "access/identity/device.h"
#include "access/identity/guess.h"
#include "access/rate_limit.h"
#include "base/ensure.h"
#include "base/json.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"

static const struct wall_time start = {1700000000000000};

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	struct arena *arena;
	struct user user;
	struct actor stranger;
	struct context context;
};

static void time_set(struct context *context, struct wall_time now)
{
	context->now = context->queue_now = now;
}

static void scene_begin(struct scene *scene, enum test_engine engine)
{
	static const unsigned char key[32] = {7};
	struct error err = {0};
	bool found;

	*scene = (struct scene){.store = test_store_open(engine, NULL),
				.keyring = keyring_from_key(key),
				.arena = arena_new()};
	test_store_add_account(scene->store, ACCOUNT);
	ensure(user_find(session_db(scene->store->session), scene->arena, ACCOUNT, &scene->user,
			 &found, &err) &&
	       found);
	scene->user.password_hash = "a hash";
	scene->stranger = actor_nobody("192.0.2.1");
	const struct context_tools tools = {.keyring = scene->keyring};
	const struct context context = context_for_call(&tools, scene->store->session, scene->arena,
							&scene->stranger, start, start);
	scene->context = context_about(&context, ACCOUNT);
}

static void scene_end(struct scene *scene)
{
	arena_free(scene->arena);
	keyring_free(scene->keyring);
	test_store_close(scene->store);
}

/* One that turns out wrong. How long the next has to wait; -1: it was looked at. */
static int64_t guess_wrongly(struct scene *scene, const struct user *user)
{
	struct error err = {0};
	struct guess guess;

	if (!guess_begin(&scene->context, user, "nobody@bank.example", &guess, &err)) {
		assert_int_equal(err.code, ERROR_TOO_MANY_REQUESTS);
		return err.wait_s;
	}
	assert_false(guess_was_wrong(&scene->context, &guess, &err));
	assert_int_equal(err.code, ERROR_INVALID_CREDENTIALS);
	return -1;
}

static void guess_rightly(struct scene *scene)
{
	struct error err = {0};
	struct guess guess;

	assert_true(guess_begin(&scene->context, &scene->user, "", &guess, &err));
	struct txn *txn = txn_begin(scene->store->session, &err);
	assert_true(guess_was_right(txn_db(txn), &guess, &err) && txn_commit(&txn, &err));
}

static int looked_at(struct scene *scene, const struct user *user, int guesses)
{
	int count = 0;

	for (int i = 0; i < guesses; i++)
		count += guess_wrongly(scene, user) < 0;
	return count;
}

static void each_place_waits_for_itself(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		assert_int_equal(looked_at(&scene, &scene.user, 24), FAILURES_FREE + 1);
		assert_int_equal(guess_wrongly(&scene, &scene.user), GUESS_FIRST_WAIT_S + 1);
		scene.stranger.address = "192.0.2.2";
		guess_rightly(&scene);
		assert_int_equal(looked_at(&scene, &scene.user, 2), 2);
		scene.stranger.address = "192.0.2.1";
		assert_int_equal(looked_at(&scene, &scene.user, 1), 0);
		time_set(&scene.context, wall_add(start, duration_s(GUESS_FIRST_WAIT_S)));
		assert_int_equal(looked_at(&scene, &scene.user, 2), 1); /* twice the wait now */
		time_set(&scene.context, wall_add(start, duration_s(GUESSES_KEPT_S * 2)));
		assert_int_equal(looked_at(&scene, &scene.user, 24), FAILURES_FREE + 1);
		scene_end(&scene);
	}
}

static void the_order_of_calls_is_not_the_order_of_times(void **state)
{
	struct guess_count count = {0};

	assert_true(guess_count_add(&count, FAILURES_FREE, GUESSES_KEPT_S,
				    wall_from_us(start.us + 1000)));
	assert_true(guess_count_add(&count, FAILURES_FREE, GUESSES_KEPT_S, start));
	assert_int_equal(count.failed, 2);
}

static void nobody_is_treated_like_somebody(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		for (int i = 0; i < 24; i++)
			assert_int_equal(guess_wrongly(&scene, &scene.user),
					 guess_wrongly(&scene, NULL));
		scene_end(&scene);
	}
}

static void many_places_have_a_limit_and_known_devices_none_of_it(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		int count = 0;
		scene_begin(&scene, engine);
		for (int i = 0; i < 200; i++) {
			scene.stranger.address = arena_printf(scene.arena, "198.51.100.%d", i);
			count += looked_at(&scene, &scene.user, 1);
		}
		assert_int_equal(count, GUESSES_IN_ALL_FREE + 1);
		scene.context.device = device_make(&scene.context, &scene.user);
		assert_int_equal(looked_at(&scene, &scene.user, 24), FAILURES_FREE + 1);
		scene.context.device = device_make(&scene.context, &scene.user);
		guess_rightly(&scene);
		scene.context.device = NULL;
		assert_int_equal(looked_at(&scene, &scene.user, 1), 1); /* all are forgotten */
		scene_end(&scene);
	}
}

/* Rows of guess_count that are left after the one who prunes came by. */
static size_t kept(struct scene *scene, const struct user *user)
{
	static const char *const sources[] = {"", "address 192.0.2.1"};
	struct error err = {0};
	size_t count = 0;
	scoped(txn) struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn &&
	       guess_count_prune(
		       txn_db(txn), wall_add(scene->context.now, duration_s(-GUESSES_KEPT_S)),
		       wall_add(scene->context.now, duration_s(-GUESSES_IN_ALL_KEPT_S)), &err));
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		const struct guess_key key = {
			user ? user->account : "",
			user ? user->uid
			     : guess_subject_of_email(&scene->context, "nobody@bank.example"),
			sources[i]};
		struct guess_count found;
		ensure(guess_count_lock(txn_db(txn), &key, &found, &err));
		count += found.failed > 0;
		if (found.failed == 0)
			ensure(guess_count_delete(txn_db(txn), &key, &err));
	}
	ensure(txn_commit(&txn, &err));
	return count;
}

static void what_strangers_leave_behind_goes(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		assert_int_equal(looked_at(&scene, &scene.user, 3) + looked_at(&scene, NULL, 3), 6);
		assert_int_equal(kept(&scene, &scene.user) + kept(&scene, NULL), 4);
		time_set(&scene.context, wall_add(start, duration_s(GUESSES_KEPT_S + 1)));
		assert_int_equal(kept(&scene, &scene.user), 1); /* those from everywhere */
		assert_int_equal(kept(&scene, NULL), 0);
		time_set(&scene.context, wall_add(start, duration_s(GUESSES_IN_ALL_KEPT_S + 1)));
		assert_int_equal(kept(&scene, &scene.user), 0);
		scene_end(&scene);
	}
}

static void what_was_no_guess_is_taken_back(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		struct guess guess;
		scene_begin(&scene, engine);
		assert_int_equal(looked_at(&scene, &scene.user, FAILURES_FREE), FAILURES_FREE);
		for (int i = 0; i < 10; i++)
			assert_true(guess_begin(&scene.context, &scene.user, "", &guess, &err) &&
				    guess_withdraw(&scene.context, &guess, &err));
		assert_int_equal(looked_at(&scene, &scene.user, 2), 1); /* it forgot nothing else */
		scene_end(&scene);
	}
}

static void a_device_is_one_persons(void **state)
{
	struct scene scene;
	scene_begin(&scene, TEST_SQLITE);
	struct context *context = &scene.context;
	const char *device = device_make(context, &scene.user);
	struct user other = scene.user, with_new_password = scene.user;

	other.uid = "account00002";
	with_new_password.password_hash = "another hash";
	context->device = device;
	assert_non_null(device_of(context, &scene.user));
	assert_null(device_of(context, &other));
	assert_null(device_of(context, &with_new_password));
	time_set(context, wall_add(start, duration_s(DEVICE_LIFE_S + 1)));
	assert_null(device_of(context, &scene.user));
	time_set(context, start);
	char *changed = arena_strdup(scene.arena, device);
	for (size_t i = 0; i < strlen(device); i++) {
		changed[i] = device[i] == '0' ? '1' : '0';
		context->device = changed;
		assert_null(device_of(context, &scene.user));
		changed[i] = device[i];
	}
	static const char *const strange[] = {"",
					      ".",
					      "0123456789abcdef",
					      "0123456789abcdef.",
					      "0123456789abcdef..",
					      "0123456789abcdef.1700000000."};
	for (size_t i = 0; i < ARRAY_SIZE(strange); i++) {
		context->device = strange[i];
		assert_null(device_of(context, &scene.user));
	}
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_waits_for_itself),
		cmocka_unit_test(the_order_of_calls_is_not_the_order_of_times),
		cmocka_unit_test(nobody_is_treated_like_somebody),
		cmocka_unit_test(many_places_have_a_limit_and_known_devices_none_of_it),
		cmocka_unit_test(what_strangers_leave_behind_goes),
		cmocka_unit_test(what_was_no_guess_is_taken_back),
		cmocka_unit_test(a_device_is_one_persons),
	};
	return cmocka_run_group_tests_name("access/guess", tests, NULL, NULL);
}
