/* delivery_store_test.c – lanes: order, retries, leases, and that nothing is ever left behind, on
 * each engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/ensure.h"
#include "store/delivery_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define LEASE duration_s(30)

static const struct wall_time noon = {1700000000000000};

static struct wall_time after_s(int64_t s)
{
	return wall_add(noon, duration_s(s));
}

static struct test_store *store_with_endpoint(enum test_engine engine)
{
	static const unsigned char sealed[3] = {1, 2, 3};
	static const char *const types[] = {"PACKAGE_CREATE", "PACKAGE_TRASH"};
	struct test_store *test_store = test_store_open(engine, NULL);
	struct error err = {0};
	const struct endpoint endpoint = {
		.account = ACCOUNT,
		.id = "ep_1",
		.origin = "",
		.url = "http://127.0.0.1:1/",
		.signing_secret_sealed = {sealed, sizeof(sealed)},
		.custom_headers = "[]",
		.events = "[]",
		.options = "{}",
		.name = "",
		.package = "",
		.created = noon,
		.updated = noon,
	};

	test_store_add_account(test_store, ACCOUNT);
	ensure(session_stand_for(test_store->session, "node", &err));
	struct txn *txn = txn_begin(test_store->session, &err);
	const struct subscription subscription = {types, 2, true, ""};
	ensure(txn && endpoint_put(txn_db(txn), &endpoint, &subscription, &err) &&
	       txn_commit(&txn, &err));
	return test_store;
}

static int64_t append(struct session *session, const char *type, const char *package)
{
	static atomic_int number;
	struct error err = {0};
	char id[32];
	int64_t room = 1000;
	struct event_place place;

	snprintf(id, sizeof(id), "evt_%d", atomic_fetch_add(&number, 1));
	const struct event event = {.account = ACCOUNT,
				    .id = id,
				    .type = type,
				    .package = package,
				    .session_user = "u",
				    .created = noon};
	struct txn *txn = txn_begin(session, &err);
	ensure(txn && event_append(txn_db(txn), &event, NULL, &room, &place, &err) &&
	       txn_commit(&txn, &err));
	return place.deliveries;
}

/* Whatever is due: fresh, waiting, or claimed under a lease that is over. */
static size_t claim(struct session *session, struct arena *arena, struct wall_time now,
		    size_t limit, struct claim **ret_claims)
{
	const struct lane_lease lease = {"node", now, wall_add(now, LEASE), now};
	struct claim *claims = arena_alloc(arena, 2 * limit * sizeof(*claims));
	struct error err = {0};
	size_t fresh, waiting, found;
	struct txn *txn = txn_begin(session, &err);

	ensure(txn && lane_end_leases(txn_db(txn), now, now, false, NULL, &err) &&
	       lane_claim_fresh(txn_db(txn), arena, &lease, limit, claims, &fresh, &found, &err) &&
	       lane_claim_waiting(txn_db(txn), arena, &lease, ACCOUNT, "ep_1", LANES_OLDEST_FIRST,
				  limit, claims + fresh, &waiting, &found, &err) &&
	       txn_commit(&txn, &err));
	*ret_claims = claims;
	return fresh + waiting;
}

struct recorded {
	struct claim next;
	bool has_next, stale;
};

static struct recorded record_as(const char *node, struct session *session, struct arena *arena,
				 const struct claim *claimed, enum delivery_state verdict_state,
				 struct wall_time retry_at, struct wall_time now, const char *aside)
{
	const struct verdict_record verdict = {
		.attempt = {.account = ACCOUNT,
			    .endpoint = claimed->endpoint.id,
			    .sequence = claimed->event.sequence,
			    .number = claimed->attempts + 1,
			    .started = now,
			    .address = "127.0.0.1:1",
			    .http_status = 200,
			    .error_class = "",
			    .phase = "",
			    .reply_start = "",
			    .reply_head = "",
			    .request_head = "POST / HTTP/1.1",
			    .tls = ""},
		.lane = claimed->lane,
		.generation = claimed->generation,
		.state = verdict_state,
		.retry_at = retry_at,
		.aside = aside,
	};
	struct error err = {0};
	struct recorded recorded = {0};
	const struct lane_lease lease = {node, now, wall_add(now, LEASE), now};
	struct txn *txn = txn_begin(session, &err);

