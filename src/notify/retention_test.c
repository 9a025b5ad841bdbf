/* retention_test.c – years in milliseconds: what goes when, and that nothing goes that is still
 * wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "notify/endpoints.h"
#include "notify/event.h"
#include "notify/retention.h"
#include "store/delivery_store.h"
#include "store/idempotency_store.h"
#include "store/mail_store.h"
#include "store/replay_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define OTHER "account00002"

static const struct wall_time start = {1700000000000000};
static const struct retention_config config = {.days = {[RETENTION_EVENTS] = 365,
							[RETENTION_DELIVERIES] = 90,
							[RETENTION_REPLAYS] = 90,
							[RETENTION_MAILS] = 30,
							[RETENTION_REQUESTS] = 2}};

static struct wall_time after_days(int64_t days)
{
	return wall_add(start, duration_s(days * 86400));
}

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	struct arena *arena;
	const char *endpoint;
};

static struct context context_of(const struct scene *scene, const char *account)
{
	return context_for_clockwork(scene->keyring, scene->store->session, scene->arena, account,
				     start, start);
}

static void scene_begin(struct scene *scene, enum test_engine engine)
{
	static const unsigned char key[32] = {7};
	struct error err = {0};

	*scene = (struct scene){.store = test_store_open(engine, NULL),
				.keyring = keyring_from_key(key),
				.arena = arena_new()};
	test_store_add_account(scene->store, ACCOUNT);
	test_store_add_account(scene->store, OTHER);
	const struct context context = context_of(scene, ACCOUNT);
	scoped(json_t) json_t *body = json_pack("{s:s, s:[s]}", "url", "http://receiver.example/",
						"events", "PACKAGE_CREATE");
	scoped(json_t) json_t *made = endpoint_create(&context, body, &err);
	ensure(made);
	scene->endpoint = arena_strdup(scene->arena, json_text(made, "id"));
}

static void scene_end(struct scene *scene)
{
	test_store_close(scene->store);
	keyring_free(scene->keyring);
	arena_free(scene->arena);
}

/* Each in a lane of its own; PACKAGE_CREATE goes to the endpoint, others nowhere. */
static void raise_event(struct scene *scene, const char *account, enum event_type type,
			const char *package, int64_t day)
{
	const struct event_draft draft = {
		.type = type, .account = account, .package = package, .session_user = ACCOUNT};
	struct error err = {0};
	struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn && event_raise(txn, &draft, after_days(day), &err) && txn_commit(&txn, &err));
}

/* All that is fresh gets an attempt with this outcome. */
static void deliver(struct scene *scene, enum delivery_state state, int64_t day)
{
	const struct lane_lease lease = {"node", after_days(day),
					 wall_add(after_days(day), duration_s(30)),
					 after_days(day)};
	struct claim *claims = arena_alloc(scene->arena, 100 * sizeof(*claims)), next;
	struct db *db;
	struct error err = {0};
	size_t count = 1, found;
	bool has_next, stale;

	while (count > 0) {
		struct txn *txn = txn_begin(scene->store->session, &err);
		ensure(txn);
		db = txn_db(txn);
		ensure(lane_claim_fresh(db, scene->arena, &lease, 100, claims, &count, &found,
					&err));
		for (size_t i = 0; i < count; i++) {
			const struct verdict_record verdict = {
				.attempt = {.account = ACCOUNT,
					    .endpoint = claims[i].endpoint.id,
					    .sequence = claims[i].event.sequence,
					    .started = after_days(day),
					    .address = "",
					    .error_class = "",
					    .phase = "",
					    .reply_start = "",
					    .reply_head = "",
					    .request_head = "",
					    .tls = ""},
				.lane = claims[i].lane,
				.generation = claims[i].generation,
				.state = state,
				.retry_at = after_days(day)};
			ensure(attempt_record(db, scene->arena, &verdict, &lease, &next, &has_next,
					      &stale, &err));
		}
		ensure(txn_commit(&txn, &err));
	}
}

static void step(struct scene *scene, int64_t day)
{
	struct wall_time next;
	struct error err = {0};

	if (!retention_step(scene->store->session, &config, after_days(day), &next, &err))
		fail_msg("%s", err.technical);
	assert_int_equal(next.us, wall_add(after_days(day), duration_s(3600)).us);
}

