/* fan_out_test.c – who gets an event whose deliveries are made later: those who subscribed when it
 * was raised, whatever has happened since; and in which order, in how many transactions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "base/json.h"
#include "notify/event.h"
#include "notify/fan_out.h"
#include "notify/producer.h"
#include "store/db_driver.h"
#include "store/endpoint_store.h"
#include "store/fan_out_store.h"
#include "store/fault_driver.h"
#include "store/rows.h"
#include "store/test_store.h"

#define ACCOUNT "AbCdEfGhIjKl"
#define OTHER "BbCdEfGhIjKl"
#define TYPE EVENT_DOCUMENT_SIGNED
#define ENDPOINTS 150 /* more than a transaction may write */
#define STEPS_MAX 2000

static const struct wall_time noon = {1764417600000000};

struct scene {
	struct test_store *store;
	struct fan_out_round round;
	int named;
};

static struct scene scene_open(enum test_engine engine)
{
	struct scene scene = {.store = test_store_open(engine, NULL)};

	test_store_add_account(scene.store, ACCOUNT);
	test_store_add_account(scene.store, OTHER);
	return scene;
}

static struct endpoint endpoint_of(const char *account, const char *id)
{
	static const unsigned char sealed[3] = {1, 2, 3};

	return (struct endpoint){.account = account,
				 .id = id,
				 .origin = "endpoint",
				 .url = "http://127.0.0.1:1/",
				 .signing_secret_sealed = {sealed, sizeof(sealed)},
				 .custom_headers = "[]",
				 .events = "[]",
				 .options = "{}",
				 .name = "",
				 .package = "",
				 .created = noon,
				 .updated = noon};
}

/* Registers it, or replaces what it subscribes to; `types`: 0 for nothing. */
static void subscribe(struct scene *scene, const char *account, const char *id, size_t types,
		      const char *filter)
{
	const char *const names[] = {event_type_info(TYPE)->name};
	const struct subscription subscription = {names, types, true, filter};
	const struct endpoint endpoint = endpoint_of(account, id);
	struct error err = {0};
	struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn && endpoint_put(txn_db(txn), &endpoint, &subscription, &err) &&
	       txn_commit(&txn, &err));
}

static void crowd_add(struct scene *scene, const char *account)
{
	for (int i = 0; i < ENDPOINTS; i++) {
		char id[16];
		snprintf(id, sizeof(id), "ep_%03d", i);
		subscribe(scene, account, id, 1, "");
	}
}

static int64_t raise_in(struct scene *scene, const char *account, const char *sender)
{
	const struct event_draft draft = {
		.type = TYPE, .account = account, .package = "p", .context = {sender, NULL}};
	struct event_receipt receipt;
	struct error err = {0};
	struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn && event_raise_for(txn, &draft, noon, &receipt, &err) && txn_commit(&txn, &err));
	return receipt.sequence;
}

static int64_t count_of(struct scene *scene, const char *account, int64_t sequence,
			const char *endpoint)
{
	static const char count[] = "SELECT COUNT(*) AS total FROM delivery WHERE account = $1 "
				    "AND sequence = $2 AND endpoint LIKE $3";
	struct error err = {0};
	int64_t total;

	ensure(query_total(session_db(scene->store->session), count,
			   ARGS(arg_text(account), arg_int(sequence), arg_text(endpoint)), &total,
			   &err));
	return total;
}

static int64_t rows_in(struct scene *scene, const char *sql)
{
	struct error err = {0};
	int64_t total;

	ensure(query_total(session_db(scene->store->session), sql, NO_ARGS, &total, &err));
	return total;
}

/* One piece. False: there is none left. */
static bool step(struct scene *scene)
{
	struct wall_time next;
	struct error err = {0};

	ensure(fan_out_step(scene->store->session, &scene->round, noon, &next, &err));
	return next.us == noon.us;
}

static void finish(struct scene *scene)
{
	int steps = 0;

	while (step(scene))
		ensure(++steps < STEPS_MAX);
	assert_int_equal(rows_in(scene, "SELECT COUNT(*) AS total FROM past_subscription"), 0);
	assert_int_equal(rows_in(scene, "SELECT COUNT(*) AS total FROM fan_out_package"), 0);
	assert_int_equal(rows_in(scene, "SELECT COUNT(*) AS total FROM account_sequence "
					"WHERE fan_next > 0"),
			 0);
	/* Each delivery that is pending is in a lane that somebody will look at. */
	assert_int_equal(rows_in(scene,
				 "SELECT COUNT(*) AS total FROM delivery WHERE state = 0 "
				 "AND NOT EXISTS (SELECT 1 FROM lane WHERE "
				 "lane.account = delivery.account AND lane.lane = delivery.lane "
				 "AND lane.endpoint = delivery.endpoint)"),
			 0);
}