	ensure(txn &&
	       attempt_record(txn_db(txn), arena, &verdict, &lease, &recorded.next,
			      &recorded.has_next, &recorded.stale, &err) &&
	       txn_commit(&txn, &err));
	return recorded;
}

static struct recorded record_aside(struct session *session, struct arena *arena,
				    const struct claim *claimed, enum delivery_state verdict_state,
				    struct wall_time retry_at, const char *aside,
				    struct wall_time now)
{
	return record_as("node", session, arena, claimed, verdict_state, retry_at, now, aside);
}

static struct recorded record(struct session *session, struct arena *arena,
			      const struct claim *claimed, enum delivery_state verdict_state,
			      struct wall_time retry_at, struct wall_time now)
{
	return record_aside(session, arena, claimed, verdict_state, retry_at, NULL, now);
}

static void only_what_is_subscribed_is_queued(struct test_store *test_store, struct arena *arena)
{
	assert_int_equal(append(test_store->session, "PACKAGE_ACTIVATE", "p0"), 0);
	assert_int_equal(append(test_store->session, "PACKAGE_CREATE", "p0"), 1);
	struct claim *claims;
	assert_int_equal(claim(test_store->session, arena, noon, 10, &claims), 1);
	assert_string_equal(claims[0].event.type, "PACKAGE_CREATE");
	assert_int_equal(claims[0].event.sequence, 2); /* every event has its number */
	struct recorded done = record(test_store->session, arena, &claims[0], DELIVERY_DELIVERED,
				      noon, noon);
	assert_false(done.has_next || done.stale);
}

/* Refused: it is tried again in a lane of its own, and the later ones go on in theirs. */
static void what_is_set_aside_holds_up_nothing(struct test_store *test_store, struct arena *arena)
{
	struct session *session = test_store->session;
	struct claim *claims;

	append(session, "PACKAGE_CREATE", "p1");
	append(session, "PACKAGE_TRASH", "p1");
	append(session, "PACKAGE_CREATE", "p1");
	assert_int_equal(claim(session, arena, noon, 10, &claims), 1);
	const struct claim refused = claims[0];
	struct recorded moved = record_aside(session, arena, &refused, DELIVERY_PENDING,
					     after_s(10), refused.event.id, noon);
	assert_true(moved.has_next && !moved.stale);
	assert_string_equal(moved.next.event.type, "PACKAGE_TRASH");
	assert_string_equal(moved.next.lane, "p1");

	/* An answer to the old claim changes nothing. */
	assert_true(record(session, arena, &refused, DELIVERY_DELIVERED, noon, noon).stale);
	assert_int_equal(claim(session, arena, after_s(9), 10, &claims), 0);
	assert_int_equal(claim(session, arena, after_s(10), 10, &claims), 1);
	assert_string_equal(claims[0].lane, refused.event.id);
	assert_int_equal(claims[0].event.sequence, refused.event.sequence);
	assert_int_equal(claims[0].attempts, 2); /* that one was made, too */

	/* Refused again: it stays where it is. Refused as the last of its lane: the lane goes. */
	struct recorded again = record_aside(session, arena, &claims[0], DELIVERY_PENDING,
					     after_s(20), refused.event.id, after_s(10));
	assert_false(again.has_next || again.stale);
	moved = record(session, arena, &moved.next, DELIVERY_DELIVERED, noon, after_s(10));
	assert_true(moved.has_next);
	moved = record_aside(session, arena, &moved.next, DELIVERY_PENDING, after_s(21),
			     moved.next.event.id, after_s(10));
	assert_false(moved.has_next || moved.stale);
	assert_int_equal(claim(session, arena, after_s(21), 10, &claims), 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(claims[i].lane, claims[i].event.id);
		assert_false(
			record(session, arena, &claims[i], DELIVERY_DELIVERED, noon, after_s(21))
				.has_next);
	}
	assert_int_equal(claim(session, arena, after_s(1000), 10, &claims), 0);
}