static int64_t count_of(struct scene *scene, const char *account, enum retention_kind kind)
{
	struct retention_size size;
	struct error err = {0};

	ensure(retention_size_read(session_db(scene->store->session), account, kind, &size, &err));
	return size.count;
}

static void expect(struct scene *scene, int64_t events, int64_t deliveries, int64_t pending)
{
	struct retention_size size;
	struct error err = {0};

	ensure(retention_pending_read(session_db(scene->store->session), ACCOUNT, &size, &err));
	assert_int_equal(count_of(scene, ACCOUNT, RETENTION_EVENTS), events);
	assert_int_equal(count_of(scene, ACCOUNT, RETENTION_DELIVERIES), deliveries);
	assert_int_equal(size.count, pending);
}

/* ---- */

static void each_kind_goes_when_its_days_are_over(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		for (int i = 0; i < 450; i++) /* more than two batches */
			raise_event(&scene, ACCOUNT, EVENT_PACKAGE_TRASH, "quiet", 0);
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_CREATE, "done", 0);
		deliver(&scene, DELIVERY_DELIVERED, 1);
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_CREATE, "failed", 1);
		deliver(&scene, DELIVERY_FAILED, 5);
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_CREATE, "waits", 1);
		deliver(&scene, DELIVERY_PENDING, 6);
		raise_event(&scene, OTHER, EVENT_PACKAGE_CREATE, "theirs", 0);
		expect(&scene, 453, 2, 1);
		step(&scene, 90);
		expect(&scene, 453, 2, 1);
		step(&scene, 92); /* 90 days after it was over, not after its event */
		expect(&scene, 453, 1, 1);
		step(&scene, 96);
		expect(&scene, 453, 0, 1);
		step(&scene, 365);
		expect(&scene, 453, 0, 1);
		step(&scene, 366);
		expect(&scene, 2, 0, 1);
		assert_int_equal(count_of(&scene, OTHER, RETENTION_EVENTS), 0);
		step(&scene, 3650); /* what is pending stays, and its event */
		expect(&scene, 1, 0, 1);
		/* Numbers go on. */
		struct error err = {0};
		int64_t last;
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_TRASH, "quiet", 3651);
		ensure(event_last(session_db(scene.store->session), ACCOUNT, &last, &err));
		assert_int_equal(last, 454);
		scene_end(&scene);
	}
}

static void an_event_stays_as_long_as_a_delivery_of_it(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_CREATE, "p", 0);
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_TRASH, "p", 0);
		deliver(&scene, DELIVERY_DELIVERED, 300);
		step(&scene, 370);
		expect(&scene, 1, 1, 0);
		step(&scene, 391);
		expect(&scene, 0, 0, 0);
		scene_end(&scene);
	}
}

static void an_account_has_days_of_its_own(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		scene_begin(&scene, engine);
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_CREATE, "p", 0);
		raise_event(&scene, OTHER, EVENT_PACKAGE_CREATE, "p", 0);
		deliver(&scene, DELIVERY_DELIVERED, 0);
		const struct context context = context_of(&scene, ACCOUNT);
		scoped(json_t) json_t *days = json_pack("{s:{s:i, s:i}}", "days", "deliveries", 7,
							"events", 0);
		json_decref(retention_change(&context, &config, days, &err));
		step(&scene, 7);
		expect(&scene, 1, 1, 0);
		step(&scene, 8);
		expect(&scene, 1, 0, 0);
		step(&scene, 36500); /* 0: for ever */
		expect(&scene, 1, 0, 0);
		assert_int_equal(count_of(&scene, OTHER, RETENTION_EVENTS), 0);
		scene_end(&scene);
	}
}

static void replay_add(struct txn *txn, const char *id, const char *state)
{
	struct error err = {0};
	const struct replay replay = {.account = ACCOUNT,
				      .id = id,
				      .endpoint = "ep",
				      .filter = "{}",
				      .action = "",
				      .cursor_endpoint = "",
				      .rate = 1,
				      .state = state,
				      .created_by = "",
				      .created = start,
				      .updated = start,
				      .next = start};
	ensure(replay_insert(txn_db(txn), &replay, &err));
}

