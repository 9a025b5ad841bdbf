/* faults_test.c – notifications on a store that fails at the Nth call, for every N, and on a sender
 * whose Nth request fails: registrations and appends are never half done, and whatever was appended
 * is delivered, in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "notify/callback.h"
#include "notify/endpoints.h"
#include "notify/event.h"
#include "notify/producer.h"
#include "notify/replay.h"
#include "outbound/cycle.h"
#include "store/delivery_store.h"
#include "store/fault_driver.h"

#define ACCOUNT "account00001"

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	json_t *(*act)(const struct context *context, struct scene *scene, struct error *err);
	char endpoint[64]; /* id */
	int number;	   /* of the call */
};

static void scene_begin(struct scene *scene, enum test_engine engine)
{
	static const unsigned char key[32] = {7};

	*scene = (struct scene){.store = test_store_open(engine, NULL),
				.keyring = keyring_from_key(key)};
	test_store_add_account(scene->store, ACCOUNT);
}

static void scene_end(struct scene *scene)
{
	test_store_close(scene->store);
	keyring_free(scene->keyring);
}

/* Calls scene->act as the operator, in an arena of its own. */
static bool as_operator(void *arg, struct error *err)
{
	struct scene *scene = arg;
	scoped(arena) struct arena *arena = arena_new();
	const struct wall_time now = wall_now();
	const struct context context = context_for_clockwork(scene->keyring, scene->store->session,
							     arena, ACCOUNT, now, now);

	scene->number++;
	json_t *made = scene->act(&context, scene, err);
	json_decref(made);
	return made != NULL;
}

/* ---- registrations and appends ---- */

static json_t *registration(void)
{
	return json_pack("{s:s, s:[ss]}", "url", "http://receiver.example/hook", "events",
			 "PACKAGE_CREATE", "PACKAGE_TRASH");
}

static json_t *callback_set(const struct context *context, struct scene *scene, struct error *err)
{
	scoped(json_t) json_t *body = registration();

	return callback_replace(context, "", body, err);
}

static json_t *endpoint_add(const struct context *context, struct scene *scene, struct error *err)
{
	scoped(json_t) json_t *body = registration();
	json_t *made = endpoint_create(context, body, err);

	if (made)
		snprintf(scene->endpoint, sizeof(scene->endpoint), "%s",
			 json_string_value(json_object_get(made, "id")));
	return made;
}

static json_t *secret_rotate(const struct context *context, struct scene *scene, struct error *err)
{
	scoped(json_t) json_t *body = json_object();

	return endpoint_rotate(context, scene->endpoint, body, err);
}

static json_t *events_append(const struct context *context, struct scene *scene, struct error *err)
{
	char key[32], one[32], other[32];
	const char *answer;
	bool repeated;

	snprintf(key, sizeof(key), "key-%d", scene->number);
	snprintf(one, sizeof(one), "one-%d", scene->number);
	snprintf(other, sizeof(other), "other-%d", scene->number);
	scoped(json_t) json_t *body = json_pack("{s:[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]}",
						"events", "name", "PACKAGE_CREATE", "packageId",
						one, "name", "PACKAGE_TRASH", "packageId", one,
						"name", "PACKAGE_CREATE", "packageId", other);
	return producer_append(context, body, key, &answer, &repeated, err) ? json_true() : NULL;
}

static json_t *replay_make(const struct context *context, struct scene *scene, struct error *err)
{
	scoped(json_t) json_t *body = json_pack("{s:s}", "endpointId", scene->endpoint);

	return replay_create(context, body, err);
}

static const struct {
	const char *what;
	json_t *(*act)(const struct context *context, struct scene *scene, struct error *err);
} calls[] = {
	{"a callback that is replaced", callback_set},
	/* Before there are so many endpoints that a fan-out is opened: notify/fan_out_test.c. */
	{"a batch of events", events_append},
	{"an endpoint", endpoint_add},
	{"an endpoint's secret", secret_rotate},
	{"a replay", replay_make},
};

static void calls_on_each_engine(void **state)
{
	struct error err = {0};

	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		scene.act = callback_set; /* from then on it is replaced */
		if (!as_operator(&scene, &err))
			fail_msg("%s", err.technical);
		fault_plug(scene.store);
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			scene.act = calls[i].act;
			fault_each(scene.store, engine, calls[i].what, as_operator, &scene);
		}
		scene_end(&scene);
	}
}