static void a_lane_goes_one_by_one(struct test_store *test_store, struct arena *arena)
{
	struct session *session = test_store->session;
	struct claim *claims, *others;

	append(session, "PACKAGE_CREATE", "p1");
	append(session, "PACKAGE_TRASH", "p1");
	append(session, "PACKAGE_CREATE", "p2");
	assert_int_equal(claim(session, arena, noon, 10, &claims), 2); /* the heads of two lanes */
	append(session, "PACKAGE_CREATE", "p1");
	assert_int_equal(claim(session, arena, noon, 10, &others), 0);
	size_t p1 = strcmp(claims[0].lane, "p1") == 0 ? 0 : 1;

	/* It waits for a retry: so does what comes after it. */
	struct recorded waits = record(session, arena, &claims[p1], DELIVERY_PENDING, after_s(10),
				       noon);
	assert_false(waits.has_next);
	assert_int_equal(claim(session, arena, after_s(9), 10, &others), 0);
	assert_int_equal(claim(session, arena, after_s(10), 10, &others), 1);
	assert_string_equal(others[0].event.type, "PACKAGE_CREATE");
	assert_int_equal(others[0].attempts, 1);

	struct recorded moved = record(session, arena, &others[0], DELIVERY_DELIVERED, noon,
				       after_s(10));
	assert_true(moved.has_next);
	assert_string_equal(moved.next.event.type, "PACKAGE_TRASH");
	moved = record(session, arena, &moved.next, DELIVERY_FAILED, noon, after_s(10));
	assert_true(moved.has_next);
	moved = record(session, arena, &moved.next, DELIVERY_DELIVERED, noon, after_s(10));
	assert_false(moved.has_next);
	moved = record(session, arena, &claims[1 - p1], DELIVERY_DELIVERED, noon, noon);
	assert_false(moved.has_next || moved.stale);
}

static void a_late_verdict_changes_nothing(struct test_store *test_store, struct arena *arena)
{
	struct session *session = test_store->session;
	struct claim *first, *second;

	append(session, "PACKAGE_CREATE", "p3");
	assert_int_equal(claim(session, arena, noon, 10, &first), 1);
	assert_int_equal(claim(session, arena, after_s(29), 10, &second), 0);
	assert_int_equal(claim(session, arena, after_s(30), 10, &second),
			 1); /* the lease is over */
	struct recorded late = record(session, arena, first, DELIVERY_DELIVERED, noon, after_s(31));
	assert_true(late.stale);
	struct recorded right = record(session, arena, second, DELIVERY_DELIVERED, noon,
				       after_s(31));
	assert_false(right.stale);

	const struct delivery_filter filter = {
		.account = ACCOUNT, .package = "p3", .state = -1, .http_status = -1, .limit = 10};
	struct delivery_page page;
	struct error err = {0};
	assert_true(delivery_search(session_db(session), arena, &filter, &page, &err));
	assert_int_equal(page.total, 1);
	assert_int_equal(page.list[0].state, DELIVERY_DELIVERED);
	assert_int_equal(page.list[0].attempt_count, 2); /* both were made, both are on record */
}

static int64_t pending(struct test_store *test_store)
{
	struct error err = {0};
	struct endpoint_queue queue;

	assert_true(endpoint_queue_read(session_db(test_store->session), ACCOUNT, "ep_1", &queue,
					&err));
	return queue.pending;
}

static struct event event_of(struct session *session, struct arena *arena, int64_t sequence)
{
	struct error err = {0};
	struct event *events;
	size_t count;

	assert_true(event_list(session_db(session), arena, ACCOUNT, sequence - 1, 1, &events,
			       &count, &err));
	assert_int_equal(count, 1);
	return events[0];
}

static bool queue_again(struct session *session, const struct event *event)
{
	struct error err = {0};
	size_t queued = 0;
	struct txn *txn = txn_begin(session, &err);

	ensure(txn && delivery_lock(txn_db(txn), ACCOUNT, &err) &&
	       deliveries_queue(txn_db(txn), event, 1, "ep_1", true, noon, &queued, &err) &&
	       txn_commit(&txn, &err));
	return queued == 1;
}