static void few_are_made_at_once(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene = scene_open(engine);
		subscribe(&scene, ACCOUNT, "ep_1", 1, "");
		subscribe(&scene, ACCOUNT, "ep_2", 1, "{\"senders\":[\"anna\"]}");
		assert_int_equal(count_of(&scene, ACCOUNT, raise_in(&scene, ACCOUNT, "anna"), "%"),
				 2);
		assert_int_equal(count_of(&scene, ACCOUNT, raise_in(&scene, ACCOUNT, "bert"), "%"),
				 1);
		assert_false(step(&scene));
		test_store_close(scene.store);
	}
}

static void what_is_too_much_follows_and_later_events_wait(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene = scene_open(engine);
		crowd_add(&scene, ACCOUNT);
		crowd_add(&scene, OTHER);
		int64_t first = raise_in(&scene, ACCOUNT, NULL);
		assert_int_equal(count_of(&scene, ACCOUNT, first, "%"), FAN_OUT_AT_ONCE_MAX);
		/* The second would fit, and has its turn all the same. */
		for (int i = 2; i < ENDPOINTS; i++) {
			char id[16];
			snprintf(id, sizeof(id), "ep_%03d", i);
			subscribe(&scene, ACCOUNT, id, 0, "");
		}
		int64_t second = raise_in(&scene, ACCOUNT, NULL);
		assert_int_equal(second, first + 1);
		assert_int_equal(count_of(&scene, ACCOUNT, second, "%"), 0);
		int64_t others = raise_in(&scene, OTHER, NULL);

		finish(&scene);
		assert_int_equal(count_of(&scene, ACCOUNT, first, "%"), ENDPOINTS);
		assert_int_equal(count_of(&scene, ACCOUNT, second, "%"), 2);
		assert_int_equal(count_of(&scene, OTHER, others, "%"), ENDPOINTS);
		assert_int_equal(count_of(&scene, ACCOUNT, raise_in(&scene, ACCOUNT, NULL), "%"),
				 2);
		assert_false(step(&scene));
		test_store_close(scene.store);
	}
}

static void a_transaction_has_one_limit_for_all_its_events(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene = scene_open(engine);
		const struct event_draft draft = {.type = TYPE, .account = ACCOUNT, .package = "p"};
		struct event_receipt receipt;
		struct error err = {0};
		subscribe(&scene, ACCOUNT, "ep_1", 1, "");
		struct txn *txn = txn_begin(scene.store->session, &err);
		for (int i = 0; i < 2 * FAN_OUT_AT_ONCE_MAX; i++) {
			ensure(event_raise_for(txn, &draft, noon, &receipt, &err));
			assert_int_equal(receipt.sequence, i + 1);
		}
		ensure(txn_commit(&txn, &err));
		static const char all[] = "SELECT COUNT(*) AS total FROM delivery";
		assert_int_equal(rows_in(&scene, all), FAN_OUT_AT_ONCE_MAX);
		finish(&scene);
		assert_int_equal(rows_in(&scene, all), 2 * FAN_OUT_AT_ONCE_MAX);
		test_store_close(scene.store);
	}
}

static void it_goes_to_those_who_subscribed_then(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene = scene_open(engine);
		struct error err = {0};
		bool stopped;
		crowd_add(&scene, ACCOUNT);
		subscribe(&scene, ACCOUNT, "zz_left", 1, "");
		subscribe(&scene, ACCOUNT, "zz_stays", 1, "");
		subscribe(&scene, ACCOUNT, "zz_stopped", 1, "");
		int64_t event = raise_in(&scene, ACCOUNT, NULL);
		subscribe(&scene, ACCOUNT, "zz_left", 0, "");
		subscribe(&scene, ACCOUNT, "zz_stays", 1, "{\"senders\":[\"nobody\"]}");
		subscribe(&scene, ACCOUNT, "zz_stays", 1, "");
		subscribe(&scene, ACCOUNT, "zz_new", 1, "");
		const struct endpoint endpoint = endpoint_of(ACCOUNT, "zz_stopped");
		struct txn *txn = txn_begin(scene.store->session, &err);
		ensure(txn &&
		       endpoint_stop(txn_db(txn), &endpoint, "FAILING", noon, &stopped, &err) &&
		       stopped && txn_commit(&txn, &err));
		int64_t later = raise_in(&scene, ACCOUNT, NULL);
		finish(&scene);

		static const struct {
			const char *endpoint;
			int64_t of_event, of_later;
		} rows[] = {
			{"ep_%", ENDPOINTS, ENDPOINTS}, {"zz_left", 1, 0}, {"zz_stays", 1, 1},
			{"zz_stopped", 1, 0},		{"zz_new", 0, 1},
		};
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			assert_int_equal(count_of(&scene, ACCOUNT, event, rows[i].endpoint),
					 rows[i].of_event);
			assert_int_equal(count_of(&scene, ACCOUNT, later, rows[i].endpoint),
					 rows[i].of_later);
		}
		test_store_close(scene.store);
	}
}

