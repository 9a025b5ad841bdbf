/* delivery_locks_test.c – everybody at the queue at the same time: producers with batches over many
 * packages, two nodes' verdicts, replays, expunging, retention, endpoints that change. Whatever the
 * interleaving, nobody blocks anybody for good, nothing fails, and nothing is left behind. */
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

#include "base/ensure.h"
#include "store/delivery_store.h"
#include "store/retention_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define LEASE duration_s(3000)
#define PACKAGES 6
#define ENDPOINTS 2
#define BATCH 8
#define ROUNDS 40 /* of each actor */

static const struct wall_time noon = {1700000000000000}; /* then everything began */
static const struct wall_time now = {1700001000000000};

struct crowd;

struct actor {
	const char *name;
	/* One transaction. False: it failed. */
	bool (*act)(struct actor *actor, struct txn *txn, struct arena *arena, struct error *err);
	int count;
	/* Its own. */
	struct crowd *crowd;
	struct session *session;
	unsigned seed;
	pthread_t thread;
	char node[16];
	struct claim claims[64];
	size_t claim_count;
};

struct crowd {
	struct test_store *store;
	atomic_int number, failed, busy;
	atomic_llong last; /* sequence */
};

static int64_t choose(struct actor *actor, int64_t limit)
{
	return limit > 0 ? rand_r(&actor->seed) % limit : 0;
}

static const char *endpoint_id(int i)
{
	static const char *const ids[ENDPOINTS] = {"ep_1", "ep_2"};
	return ids[i];
}