/* ---- deliveries ---- */

#define PACKAGES 2
#define EVENTS_EACH 3
#define SENT_MAX 256

struct delivering {
	struct scene *scene;
	struct outbound_config config;
	struct roster *roster;
	struct authorizer *authorizer;
	struct queue_view queue;
	struct wall_time now;
	struct job *jobs[OUTCOME_BATCH_MAX];
	size_t job_count;
	char node[16];
	int nodes, failing_send, sent; /* the request that fails; -1: none */
	struct {
		char package[8];
		int64_t sequence;
		bool accepted;
	} receipts[SENT_MAX];
};

static void never_sends(struct sending *sending, void *arg)
{
	ensure(!"these endpoints want no token");
}

static void node_begin(struct delivering *d)
{
	struct error err = {0};

	snprintf(d->node, sizeof(d->node), "node-%d", d->nodes++);
	if (!session_stand_for(d->scene->store->session, d->node, &err))
		fprintf(stderr, "the next connection stands for %s\n", d->node);
}

static void delivering_begin(struct delivering *d, struct scene *scene)
{
	static const struct authorizer_links links = {never_sends, never_sends, NULL};

	*d = (struct delivering){
		.scene = scene,
		.config = {.store = scene->store->store,
			   .keyring = scene->keyring,
			   .node = d->node,
			   .in_flight_limit = 64,
			   .guard = {.plain_http = PLAIN_HTTP_ANYWHERE},
			   .connect_timeout = duration_s(5),
			   .request_timeout = duration_s(10),
			   .proxy = "",
			   .retry_scale = 1},
		.queue = {.may_be_fresh = true},
		.now = wall_now(),
		.failing_send = -1,
	};
	d->roster = roster_new(d->config.in_flight_limit, 1);
	d->authorizer = authorizer_new(&d->config, scene->store->session, &links);
	node_begin(d);
}

static void delivering_end(struct delivering *d)
{
	authorizer_free(d->authorizer);
	roster_free(d->roster);
}

static bool cycle_once(struct delivering *d, struct error *err)
{
	struct cycle *cycle = calloc(1, sizeof(*cycle));

	ensure(cycle);
	*cycle = (struct cycle){.config = &d->config,
				.session = d->scene->store->session,
				.roster = d->roster,
				.authorizer = d->authorizer,
				.queue = &d->queue,
				.arena = arena_new(),
				.now = d->now,
				.shown = d->now,
				.lease_over = d->now,
				.in_flight = (unsigned)d->job_count,
				.outcome_count = d->job_count};
	memcpy(cycle->outcomes, d->jobs, d->job_count * sizeof(d->jobs[0]));
	bool done = cycle_commit(cycle, err);
	if (done) {
		cycle_forget_outcomes(cycle);
		for (size_t i = 0; i < cycle->claim_count; i++)
			d->jobs[i] = job_new(&cycle->claims[i]);
		d->job_count = cycle->claim_count;
	}
	arena_free(cycle->arena);
	free(cycle);
	return done;
}

static void job_send(struct delivering *d, struct job *job)
{
	const bool fails = d->sent == d->failing_send;

	ensure(d->sent < SENT_MAX);
	if (!job_prepare(job, &d->config, session_db(d->scene->store->session), d->now))
		return; /* the store has just failed: the outcome says so */
	job->sending.started = d->now;
	job->sending.outcome = (struct outcome){.error_class = fails ? ERROR_CLASS_TIMEOUT
								     : ERROR_CLASS_NONE,
						.http_status = fails ? 0 : 200};
	snprintf(d->receipts[d->sent].package, sizeof(d->receipts[0].package), "%s",
		 job->claim.event.package);
	d->receipts[d->sent].sequence = job->claim.event.sequence;
	d->receipts[d->sent++].accepted = !fails;
}

static bool is_quiet(struct delivering *d)
{
	const struct delivery_filter filter = {
		.account = ACCOUNT, .state = DELIVERY_PENDING, .http_status = -1, .limit = 1};
	scoped(arena) struct arena *arena = arena_new();
	struct delivery_page page;
	struct error err = {0};

	ensure(delivery_search(session_db(d->scene->store->session), arena, &filter, &page, &err));
	return page.count == 0;
}