static void filters_see_the_package_as_it_was(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene = scene_open(engine);
		crowd_add(&scene, ACCOUNT);
		subscribe(&scene, ACCOUNT, "zz_anna", 1, "{\"senders\":[\"anna\"]}");
		int64_t hers = raise_in(&scene, ACCOUNT, "anna");
		int64_t again = raise_in(&scene, ACCOUNT, "anna");
		int64_t his = raise_in(&scene, ACCOUNT, "bert");
		int64_t unknown = raise_in(&scene, ACCOUNT, NULL);
		int64_t hers_at_last = raise_in(&scene, ACCOUNT, "anna");
		assert_int_equal(rows_in(&scene, "SELECT COUNT(*) AS total FROM fan_out_package"),
				 4);
		finish(&scene);
		assert_int_equal(count_of(&scene, ACCOUNT, hers, "zz_anna"), 1);
		assert_int_equal(count_of(&scene, ACCOUNT, again, "zz_anna"), 1);
		assert_int_equal(count_of(&scene, ACCOUNT, his, "zz_anna"), 0);
		assert_int_equal(count_of(&scene, ACCOUNT, unknown, "zz_anna"), 0);
		assert_int_equal(count_of(&scene, ACCOUNT, hers_at_last, "zz_anna"), 1);
		test_store_close(scene.store);
	}
}

static void an_expunged_event_goes_nowhere(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene = scene_open(engine);
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct event *events;
		size_t count;
		crowd_add(&scene, ACCOUNT);
		(void)raise_in(&scene, ACCOUNT, NULL);
		int64_t second = raise_in(&scene, ACCOUNT, NULL);
		int64_t third = raise_in(&scene, ACCOUNT, NULL);
		ensure(event_list(session_db(scene.store->session), arena, ACCOUNT, second - 1, 1,
				  &events, &count, &err));
		struct txn *txn = txn_begin(scene.store->session, &err);
		ensure(txn &&
		       event_forget(txn_db(txn), events,
				    (struct bytes){(const unsigned char *)"d", 1}, noon, &err) &&
		       txn_commit(&txn, &err));
		finish(&scene);
		assert_int_equal(count_of(&scene, ACCOUNT, second, "%"), 0);
		assert_int_equal(count_of(&scene, ACCOUNT, third, "%"), ENDPOINTS);
		test_store_close(scene.store);
	}
}

/* One event, with the Nth call of all failing. */
static bool raise_and_finish_with_fault(struct scene *scene, enum fault_kind kind, unsigned nth)
{
	const struct event_draft draft = {.type = TYPE, .account = ACCOUNT, .package = "p"};
	struct event_receipt receipt;
	struct wall_time next = noon;
	bool raised = false;

	fault_enable(kind, nth, 1);
	for (int tries = 0; !raised; tries++) {
		struct error err = {0};
		ensure(tries < 3);
		scoped(txn) struct txn *txn = txn_begin(scene->store->session, &err);
		raised = txn && event_raise_for(txn, &draft, noon, &receipt, &err) &&
			 txn_commit(&txn, &err);
	}
	for (int steps = 0; next.us == noon.us; steps++) {
		struct error err = {0};
		ensure(steps < STEPS_MAX);
		if (!fan_out_step(scene->store->session, &scene->round, noon, &next, &err))
			next = noon;
	}
	return fault_disable() > 0;
}