static void what_is_finished_can_be_queued_again(struct test_store *test_store, struct arena *arena)
{
	struct session *session = test_store->session;
	struct event event = event_of(session, arena, 2);
	struct claim *claims;

	assert_int_equal(pending(test_store), 0);
	assert_true(queue_again(session, &event));
	assert_false(queue_again(session, &event)); /* it is there already */
	assert_int_equal(pending(test_store), 1);
	assert_int_equal(claim(session, arena, noon, 10, &claims), 1);
	assert_int_equal(claims[0].attempts, 0); /* the schedule begins anew */
	record(session, arena, &claims[0], DELIVERY_DELIVERED, noon, noon);
	struct event unmatched = event_of(session, arena, 1);
	assert_true(queue_again(session, &unmatched)); /* it never went to this endpoint */
	assert_int_equal(claim(session, arena, noon, 10, &claims), 1);
	record(session, arena, &claims[0], DELIVERY_DELIVERED, noon, noon);
	assert_int_equal(pending(test_store), 0);
}

static void what_is_put_off_waits_for_its_endpoint(struct test_store *test_store,
						   struct arena *arena)
{
	struct session *session = test_store->session;
	struct error err = {0};
	struct claim *claims;
	struct lane_waiting *waiting;
	size_t count;

	append(session, "PACKAGE_CREATE", "p4");
	assert_int_equal(claim(session, arena, noon, 10, &claims), 1);
	struct txn *txn = txn_begin(session, &err);
	ensure(txn && lane_put_off(txn_db(txn), &claims[0], after_s(5), &err) &&
	       txn_commit(&txn, &err));
	assert_true(lane_list_waiting(session_db(session), arena, &waiting, &count, &err));
	assert_int_equal(count, 1);
	assert_string_equal(waiting[0].endpoint, "ep_1");
	assert_int_equal(waiting[0].due.us, after_s(5).us);
	assert_int_equal(pending(test_store), 1);
	assert_int_equal(claim(session, arena, after_s(4), 10, &claims), 0);
	assert_int_equal(claim(session, arena, after_s(5), 10, &claims), 1);
	record(session, arena, &claims[0], DELIVERY_DELIVERED, noon, after_s(5));
}

/* Its verdict counts no more, and what comes after it does not wait for the end of the lease. */
static void what_is_cancelled_under_way_holds_up_nothing(struct test_store *test_store,
							 struct arena *arena)
{
	struct session *session = test_store->session;
	struct error err = {0};
	struct claim *claims;
	int64_t cancelled_count;

	append(session, "PACKAGE_CREATE", "p7");
	append(session, "PACKAGE_TRASH", "p7");
	assert_int_equal(claim(session, arena, noon, 10, &claims), 1);
	struct txn *txn = txn_begin(session, &err);
	ensure(txn && delivery_lock(txn_db(txn), ACCOUNT, &err) &&
	       deliveries_cancel(txn_db(txn), ACCOUNT, claims[0].event.sequence, NULL,
				 DELIVERY_CANCELLED, noon, &cancelled_count, &err) &&
	       txn_commit(&txn, &err));
	assert_int_equal(cancelled_count, 1);
	struct recorded cancelled = record(session, arena, &claims[0], DELIVERY_PENDING, after_s(9),
					   noon);
	assert_true(cancelled.stale && cancelled.has_next);
	assert_string_equal(cancelled.next.event.type, "PACKAGE_TRASH");
	record(session, arena, &cancelled.next, DELIVERY_DELIVERED, noon, noon);
	assert_int_equal(pending(test_store), 0);
}

static void a_disabled_endpoint_is_sent_nothing(struct test_store *test_store, struct arena *arena)
{
	const struct endpoint endpoint = {.account = ACCOUNT, .id = "ep_1", .package = ""};
	const struct subscription nothing = {NULL, 0, true, ""};
	struct session *session = test_store->session;
	struct error err = {0};
	struct claim *claims;

	append(session, "PACKAGE_CREATE", "p5");
	append(session, "PACKAGE_TRASH", "p5");
	struct txn *txn = txn_begin(session, &err);
	ensure(txn &&
	       endpoint_set_state(txn_db(txn), &endpoint, ENDPOINT_DISABLED, "TEST", &nothing, noon,
				  &err) &&
	       txn_commit(&txn, &err));
	assert_int_equal(append(session, "PACKAGE_CREATE", "p6"), 0);
	assert_int_equal(pending(test_store), 2);
	assert_int_equal(claim(session, arena, noon, 10, &claims), 0);
	assert_int_equal(pending(test_store), 0);
}