static void mail_add(struct txn *txn, const char *id, enum mail_state state)
{
	struct error err = {0};
	const struct mail mail = {.account = ACCOUNT,
				  .id = id,
				  .recipient = "a@b.example",
				  .subject = "s",
				  .body_sealed = {(const unsigned char *)"x", 1},
				  .created = start,
				  .due = start};
	ensure(mail_insert(txn_db(txn), &mail, &err) &&
	       (state == MAIL_WAITING || mail_finish(txn_db(txn), &mail, state, "", &err)));
}

static void what_runs_or_waits_stays(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		scene_begin(&scene, engine);
		struct txn *txn = txn_begin(scene.store->session, &err);
		ensure(txn);
		replay_add(txn, "rp_1", "RUNNING");
		replay_add(txn, "rp_2", "DONE");
		replay_add(txn, "rp_3", "CANCELLED");
		mail_add(txn, "m1", MAIL_WAITING);
		mail_add(txn, "m2", MAIL_SENT);
		mail_add(txn, "m3", MAIL_GIVEN_UP);
		const struct idempotent_request request = {
			.account = ACCOUNT,
			.key = "k",
			.digest = {(const unsigned char *)"d", 1},
			.answer = "{}",
			.created = start};
		ensure(idempotent_request_insert(txn_db(txn), &request, &err) &&
		       txn_commit(&txn, &err));
		step(&scene, 2);
		assert_int_equal(count_of(&scene, ACCOUNT, RETENTION_REQUESTS), 1);
		step(&scene, 3);
		assert_int_equal(count_of(&scene, ACCOUNT, RETENTION_REQUESTS), 0);
		assert_int_equal(count_of(&scene, ACCOUNT, RETENTION_MAILS), 3);
		step(&scene, 31);
		assert_int_equal(count_of(&scene, ACCOUNT, RETENTION_MAILS), 1);
		assert_int_equal(count_of(&scene, ACCOUNT, RETENTION_REPLAYS), 3);
		step(&scene, 91);
		assert_int_equal(count_of(&scene, ACCOUNT, RETENTION_REPLAYS), 1);
		scene_end(&scene);
	}
}

static bool is_there(struct scene *scene, const char *id)
{
	struct error err = {0};
	struct endpoint endpoint;
	bool found;

	ensure(endpoint_find(session_db(scene->store->session), scene->arena, ACCOUNT, id,
			     &endpoint, &found, &err));
	return found;
}

/* One given with a package that is gone stays until its last notification is through. */
static void an_endpoint_goes_with_its_package(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		struct endpoint *endpoints;
		size_t count;
		int64_t total;
		scene_begin(&scene, engine);
		const struct context context = context_of(&scene, ACCOUNT);
		scoped(json_t) json_t *body = json_pack(
			"{s:s, s:[s]}", "url", "http://own.example/", "events", "PACKAGE_DELETE");
		struct txn *txn = txn_begin(scene.store->session, &err);
		ensure(txn && endpoint_create_for_package(&context, txn, "gone", body, &err) &&
		       txn_commit(&txn, &err));
		const struct endpoint_filter filter = {ACCOUNT, "gone", 0, 10};
		ensure(endpoint_list(session_db(scene.store->session), scene.arena, &filter,
				     &endpoints, &count, &total, &err) &&
		       count == 1);
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_DELETE, "gone", 0);
		expect(&scene, 1, 0, 1);
		step(&scene, 0);
		assert_true(is_there(&scene, endpoints[0].id));
		deliver(&scene, DELIVERY_DELIVERED, 0);
		step(&scene, 0);
		assert_false(is_there(&scene, endpoints[0].id));
		assert_true(is_there(&scene, scene.endpoint));
		expect(&scene, 1, 1, 0); /* the log keeps it */
		raise_event(&scene, ACCOUNT, EVENT_PACKAGE_DELETE, "gone", 1);
		expect(&scene, 2, 1, 0);
		scene_end(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_goes_when_its_days_are_over),
		cmocka_unit_test(an_event_stays_as_long_as_a_delivery_of_it),
		cmocka_unit_test(an_account_has_days_of_its_own),
		cmocka_unit_test(what_runs_or_waits_stays),
		cmocka_unit_test(an_endpoint_goes_with_its_package),
	};

	crypto_start();
	return cmocka_run_group_tests_name("notify/retention", tests, NULL, NULL);
}