static void endpoint_add(struct test_store *test_store, const char *id)
{
	static const unsigned char sealed[3] = {1, 2, 3};
	static const char *const types[] = {"PACKAGE_CREATE"};
	const struct subscription subscription = {types, 1, true, ""};
	struct error err = {0};
	const struct endpoint endpoint = {.account = ACCOUNT,
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
	struct txn *txn = txn_begin(test_store->session, &err);

	ensure(txn && endpoint_put(txn_db(txn), &endpoint, &subscription, &err) &&
	       txn_commit(&txn, &err));
}

/* ---- who does what ---- */

/* Events of many packages, in any order. */
static bool produce(struct actor *actor, struct txn *txn, struct arena *arena, struct error *err)
{
	const char *packages[BATCH];
	int64_t room = 1000000;
	struct event_place place = {0};

	for (int i = 0; i < BATCH; i++)
		packages[i] = arena_printf(arena, "p%d", (int)choose(actor, PACKAGES));
	if (!delivery_lock_lanes(txn_db(txn), ACCOUNT, packages, BATCH, err))
		return false;
	for (int i = 0; i < BATCH; i++) {
		int number = atomic_fetch_add(&actor->crowd->number, 1);
		const struct event event = {.account = ACCOUNT,
					    .id = arena_printf(arena, "evt_%d", number),
					    .type = "PACKAGE_CREATE",
					    .package = packages[i],
					    .session_user = "u",
					    .created = wall_add(noon, duration_us(number))};
		if (!event_append(txn_db(txn), &event, NULL, &room, &place, err))
			return false;
	}
	atomic_store(&actor->crowd->last, place.sequence);
	return true;
}

/* What a node's cycle does: verdicts in their order, then claims. */
static bool deliver(struct actor *actor, struct txn *txn, struct arena *arena, struct error *err)
{
	const struct lane_lease lease = {actor->node, now, wall_add(now, LEASE), now};
	struct verdict_record verdicts[ARRAY_SIZE(actor->claims)];
	struct claim claims[ARRAY_SIZE(actor->claims)];
	size_t count = 0, found, got;

	for (size_t i = 0; i < actor->claim_count; i++) {
		const struct claim *claim = &actor->claims[i];
		verdicts[i] = (struct verdict_record){.attempt = {.account = ACCOUNT,
								  .endpoint = claim->endpoint.id,
								  .sequence = claim->event.sequence,
								  .started = now,
								  .address = "",
								  .error_class = "",
								  .phase = "",
								  .reply_start = "",
								  .reply_head = "",
								  .request_head = "",
								  .tls = ""},
						      .lane = claim->lane,
						      .generation = claim->generation,
						      .state = choose(actor, 4) ? DELIVERY_DELIVERED
										: DELIVERY_PENDING,
						      .retry_at = now};
	}
	qsort(verdicts, actor->claim_count, sizeof(*verdicts),
	      (int (*)(const void *, const void *))verdict_compare);
	for (size_t i = 0; i < actor->claim_count; i++) {
		bool has_next, stale;
		if (!attempt_record(txn_db(txn), arena, &verdicts[i], &lease, &claims[count],
				    &has_next, &stale, err))
			return false;
		count += !stale && has_next;
	}
	if (!lane_claim_fresh(txn_db(txn), arena, &lease, 8, claims + count, &got, &found, err))
		return false;
	count += got;
	for (int i = 0; i < ENDPOINTS; i++, count += got) {
		if (!lane_claim_waiting(txn_db(txn), arena, &lease, ACCOUNT, endpoint_id(i),
					choose(actor, 4) ? LANES_OLDEST_FIRST : LANES_NEWEST_FIRST,
					8, claims + count, &got, &found, err))
			return false;
	}
	ensure(count <= ARRAY_SIZE(claims));
	memcpy(actor->claims, claims, count * sizeof(*claims));
	actor->claim_count = count;
	return true;
}

static bool replay(struct actor *actor, struct txn *txn, struct arena *arena, struct error *err)
{
	int64_t from = choose(actor, atomic_load(&actor->crowd->last));
	const char *endpoint = endpoint_id((int)choose(actor, ENDPOINTS));
	struct event *events;
	size_t count, queued;

	return delivery_lock(txn_db(txn), ACCOUNT, err) &&
	       event_list(txn_db(txn), arena, ACCOUNT, from, 20, &events, &count, err) &&
	       (count == 0 ||
		deliveries_queue(txn_db(txn), events, count, endpoint, true, now, &queued, err));
}

static bool expunge(struct actor *actor, struct txn *txn, struct arena *arena, struct error *err)
{
	int64_t sequence = choose(actor, atomic_load(&actor->crowd->last)) + 1, cancelled;

	return delivery_lock(txn_db(txn), ACCOUNT, err) &&
	       deliveries_cancel(txn_db(txn), ACCOUNT, sequence, NULL, DELIVERY_EXPUNGED, now,
				 &cancelled, err);
}

static bool kind_prune(struct txn *txn, struct arena *arena, enum retention_kind kind,
		       struct error *err)
{
	const struct wall_time far = wall_add(now, duration_s(1000));
	struct retention_key *keys;
	int64_t removed;
	size_t count;

	return retention_find(txn_db(txn), arena, ACCOUNT, kind, far, 10, &keys, &count, err) &&
	       delivery_lock(txn_db(txn), ACCOUNT, err) &&
	       retention_remove(txn_db(txn), ACCOUNT, kind, keys, count, far, &removed, err);
}

static bool prune(struct actor *actor, struct txn *txn, struct arena *arena, struct error *err)
{
	return choose(actor, 2) ? kind_prune(txn, arena, RETENTION_DELIVERIES, err)
				: kind_prune(txn, arena, RETENTION_EVENTS, err) &&
					  retention_prune_endpoints(txn_db(txn), ACCOUNT, err);
}

static bool change(struct actor *actor, struct txn *txn, struct arena *arena, struct error *err)
{
	static const char *const types[] = {"PACKAGE_CREATE"};
	const struct subscription subscription = {types, 1, true, ""};
	const struct endpoint endpoint = {.account = ACCOUNT,
					  .id = endpoint_id((int)choose(actor, ENDPOINTS)),
					  .package = ""};
	struct endpoint_health health;

	if (choose(actor, 2)) /* a verdict's: without the account's number */
		return endpoint_note_failure(txn_db(txn), &endpoint, now, &health, err) &&
		       endpoint_note_success(txn_db(txn), &endpoint, err);
	return endpoint_set_state(txn_db(txn), &endpoint,
				  choose(actor, 2) ? ENDPOINT_PAUSED : ENDPOINT_ACTIVE, "",
				  &subscription, now, err);
}

/* ---- all at once ---- */

static void *act(void *arg)
{
	struct actor *actor = arg;
	struct arena *kept = arena_new(); /* of the claims */

	for (int i = 0; i < actor->count; i++) {
		struct arena *arena = arena_new();
		struct error err = {0};
		struct txn *txn = txn_begin(actor->session, &err);
		bool ok = txn && actor->act(actor, txn, arena, &err);
		if (ok)
			ok = txn_commit(&txn, &err);
		else if (txn)
			txn_rollback(txn);
		if (!ok) {
			fprintf(stderr, "%s: %s\n", actor->name, err.technical);
			atomic_fetch_add(&actor->crowd->failed, 1);
		}
		/* A node's claims live until the next round that succeeds. */
		arena_free(ok ? kept : arena);
		kept = ok ? arena : kept;
	}
	actor->claim_count = 0;
	arena_free(kept);
	return NULL;
}

static int64_t pending(struct test_store *test_store)
{
	struct retention_size size;
	struct error err = {0};

	ensure(retention_pending_read(session_db(test_store->session), ACCOUNT, &size, &err));
	return size.count;
}

/* What is left – claims of nodes that are no more, too – is delivered by one that comes later. */
static void deliver_the_rest(struct crowd *crowd)
{
	struct actor heir = {.name = "heir", .crowd = crowd, .node = "heir"};
	struct error err = {0};

	struct txn *txn = txn_begin(crowd->store->session, &err);
	ensure(txn && lane_end_leases(txn_db(txn), now, now, true, NULL, &err) &&
	       txn_commit(&txn, &err));
	struct arena *arenas[2] = {arena_new(), NULL};
	for (int i = 0; i == 0 || heir.claim_count > 0 || i < 3; i++) {
		txn = txn_begin(crowd->store->session, &err);
		struct arena *arena = arena_new();
		if (!txn || !deliver(&heir, txn, arena, &err) || !txn_commit(&txn, &err))
			fail_msg("%s", err.technical);
		arena_free(arenas[1]);
		arenas[1] = arenas[0];
		arenas[0] = arena;
	}
	arena_free(arenas[0]);
	arena_free(arenas[1]);
}

static void nobody_blocks_anybody(void **state)
{
	EACH_ENGINE(engine)
	{
		struct actor actors[] = {
			{.name = "producer", .act = produce, .count = ROUNDS},
			{.name = "another producer", .act = produce, .count = ROUNDS},
			{.name = "node", .act = deliver, .count = 3 * ROUNDS},
			{.name = "another node", .act = deliver, .count = 3 * ROUNDS},
			{.name = "replay", .act = replay, .count = 2 * ROUNDS},
			{.name = "another replay", .act = replay, .count = 2 * ROUNDS},
			{.name = "expunging", .act = expunge, .count = 2 * ROUNDS},
			{.name = "retention", .act = prune, .count = ROUNDS},
			{.name = "owner", .act = change, .count = 2 * ROUNDS},
		};
		struct crowd crowd = {.store = test_store_open(engine, NULL)};
		struct error err = {0};

		test_store_add_account(crowd.store, ACCOUNT);
		for (int i = 0; i < ENDPOINTS; i++)
			endpoint_add(crowd.store, endpoint_id(i));
		for (size_t i = 0; i < ARRAY_SIZE(actors); i++) {
			actors[i].crowd = &crowd;
			actors[i].seed = (unsigned)(i + 1);
			actors[i].session = session_open(crowd.store->store, &err);
			snprintf(actors[i].node, sizeof(actors[i].node), "node %zu", i);
			ensure(actors[i].session &&
			       pthread_create(&actors[i].thread, NULL, act, &actors[i]) == 0);
		}
		for (size_t i = 0; i < ARRAY_SIZE(actors); i++) {
			pthread_join(actors[i].thread, NULL);
			session_close(actors[i].session);
		}
		assert_int_equal(atomic_load(&crowd.failed), 0);
		deliver_the_rest(&crowd);
		assert_int_equal(pending(crowd.store), 0);
		test_store_close(crowd.store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_blocks_anybody),
	};
	return cmocka_run_group_tests_name("store/delivery_locks", tests, NULL, NULL);
}