static int64_t leases_end(struct session *session, struct wall_time now)
{
	struct error err = {0};
	int64_t ended;
	struct txn *txn = txn_begin(session, &err);

	ensure(txn && lane_end_leases(txn_db(txn), now, now, false, &ended, &err) &&
	       txn_commit(&txn, &err));
	return ended;
}

/* The node that held the lane is gone: its lease says otherwise for 30 s more. */
static void what_a_dead_node_held_is_taken_over_at_once(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = store_with_endpoint(engine);
		struct error err = {0};
		struct session *other = session_open(test_store->store, &err);
		struct claim *claims;
		int64_t ended = 0;
		ensure(other && session_stand_for(other, "node", &err));
		append(test_store->session, "PACKAGE_CREATE", "p");
		assert_int_equal(claim(other, arena, noon, 10, &claims), 1);
		assert_int_equal(leases_end(test_store->session, after_s(1)), 0); /* it lives */
		session_close(other);
		session_close(test_store->session);
		test_store->session = session_open(test_store->store, &err);
		ensure(session_stand_for(test_store->session, "heir", &err));
		/* PostgreSQL notices the end of a connection a moment later. */
		for (int i = 0; i < 500 && engine == TEST_POSTGRESQL && ended == 0; i++) {
			usleep(10000);
			ended = leases_end(test_store->session, after_s(1));
		}
		assert_int_equal(ended, engine == TEST_POSTGRESQL ? 1 : 0);
		assert_int_equal(leases_end(test_store->session, after_s(30)),
				 engine == TEST_POSTGRESQL ? 0 : 1);
		assert_int_equal(claim(test_store->session, arena, after_s(30), 10, &claims), 1);
		test_store_close(test_store);
	}
}

/* After node_renew (outbound/ledger.c) the session stands for another name than the one a lane was
 * claimed under. */
static void a_lane_that_moves_on_belongs_to_the_nodes_new_name(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = store_with_endpoint(engine);
		struct error err = {0};
		struct claim *claims;
		append(test_store->session, "PACKAGE_CREATE", "p");
		append(test_store->session, "PACKAGE_CREATE", "p");
		assert_int_equal(claim(test_store->session, arena, noon, 10, &claims), 1);
		ensure(session_stand_for(test_store->session, "renewed", &err));
		assert_true(record_as("renewed", test_store->session, arena, &claims[0],
				      DELIVERY_DELIVERED, noon, noon, NULL)
				    .has_next);
		assert_int_equal(leases_end(test_store->session, after_s(1)), 0);
		test_store_close(test_store);
	}
}

/* The lease was over before the verdict came, and nobody had claimed the lane: the verdict counts,
 * and the claim goes on. */
static void a_claim_outlives_a_lease_nobody_took(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = store_with_endpoint(engine);
		struct session *session = test_store->session;
		struct error err = {0};
		struct claim *claims;
		append(session, "PACKAGE_CREATE", "p");
		append(session, "PACKAGE_TRASH", "p");
		assert_int_equal(claim(session, arena, noon, 10, &claims), 1);
		assert_int_equal(leases_end(session, after_s(31)), 1);
		struct recorded late = record(session, arena, &claims[0], DELIVERY_DELIVERED, noon,
					      after_s(31));
		assert_true(late.has_next && !late.stale);
		assert_int_equal(claim(session, arena, after_s(32), 10, &claims), 0);
		struct txn *txn = txn_begin(session, &err);
		ensure(txn && lane_put_off(txn_db(txn), &late.next, after_s(33), &err) &&
		       txn_commit(&txn, &err));
		assert_int_equal(claim(session, arena, after_s(33), 10, &claims), 1);
		test_store_close(test_store);
	}
}

static void lanes_on_each_engine(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = store_with_endpoint(engine);
		only_what_is_subscribed_is_queued(test_store, arena);
		a_lane_goes_one_by_one(test_store, arena);
		a_late_verdict_changes_nothing(test_store, arena);
		what_is_finished_can_be_queued_again(test_store, arena);
		what_is_put_off_waits_for_its_endpoint(test_store, arena);
		what_is_cancelled_under_way_holds_up_nothing(test_store, arena);
		what_is_set_aside_holds_up_nothing(test_store, arena);
		a_disabled_endpoint_is_sent_nothing(test_store, arena);
		test_store_close(test_store);
	}
}

