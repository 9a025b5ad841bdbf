/* client_app_use_store_test.c – counts that add up and calls that stay within their number, on each
 * engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "store/client_app_use_store.h"
#include "store/test_store.h"

#define ACCOUNT "accountAAAAA"
#define HOUR_US (INT64_C(3600) * 1000000)
#define DAY_US (24 * HOUR_US)
#define DAY INT64_C(20000) /* some day */

static void app_add(struct test_store *test_store, const char *client_id)
{
	struct error err = {0};
	const struct bytes hash = {(const unsigned char *)client_id, 8};
	const struct client_app app = {.account = ACCOUNT,
				       .client_id = client_id,
				       .name = "App",
				       .epoch = 1,
				       .created_by = "operator",
				       .scopes = "",
				       .networks = "",
				       .public_keys = "",
				       .secret_hash = hash,
				       .secret_fingerprint = hash,
				       .maker = ""};
	struct txn *txn = txn_begin(test_store->session, &err);

	ensure(txn && client_app_insert(txn_db(txn), &app, &err) && txn_commit(&txn, &err));
}

static struct test_store *open_with_apps(enum test_engine engine)
{
	struct test_store *test_store = test_store_open(engine, NULL);

	test_store_add_account(test_store, ACCOUNT);
	app_add(test_store, "app-0001");
	app_add(test_store, "app-0002");
	return test_store;
}

/* `calls` calls from `at` on, a millisecond apart, of which the newest `kept` are kept. */
static void use_note(struct session *session, const char *client_id, struct wall_time at,
		     size_t calls, int64_t kept)
{
	struct error err = {0};
	struct app_call list[20];
	struct client_app_use use = {
		.client_id = client_id,
		.last_used = at,
		.last_used_address = "192.0.2.1",
		.old_secret_address = "",
		.let_in = (int64_t)calls,
		.counted = at,
		.counts = {.calls = {[STATUS_2XX] = (int64_t)calls, [STATUS_4XX] = 1},
			   .tokens = 2,
			   .not_logged = 3},
		.calls = list,
		.call_count = calls};

	ensure(calls <= ARRAY_SIZE(list));
	for (size_t i = 0; i < calls; i++)
		list[i] = (struct app_call){.at = wall_add(at, duration_ms((int64_t)i)),
					    .method = i % 2 ? "POST" : "GET",
					    .route = "/api/packages",
					    .status = i % 2 ? 403 : 200,
					    .duration = duration_ms(2),
					    .address = "192.0.2.1",
					    .request = (int64_t)i};
	struct txn *txn = txn_begin(session, &err);
	ensure(txn && client_app_note_use(txn_db(txn), &use, kept, &err) && txn_commit(&txn, &err));
}

static size_t use_list(struct session *session, struct arena *arena, const char *client_id,
		       enum use_span span, struct app_use_row **ret_rows)
{
	struct error err = {0};
	size_t count;

	ensure(client_app_use_list(session_db(session), arena, ACCOUNT, client_id, span,
				   wall_from_us(0), 1000, ret_rows, &count, &err));
	return count;
}

static int64_t calls_list(struct session *session, struct arena *arena,
			  struct app_call_filter filter, struct app_call **ret_calls,
			  size_t *ret_count)
{
	struct error err = {0};
	int64_t total;

	filter.account = ACCOUNT;
	filter.client_id = "app-0001";
	filter.status_max = filter.status_max ? filter.status_max : 999;
	filter.limit = filter.limit ? filter.limit : 100;
	ensure(client_app_calls_list(session_db(session), arena, &filter, ret_calls, ret_count,
				     &total, &err));
	return total;
}

static void counts_of_two_nodes_add_up_by_hour_and_day(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = open_with_apps(engine);
		struct error err = {0};
		struct session *other = session_open(test_store->store, &err);
		scoped(arena) struct arena *arena = arena_new();
		struct app_use_row *rows;

		use_note(test_store->session, "app-0001", wall_from_us(DAY * DAY_US + 5), 1, 100);
		use_note(other, "app-0001", wall_from_us(DAY * DAY_US + HOUR_US - 1), 2, 100);
		use_note(other, "app-0001", wall_from_us(DAY * DAY_US + HOUR_US), 4, 100);
		use_note(other, "app-0002", wall_from_us((DAY + 1) * DAY_US), 1, 100);
		assert_int_equal(use_list(test_store->session, arena, "app-0001", USE_HOURS, &rows),
				 2);
		assert_int_equal(rows[0].start.us, DAY * DAY_US);
		assert_int_equal(rows[0].counts.calls[STATUS_2XX], 3);
		assert_int_equal(rows[0].counts.calls[STATUS_4XX], 2);
		assert_int_equal(rows[0].counts.tokens, 4);
		assert_int_equal(rows[0].counts.not_logged, 6);
		assert_int_equal(rows[1].start.us, DAY * DAY_US + HOUR_US);
		assert_int_equal(rows[1].counts.calls[STATUS_2XX], 4);
		assert_int_equal(use_list(test_store->session, arena, NULL, USE_DAYS, &rows), 2);
		assert_string_equal(rows[0].client_id, "app-0001");
		assert_int_equal(rows[0].counts.calls[STATUS_2XX], 7);
		assert_string_equal(rows[1].client_id, "app-0002");
		assert_int_equal(rows[1].start.us, (DAY + 1) * DAY_US);
		session_close(other);
		test_store_close(test_store);
	}
}