static void a_store_that_fails_loses_and_doubles_nothing(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene = scene_open(engine);
		int faults = 0;
		crowd_add(&scene, ACCOUNT);
		fault_plug(scene.store);
		for (enum fault_kind kind = 0; kind < FAULT_KIND_COUNT; kind++) {
			/* Each row of SQLite's is a call: not all of them. */
			for (unsigned nth = kind; fault_exists(kind, engine) &&
						  raise_and_finish_with_fault(&scene, kind, nth);
			     nth += 5)
				faults++;
		}
		finish(&scene);
		int64_t events = rows_in(&scene, "SELECT COUNT(*) AS total FROM event");
		assert_int_equal(
			rows_in(&scene,
				"SELECT CAST(SUM(last_event) AS BIGINT) AS total FROM account_sequence"),
			events);
		assert_int_equal(rows_in(&scene, "SELECT COUNT(*) AS total FROM delivery"),
				 events * ENDPOINTS);
		assert_in_range(faults, 10, 1000);
		test_store_close(scene.store);
	}
}

/* The account's numbers as they are when so many events wait. */
static void pretend_behind(struct scene *scene, int64_t events)
{
	static const char set[] = "UPDATE account_sequence SET last_event = $2, fan_next = 1 "
				  "WHERE account = $1";
	struct error err = {0};
	struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn &&
	       db_run(txn_db(txn), set, ARGS(arg_text(ACCOUNT), arg_int(events)), NULL, &err) &&
	       txn_commit(&txn, &err));
}

static bool append(struct scene *scene, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(json_t) json_t *body = json_pack("{s:s, s:s}", "name", event_type_info(TYPE)->name,
						"packageId", "p");
	static const unsigned char key[32] = {7};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);
	const struct context context = context_for_clockwork(keyring, scene->store->session, arena,
							     ACCOUNT, noon, noon);
	const char *answer;
	bool repeated;

	return producer_append(&context, body, NULL, &answer, &repeated, err);
}

static void a_producer_waits_when_too_much_is_owed(void **state)
{
	static const struct {
		int64_t behind;
		bool accepted;
	} rows[] = {{1000, true},
		    {PRODUCER_OWED_MAX / ENDPOINTS, true},
		    {PRODUCER_OWED_MAX / ENDPOINTS + 1, false}};

	EACH_ENGINE(engine)
	{
		struct scene scene = scene_open(engine);
		static const char all[] = "SELECT COUNT(*) AS total FROM event";
		crowd_add(&scene, ACCOUNT);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct error err = {0};
			int64_t before = rows_in(&scene, all);
			pretend_behind(&scene, rows[i].behind);
			assert_int_equal(append(&scene, &err), rows[i].accepted);
			assert_int_equal(rows_in(&scene, all), before + rows[i].accepted);
			if (rows[i].accepted)
				continue;
			assert_int_equal(err.code, ERROR_TOO_MANY_REQUESTS);
			assert_true(err.wait_s > 0);
		}
		test_store_close(scene.store);
	}
}

/* It knows nothing of fan-outs, and would overtake one. */
static void beside_a_node_of_version_0_3_all_is_made_at_once(void **state)
{
	static const char stand[] = "SELECT pg_advisory_lock_shared(" NODE_LOCK
				    ", hashtext('an older node'))";
	struct error err = {0};

	if (!test_engine_is_available(TEST_POSTGRESQL))
		return;
	struct scene scene = scene_open(TEST_POSTGRESQL);
	crowd_add(&scene, ACCOUNT);
	struct session *older = session_open(scene.store->store, &err);
	ensure(older && db_run(session_db(older), stand, NO_ARGS, NULL, &err));
	int64_t event = raise_in(&scene, ACCOUNT, NULL);
	assert_int_equal(count_of(&scene, ACCOUNT, event, "%"), ENDPOINTS);
	assert_false(step(&scene));
	session_close(older);
	event = raise_in(&scene, ACCOUNT, NULL);
	assert_int_equal(count_of(&scene, ACCOUNT, event, "%"), FAN_OUT_AT_ONCE_MAX);
	finish(&scene);
	test_store_close(scene.store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_are_made_at_once),
		cmocka_unit_test(what_is_too_much_follows_and_later_events_wait),
		cmocka_unit_test(a_transaction_has_one_limit_for_all_its_events),
		cmocka_unit_test(it_goes_to_those_who_subscribed_then),
		cmocka_unit_test(filters_see_the_package_as_it_was),
		cmocka_unit_test(a_store_that_fails_loses_and_doubles_nothing),
		cmocka_unit_test(a_producer_waits_when_too_much_is_owed),
		cmocka_unit_test(beside_a_node_of_version_0_3_all_is_made_at_once),
		cmocka_unit_test(an_expunged_event_goes_nowhere),
	};
	return cmocka_run_group_tests_name("notify/fan_out", tests, NULL, NULL);
}