/* Events come in while verdicts empty the same few lanes: whatever the interleaving, all is
 * delivered, in order. */
#define PRODUCERS 4
#define EVENTS_EACH 100
#define LANES 3

struct rush {
	struct test_store *test_store;
	atomic_int delivered, disorder, producing;
};

static void *produce(void *arg)
{
	struct rush *rush = arg;
	struct error err = {0};
	struct session *session = session_open(rush->test_store->store, &err);

	ensure(session);
	for (int i = 0; i < EVENTS_EACH; i++)
		append(session, "PACKAGE_CREATE", (const char *[]){"a", "b", "c"}[i % LANES]);
	session_close(session);
	atomic_fetch_sub(&rush->producing, 1);
	return NULL;
}

static void deliver(struct rush *rush, struct session *session, struct claim *claimed,
		    int64_t last[LANES])
{
	int lane = claimed->lane[0] - 'a';

	for (struct claim now = *claimed;;) {
		scoped(arena) struct arena *arena = arena_new();
		if (now.event.sequence <= last[lane])
			atomic_fetch_add(&rush->disorder, 1);
		last[lane] = now.event.sequence;
		struct recorded done = record(session, arena, &now, DELIVERY_DELIVERED, noon, noon);
		atomic_fetch_add(&rush->delivered, 1);
		if (!done.has_next)
			return;
		/* Its texts die with the arena: keep what is needed. */
		now.event.sequence = done.next.event.sequence;
		now.attempts = done.next.attempts;
		now.generation = done.next.generation;
	}
}

static void nothing_is_left_behind(void **state)
{
	EACH_ENGINE(engine)
	{
		struct rush rush = {.test_store = store_with_endpoint(engine),
				    .producing = PRODUCERS};
		pthread_t threads[PRODUCERS];
		int64_t last[LANES] = {0};
		for (int i = 0; i < PRODUCERS; i++)
			ensure(pthread_create(&threads[i], NULL, produce, &rush) == 0);
		for (bool more = true; more;) {
			scoped(arena) struct arena *arena = arena_new();
			bool producing = atomic_load(&rush.producing) > 0;
			struct claim *claims;
			size_t count = claim(rush.test_store->session, arena, noon, 10, &claims);
			for (size_t i = 0; i < count; i++)
				deliver(&rush, rush.test_store->session, &claims[i], last);
			more = producing || count > 0;
		}
		for (int i = 0; i < PRODUCERS; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(atomic_load(&rush.delivered), PRODUCERS * EVENTS_EACH);
		assert_int_equal(atomic_load(&rush.disorder), 0);
		test_store_close(rush.test_store);
	}
}

static void numbers_have_no_gap(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = store_with_endpoint(engine);
		struct error err = {0};
		const struct event event = {.account = ACCOUNT,
					    .id = "evt_dropped",
					    .type = "PACKAGE_CREATE",
					    .package = "p",
					    .session_user = "u",
					    .created = noon};
		struct event *events;
		struct event_place place;
		int64_t room = 1000;
		size_t count;
		for (int i = 0; i < 20; i++) {
			append(test_store->session, "PACKAGE_CREATE", "p");
			struct txn *txn = txn_begin(test_store->session, &err);
			ensure(event_append(txn_db(txn), &event, NULL, &room, &place, &err));
			txn_rollback(txn);
		}
		assert_true(event_list(session_db(test_store->session), arena, ACCOUNT, 0, 100,
				       &events, &count, &err));
		assert_int_equal(count, 20);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(events[i].sequence, i + 1);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_on_each_engine),
		cmocka_unit_test(what_a_dead_node_held_is_taken_over_at_once),
		cmocka_unit_test(a_lane_that_moves_on_belongs_to_the_nodes_new_name),
		cmocka_unit_test(a_claim_outlives_a_lease_nobody_took),
		cmocka_unit_test(nothing_is_left_behind),
		cmocka_unit_test(numbers_have_no_gap),
	};
	return cmocka_run_group_tests_name("store/delivery_store", tests, NULL, NULL);
}