/* As the ledger does: what failed is tried again, under another name when nobody knows what was
 * stored. */
static void deliver_all(struct delivering *d, bool *ret_happened)
{
	unsigned failed = 0;

	for (int turns = 0;; turns++) {
		struct error err = {0};
		ensure(turns < 500);
		if (!cycle_once(d, &err)) {
			failed += fault_disable();
			if (err.code == ERROR_COMMIT_UNKNOWN)
				node_begin(d);
			continue;
		}
		for (size_t i = 0; i < d->job_count; i++)
			job_send(d, d->jobs[i]);
		if (d->job_count > 0)
			continue;
		failed += fault_disable();
		if (is_quiet(d))
			break;
		/* A retry, or a lease of the name we had: their time comes. */
		d->now = wall_add(d->now, duration_s(600));
		d->queue.may_be_fresh = true;
		d->queue.next_look = d->queue.next_sweep = wall_from_us(0);
	}
	*ret_happened = failed > 0;
}

static void events_raise(struct delivering *d)
{
	struct error err = {0};

	for (int i = 0; i < PACKAGES * EVENTS_EACH; i++) {
		char package[8];
		snprintf(package, sizeof(package), "p%d", i % PACKAGES);
		const struct event_draft draft = {.type = EVENT_PACKAGE_CREATE,
						  .account = ACCOUNT,
						  .package = package,
						  .session_user = ACCOUNT};
		struct txn *txn = txn_begin(d->scene->store->session, &err);
		ensure(txn && event_raise(txn, &draft, d->now, &err) && txn_commit(&txn, &err));
	}
	d->queue.may_be_fresh = true;
}

/* First receipts of a package ascend, and nothing is passed over before it was accepted. */
static void receipts_check(const struct delivering *d, const char *what)
{
	int accepted = 0;

	for (int p = 0; p < PACKAGES; p++) {
		int64_t last = 0;
		bool was_accepted = true;
		char package[8];
		snprintf(package, sizeof(package), "p%d", p);
		for (int i = 0; i < d->sent; i++) {
			if (strcmp(d->receipts[i].package, package) != 0)
				continue;
			int64_t sequence = d->receipts[i].sequence;
			if (sequence < last || (sequence > last && !was_accepted))
				fail_msg("%s: event %lld after %lld", what, (long long)sequence,
					 (long long)last);
			accepted += sequence > last && d->receipts[i].accepted;
			accepted += sequence == last && !was_accepted && d->receipts[i].accepted;
			was_accepted = (sequence == last && was_accepted) ||
				       d->receipts[i].accepted;
			last = sequence;
		}
	}
	if (accepted != PACKAGES * EVENTS_EACH)
		fail_msg("%s: %d of %d events arrived", what, accepted, PACKAGES * EVENTS_EACH);
}

static bool nth_delivering(struct scene *scene, enum fault_kind kind, unsigned nth)
{
	struct delivering *d = calloc(1, sizeof(*d));
	char what[80];
	bool happened;

	ensure(d);
	snprintf(what, sizeof(what), "%s at call %u", fault_name(kind), nth);
	delivering_begin(d, scene);
	events_raise(d);
	d->failing_send = (int)(nth % (PACKAGES * EVENTS_EACH));
	fault_enable(kind, nth, 1);
	deliver_all(d, &happened);
	receipts_check(d, what);
	delivering_end(d);
	free(d);
	return happened;
}

static void deliveries_on_each_engine(void **state)
{
	struct error err = {0};

	EACH_ENGINE(engine)
	{
		struct scene scene;
		unsigned faults = 0;
		scene_begin(&scene, engine);
		scene.act = endpoint_add;
		if (!as_operator(&scene, &err))
			fail_msg("%s", err.technical);
		fault_plug(scene.store);
		for (enum fault_kind kind = 0; kind < FAULT_KIND_COUNT; kind++) {
			for (unsigned nth = 0;
			     fault_exists(kind, engine) && nth_delivering(&scene, kind, nth); nth++)
				faults++;
		}
		fprintf(stderr, "deliveries on %s: %u faults\n", test_engine_name(engine), faults);
		assert_true(faults > 0);
		scene_end(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_on_each_engine),
		cmocka_unit_test(deliveries_on_each_engine),
	};

	crypto_start();
	return cmocka_run_group_tests_name("outbound/faults", tests, NULL, NULL);
}