static void only_the_newest_calls_are_kept(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = open_with_apps(engine);
		struct session *session = test_store->session;
		scoped(arena) struct arena *arena = arena_new();
		struct app_call *calls;
		size_t count;

		use_note(session, "app-0001", wall_from_us(DAY * DAY_US), 4, 5);
		use_note(session, "app-0002", wall_from_us(DAY * DAY_US), 4, 5);
		use_note(session, "app-0001", wall_from_us(DAY * DAY_US + 60000000), 3, 5);
		assert_int_equal(
			calls_list(session, arena, (struct app_call_filter){0}, &calls, &count), 5);
		assert_int_equal(calls[0].number, 7);
		assert_int_equal(calls[4].number, 3);
		use_note(session, "app-0001", wall_from_us(DAY * DAY_US + 70000000), 20, 5);
		assert_int_equal(calls_list(session, arena, (struct app_call_filter){.limit = 2},
					    &calls, &count),
				 5);
		assert_int_equal(count, 2);
		assert_int_equal(calls[0].number, 27);
		test_store_close(test_store);
	}
}

static void calls_are_found_by_status_method_and_time(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = open_with_apps(engine);
		struct session *session = test_store->session;
		const struct wall_time at = wall_from_us(DAY * DAY_US);
		scoped(arena) struct arena *arena = arena_new();
		const struct {
			struct app_call_filter filter;
			int64_t total;
		} rows[] = {
			{{.status_min = 400, .status_max = 499}, 3},
			{{.status_min = 200, .status_max = 299}, 4},
			{{.status_min = 500, .status_max = 599}, 0},
			{{.method = "POST"}, 3},
			{{.method = "POST", .status_min = 200, .status_max = 299}, 0},
			{{.since = wall_add(at, duration_ms(2))}, 5},
			{{.until = wall_add(at, duration_ms(2))}, 2},
			{{.offset = 5}, 7},
		};

		use_note(session, "app-0001", at, 7, 100);
		use_note(session, "app-0002", at, 7, 100);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct app_call *calls;
			size_t count;
			assert_int_equal(calls_list(session, arena, rows[i].filter, &calls, &count),
					 rows[i].total);
			assert_int_equal(count, rows[i].total - rows[i].filter.offset);
		}
		test_store_close(test_store);
	}
}

static void what_is_too_old_is_deleted_a_little_at_a_time(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = open_with_apps(engine);
		struct session *session = test_store->session;
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct app_use_row *rows;
		struct app_call *calls;
		int64_t removed, left[] = {5, 5, 0};
		size_t count;

		use_note(session, "app-0001", wall_from_us(DAY * DAY_US), 10, 100);
		use_note(session, "app-0001", wall_from_us((DAY + 2) * DAY_US), 2, 100);
		for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
			struct txn *txn = txn_begin(session, &err);
			assert_true(client_app_use_prune(
				txn_db(txn), wall_from_us((DAY + 1) * DAY_US), 5, &removed, &err));
			assert_true(txn_commit(&txn, &err));
			assert_int_equal(removed, left[i]);
		}
		assert_int_equal(
			calls_list(session, arena, (struct app_call_filter){0}, &calls, &count), 2);
		assert_int_equal(use_list(session, arena, "app-0001", USE_HOURS, &rows), 1);
		assert_int_equal(rows[0].start.us, (DAY + 2) * DAY_US);
		test_store_close(test_store);
	}
}

static void an_app_that_is_unknown_leaves_nothing(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = open_with_apps(engine);
		scoped(arena) struct arena *arena = arena_new();
		struct app_use_row *rows;

		use_note(test_store->session, "nobody", wall_from_us(DAY * DAY_US), 3, 100);
		assert_int_equal(use_list(test_store->session, arena, "nobody", USE_DAYS, &rows),
				 0);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_of_two_nodes_add_up_by_hour_and_day),
		cmocka_unit_test(only_the_newest_calls_are_kept),
		cmocka_unit_test(calls_are_found_by_status_method_and_time),
		cmocka_unit_test(what_is_too_old_is_deleted_a_little_at_a_time),
		cmocka_unit_test(an_app_that_is_unknown_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
