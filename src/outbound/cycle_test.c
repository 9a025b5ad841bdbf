/* cycle_test.c – days of failures in milliseconds: the ledger's cycles against a real store, with a
 * clock of the test's own and receivers that answer at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "notify/endpoints.h"
#include "notify/event.h"
#include "outbound/cycle.h"
#include "store/db.h"
#include "store/mail_store.h"
#include "store/retention_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define OWNER ACCOUNT "@bank.example"
#define CONTACT "ops@bank.example"
#define ATTEMPTS_MAX 2048
#define OUR_SHORTAGE (-1)
#define HOUR_S 3600
#define DAY_S (24 * HOUR_S)

static const struct wall_time start = {1700000000000000};

/* ---- a ledger's memory, and what it works on ---- */

struct node {
	struct roster *roster;
	struct authorizer *authorizer;
	struct queue_view queue;
};

struct made {
	struct wall_time at;
	char package[16];
};

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	struct arena *arena;
	struct outbound_config config;
	struct node node, *acting;
	struct wall_time now;
	const char *endpoint; /* id */
	/* What a receiver answers: an HTTP status, 0 for a time-out; OUR_SHORTAGE: it is not
	 * reached. */
	long (*answer)(const struct scene *scene, const struct job *job);
	struct duration retry_after; /* that it asks for */
	bool without_token;	     /* it is not even asked */
	long status;		     /* for says_status */
	struct made made[ATTEMPTS_MAX];
	size_t made_count;
	struct bytes last_body;
};

static long says_status(const struct scene *scene, const struct job *job)
{
	return scene->status;
}

static void never_sends(struct sending *sending, void *arg)
{
	ensure(!"these endpoints want no token");
}

static void node_begin(struct scene *scene, struct node *node)
{
	static const struct authorizer_links links = {never_sends, never_sends, NULL};

	*node = (struct node){
		.roster = roster_new(scene->config.in_flight_limit, 1),
		.authorizer = authorizer_new(&scene->config, scene->store->session, &links),
		.queue = {.may_be_fresh = true},
	};
}

static void node_end(struct node *node)
{
	authorizer_free(node->authorizer);
	roster_free(node->roster);
}

static struct context context_of(const struct scene *scene)
{
	return context_for_clockwork(scene->keyring, scene->store->session, scene->arena, ACCOUNT,
				     scene->now, scene->now);
}

/* With more members of its body, as JSON. */
static void endpoint_add(struct scene *scene, const char *more)
{
	const struct context context = context_of(scene);
	struct error err = {0};
	scoped(json_t) json_t *body = json_loads(more, 0, NULL);
	ensure(body);
	json_object_set_new(body, "url", json_string("http://receiver.example/hook"));
	json_object_set_new(body, "contact", json_string(CONTACT));
	json_object_set_new(body, "events", json_pack("[s]", "PACKAGE_CREATE"));
	json_t *made = endpoint_create(&context, body, &err);
	if (!made)
		fail_msg("%s", err.technical);
	scene->endpoint = arena_strdup(scene->arena,
				       json_string_value(json_object_get(made, "id")));
	json_decref(made);
}

static void scene_begin(struct scene *scene, enum test_engine engine, const char *more)
{
	static const unsigned char key[32] = {7};
	struct error err = {0};

	*scene = (struct scene){
		.store = test_store_open(engine, NULL),
		.keyring = keyring_from_key(key),
		.arena = arena_new(),
		.now = start,
		.answer = says_status,
		.status = 500,
	};
	scene->config = (struct outbound_config){.store = scene->store->store,
						 .keyring = scene->keyring,
						 .node = "test",
						 .in_flight_limit = 64,
						 .guard = {.plain_http = PLAIN_HTTP_ANYWHERE},
						 .connect_timeout = duration_s(5),
						 .request_timeout = duration_s(10),
						 .proxy = "",
						 .disable_after = duration_s(0),
						 .retry_scale = 1};
	ensure(session_stand_for(scene->store->session, "test", &err));
	node_begin(scene, &scene->node);
	scene->acting = &scene->node;
	test_store_add_account(scene->store, ACCOUNT);
	endpoint_add(scene, more);
}

static void scene_end(struct scene *scene)
{
	node_end(&scene->node);
	test_store_close(scene->store);
	keyring_free(scene->keyring);
	arena_free(scene->arena);
}

static void raise_event(struct scene *scene, const char *package)
{
	const struct event_draft draft = {.type = EVENT_PACKAGE_CREATE,
					  .account = ACCOUNT,
					  .package = package,
					  .session_user = ACCOUNT};
	struct error err = {0};
	struct txn *txn = txn_begin(scene->store->session, &err);

	test_store_set_queue_time(scene->store, scene->now);
	ensure(txn && event_raise(txn, &draft, scene->now, &err) && txn_commit(&txn, &err));
	scene->node.queue.may_be_fresh = true;
}

/* ---- cycles ---- */

struct jobs {
	struct job *list[OUTCOME_BATCH_MAX];
	size_t count;
};

/* One transaction: takes `jobs` as outcomes, if they are recorded, and gives those that are to be
 * sent. */
static bool turn(struct scene *scene, struct jobs *jobs)
{
	struct cycle *cycle = calloc(1, sizeof(*cycle));
	struct error err = {0};

	ensure(cycle);
	*cycle = (struct cycle){.config = &scene->config,
				.session = scene->store->session,
				.roster = scene->acting->roster,
				.authorizer = scene->acting->authorizer,
				.queue = &scene->acting->queue,
				.arena = arena_new(),
				.now = scene->now,
				.shown = scene->now,
				.lease_over = scene->now,
				.in_flight = (unsigned)jobs->count,
				.outcome_count = jobs->count};
	memcpy(cycle->outcomes, jobs->list, jobs->count * sizeof(*jobs->list));
	bool done = cycle_commit(cycle, &err);
	if (done) {
		cycle_forget_outcomes(cycle);
		for (size_t i = 0; i < cycle->claim_count; i++)
			jobs->list[i] = job_new(&cycle->claims[i]);
		jobs->count = cycle->claim_count;
	}
	/* No other node leaves anything behind here. */
	scene->acting->queue.next_look = scene->acting->queue.next_sweep = wall_from_us(INT64_MAX);
	arena_free(cycle->arena);
	free(cycle);
	return done;
}

static void answer(struct scene *scene, struct job *job)
{
	struct sending *sending = &job->sending;
	long status = scene->answer(scene, job);

	if (scene->without_token) {
		sending->started = scene->now;
		sending->outcome.error_class = ERROR_CLASS_AUTHORIZATION;
	} else {
		ensure(job_prepare(job, &scene->config, session_db(scene->store->session),
				   scene->now));
		scene->last_body = (struct bytes){
			arena_memdup(scene->arena, sending->body.data, sending->body.length),
			sending->body.length};
		sending->outcome = (struct outcome){status ? ERROR_CLASS_NONE : ERROR_CLASS_TIMEOUT,
						    status, scene->retry_after};
		if (status == OUR_SHORTAGE)
			sending->outcome = (struct outcome){.error_class = ERROR_CLASS_SHORTAGE};
	}
	ensure(scene->made_count < ATTEMPTS_MAX);
	struct made *made = &scene->made[scene->made_count++];
	made->at = scene->now;
	snprintf(made->package, sizeof(made->package), "%s", job->claim.event.package);
}

static struct jobs jobs_take(struct scene *scene)
{
	struct jobs jobs = {.count = 0};

	ensure(turn(scene, &jobs));
	return jobs;
}

static void jobs_answer(struct scene *scene, const struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		answer(scene, jobs->list[i]);
}

/* Those and what follows from them, now. */
static void run_jobs(struct scene *scene, struct jobs *jobs)
{
	while (jobs->count > 0) {
		for (size_t i = 0; i < jobs->count; i++) {
			if (!jobs->list[i]->sending.body.data)
				answer(scene, jobs->list[i]);
		}
		ensure(turn(scene, jobs));
	}
}

/* All that is due until then happens, each thing at its time. */
static void run_until(struct scene *scene, struct wall_time until)
{
	for (;;) {
		struct jobs jobs = jobs_take(scene);
		run_jobs(scene, &jobs);
		struct wall_time due = roster_next_due(scene->acting->roster);
		if (scene->acting->queue.may_be_fresh || scene->acting->queue.may_be_stopped)
			continue;
		if (due.us > until.us)
			break;
		if (due.us > scene->now.us)
			scene->now = due;
	}
	scene->now = until;
}

static struct wall_time after_s(int64_t s)
{
	return wall_add(start, duration_s(s));
}

/* ---- what is on record ---- */

static struct endpoint endpoint_now(struct scene *scene)
{
	struct error err = {0};
	struct endpoint endpoint;
	bool found;

	ensure(endpoint_find(session_db(scene->store->session), scene->arena, ACCOUNT,
			     scene->endpoint, &endpoint, &found, &err) &&
	       found);
	return endpoint;
}

static struct delivery *delivery_of(struct scene *scene, const char *package)
{
	const struct delivery_filter filter = {
		.account = ACCOUNT, .package = package, .state = -1, .http_status = -1, .limit = 1};
	struct delivery_page page;
	struct error err = {0};

	ensure(delivery_search(session_db(scene->store->session), scene->arena, &filter, &page,
			       &err) &&
	       page.count == 1);
	return page.list;
}

struct letter {
	const char *recipient, *subject, *body;
};

/* Those queued since the last call; the reader sees them all. */
static size_t letters_take(struct scene *scene, struct letter *ret_letters, size_t room)
{
	struct error err = {0};
	struct mail *mails;
	size_t count;
	struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn &&
	       mail_claim(txn_db(txn), scene->arena, after_s(100 * DAY_S), after_s(200 * DAY_S),
			  100, &mails, &count, &err) &&
	       txn_commit(&txn, &err));
	for (size_t i = 0; i < count && i < room; i++) {
		const char *context = arena_printf(scene->arena, "mail:%s", mails[i].id);
		struct bytes body;
		ensure(keyring_unseal(scene->keyring, scene->arena, context, mails[i].body_sealed,
				      &body, &err));
		ret_letters[i] = (struct letter){
			mails[i].recipient, mails[i].subject,
			arena_strndup(scene->arena, (const char *)body.data, body.length)};
	}
	return count;
}

/* Exactly these two people have been told, both the same. */
static void owner_and_contact_were_told(struct scene *scene, const char *subject, const char *text)
{
	struct letter letters[8];
	bool owner = false, contact = false;

	assert_int_equal(letters_take(scene, letters, ARRAY_SIZE(letters)), 2);
	for (int i = 0; i < 2; i++) {
		owner |= strcmp(letters[i].recipient, OWNER) == 0;
		contact |= strcmp(letters[i].recipient, CONTACT) == 0;
		if (!strstr(letters[i].subject, subject) || !strstr(letters[i].body, text))
			fail_msg("%s: %s", letters[i].subject, letters[i].body);
	}
	assert_true(owner && contact);
}

static void nobody_was_told(struct scene *scene)
{
	struct letter letters[1];
	size_t count = letters_take(scene, letters, 1);

	if (count > 0)
		fail_msg("%zu mails; %s: %s", count, letters[0].subject, letters[0].body);
}

/* ---- the schedule ---- */

/* Between the attempts: 0.8 to 1.2 times the waits. */
static void waits_are(const struct scene *scene, const int64_t *waits_s, size_t count)
{
	assert_int_equal(scene->made_count, count + 1);
	for (size_t i = 0; i < count; i++) {
		int64_t waited_us = wall_since(scene->made[i + 1].at, scene->made[i].at).us;
		if (waited_us < waits_s[i] * 800000 || waited_us > waits_s[i] * 1200000)
			fail_msg("wait %zu: %lld us", i, (long long)waited_us);
	}
}

static void ten_attempts_over_75_hours_and_then_a_mail(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{}");
		raise_event(&scene, "p");
		run_until(&scene, after_s(40 * HOUR_S));
		assert_int_equal(delivery_of(&scene, "p")->state, DELIVERY_PENDING);
		nobody_was_told(&scene);
		run_until(&scene, after_s(95 * HOUR_S));
		waits_are(&scene, backoff_default_waits_s, backoff_default_count);
		const struct delivery *delivery = delivery_of(&scene, "p");
		assert_int_equal(delivery->state, DELIVERY_FAILED);
		assert_int_equal(delivery->attempt_count, 10);
		assert_int_equal(delivery->finished.us, scene.made[9].at.us);
		/* What was sent, on a line of its own. */
		const char *line = arena_printf(scene.arena, "\n%.*s\n",
						(int)scene.last_body.length,
						(const char *)scene.last_body.data);
		assert_null(memchr(scene.last_body.data, '\n', scene.last_body.length));
		owner_and_contact_were_told(&scene, "could not be delivered", line);
		scene_end(&scene);
	}
}

/* For want of a token nothing was ever sent; the mail has it all the same. */
static void what_could_not_be_sent_is_in_the_mail_too(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{\"retryWaits\": [60]}");
		scene.without_token = true;
		raise_event(&scene, "p");
		run_until(&scene, after_s(HOUR_S));
		const struct delivery *delivery = delivery_of(&scene, "p");
		assert_int_equal(delivery->state, DELIVERY_FAILED);
		assert_string_equal(delivery->attempt_list[1].error_class, "AUTHORIZATION");
		owner_and_contact_were_told(&scene, "could not be delivered",
					    "\n{\"@class\":\"com.silanis.esl.packages.event."
					    "ESLProcessEvent\",\"name\":\"PACKAGE_CREATE\"");
		scene_end(&scene);
	}
}

/* For an hour this process has no descriptors; then the receiver gets what it would have got. */
static void our_own_shortage_uses_up_no_attempt(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{\"retryWaits\":[1]}");
		scene.status = OUR_SHORTAGE;
		raise_event(&scene, "p");
		run_until(&scene, after_s(HOUR_S));
		assert_true(scene.made_count > 2);
		const struct delivery *delivery = delivery_of(&scene, "p");
		assert_int_equal(delivery->state, DELIVERY_PENDING);
		assert_int_equal(delivery->attempt_count, 0);
		assert_int_equal(endpoint_now(&scene).failing_since.us, 0);
		scene.status = 200;
		run_until(&scene, after_s(HOUR_S + 10));
		delivery = delivery_of(&scene, "p");
		assert_int_equal(delivery->state, DELIVERY_DELIVERED);
		assert_int_equal(delivery->attempt_count, 1);
		nobody_was_told(&scene);
		scene_end(&scene);
	}
}

static void an_endpoint_has_its_own_schedule(void **state)
{
	static const int64_t waits_s[] = {60, 600};

	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{\"retryWaits\": [60, 600], \"failureMails\": false}");
		raise_event(&scene, "p");
		run_until(&scene, after_s(DAY_S));
		waits_are(&scene, waits_s, 2);
		assert_int_equal(delivery_of(&scene, "p")->state, DELIVERY_FAILED);
		nobody_was_told(&scene);
		scene_end(&scene);
	}
}

static void nothing_is_tried_behind_the_horizon(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{\"horizonHours\": 3}");
		raise_event(&scene, "p");
		run_until(&scene, after_s(DAY_S));
		/* 5 s, 30 s, 2 min, 10 min, 1 h; four hours more would be too late. */
		waits_are(&scene, backoff_default_waits_s, 5);
		assert_int_equal(delivery_of(&scene, "p")->state, DELIVERY_FAILED);
		assert_true(wall_since(delivery_of(&scene, "p")->finished, start).us <=
			    duration_s(3 * HOUR_S).us);
		scene_end(&scene);
	}
}

static void what_was_queued_again_begins_anew(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		size_t queued = 0;
		scene_begin(&scene, engine, "{\"horizonHours\": 3}");
		raise_event(&scene, "p");
		run_until(&scene, after_s(10 * HOUR_S));
		const struct delivery *failed = delivery_of(&scene, "p");
		assert_int_equal(failed->state, DELIVERY_FAILED);
		struct txn *txn = txn_begin(scene.store->session, &err);
		ensure(txn && delivery_lock(txn_db(txn), ACCOUNT, &err) &&
		       deliveries_queue(txn_db(txn), &failed->event, 1, scene.endpoint, true,
					scene.now, &queued, &err) &&
		       txn_commit(&txn, &err));
		assert_int_equal(queued, 1);
		scene.acting->queue.may_be_fresh = true;
		scene.made_count = 0;
		run_until(&scene, after_s(20 * HOUR_S));
		waits_are(&scene, backoff_default_waits_s, 5);
		assert_int_equal(delivery_of(&scene, "p")->attempt_count, 12);
		scene_end(&scene);
	}
}

/* 503 with Retry-After: its other packages wait too, an hour at most; this one as long as it says,
 * a day at most. */
static void a_receiver_that_asks_to_be_left_alone_is(void **state)
{
	static const struct {
		int64_t asked_s, own_s, others_s;
	} rows[] = {
		{100, 100, 100},
		{2 * HOUR_S, 2 * HOUR_S, HOUR_S},
		{300LL * DAY_S, DAY_S, HOUR_S},
	};

	EACH_ENGINE(engine)
	{
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct scene scene;
			scene_begin(&scene, engine, "{}");
			scene.status = 503;
			scene.retry_after = duration_s(rows[i].asked_s);
			raise_event(&scene, "p");
			run_until(&scene, after_s(1));
			scene.status = 200;
			scene.retry_after = duration_s(0);
			raise_event(&scene, "q");
			run_until(&scene, after_s(2 * DAY_S));
			assert_int_equal(scene.made_count, 3);
			for (size_t j = 1; j < 3; j++) {
				bool own = strcmp(scene.made[j].package, "p") == 0;
				assert_int_equal(
					scene.made[j].at.us,
					after_s(own ? rows[i].own_s : rows[i].others_s).us);
			}
			scene_end(&scene);
		}
	}
}

/* ---- endpoints that do nothing but fail ---- */

/* An event every six hours, from then until then. */
static void raise_until(struct scene *scene, int64_t from_h, int64_t until_h)
{
	for (int64_t h = from_h; h < until_h; h += 6) {
		run_until(scene, after_s(h * HOUR_S));
		raise_event(scene, arena_printf(scene->arena, "p%lld", (long long)h));
	}
	run_until(scene, after_s(until_h * HOUR_S));
}

static void days_of_failures_disable_and_somebody_is_told_first(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{\"failureMails\": false}");
		scene.config.disable_after = duration_s(5 * DAY_S);
		raise_until(&scene, 0, 71);
		assert_int_equal(endpoint_now(&scene).failing_since.us, start.us);
		nobody_was_told(&scene); /* three fifths are 72 hours */
		raise_until(&scene, 72, 73);
		owner_and_contact_were_told(&scene, "does not answer",
					    "the endpoint will be disabled on");
		raise_until(&scene, 78, 119);
		nobody_was_told(&scene);
		assert_int_equal(endpoint_now(&scene).state, ENDPOINT_ACTIVE);
		raise_until(&scene, 120, 121);
		owner_and_contact_were_told(&scene, "was disabled", "failed for days");
		assert_int_equal(endpoint_now(&scene).state, ENDPOINT_DISABLED);
		assert_string_equal(endpoint_now(&scene).state_reason, "FAILING");
		/* Nothing more is sent, and what waits fails in its turn. */
		scene.made_count = 0;
		raise_until(&scene, 126, 260);
		assert_int_equal(scene.made_count, 0);
		assert_int_equal(delivery_of(&scene, "p114")->state, DELIVERY_FAILED);
		scene_end(&scene);
	}
}

static void a_success_starts_the_count_anew(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{\"failureMails\": false}");
		scene.config.disable_after = duration_s(5 * DAY_S);
		raise_until(&scene, 0, 100);
		owner_and_contact_were_told(&scene, "does not answer", "");
		scene.status = 200;
		raise_until(&scene, 102, 103);
		assert_int_equal(endpoint_now(&scene).failing_since.us, 0);
		run_until(&scene, after_s(108 * HOUR_S - 1));
		scene.status = 500;
		raise_until(&scene, 108, 108 + 71);
		nobody_was_told(&scene);
		raise_until(&scene, 108 + 72, 108 + 119);
		owner_and_contact_were_told(&scene, "does not answer", "");
		assert_int_equal(endpoint_now(&scene).state, ENDPOINT_ACTIVE);
		raise_until(&scene, 108 + 120, 108 + 121);
		assert_int_equal(endpoint_now(&scene).state, ENDPOINT_DISABLED);
		scene_end(&scene);
	}
}

/* Two are sent to an endpoint that has failed for days; one comes back well, and then the other
 * fails. What it was sent with says that the endpoint is to be disabled. */
static void a_failure_that_comes_after_a_success_disables_nobody(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{\"retryWaits\": [60], \"failureMails\": false}");
		scene.config.disable_after = duration_s(5 * DAY_S);
		raise_event(&scene, "p");
		run_until(&scene, after_s(73 * HOUR_S));
		raise_event(&scene, "q");
		run_until(&scene, after_s(122 * HOUR_S));
		owner_and_contact_were_told(&scene, "does not answer", "");
		raise_event(&scene, "good");
		raise_event(&scene, "bad");
		struct jobs good = jobs_take(&scene), bad;
		assert_int_equal(good.count, 1); /* the breaker lets one through, to see */
		scene.status = 200;
		struct node other;
		node_begin(&scene, &other);
		scene.acting = &other;
		bad = jobs_take(&scene);
		assert_int_equal(bad.count, 1);
		scene.acting = &scene.node;
		jobs_answer(&scene, &good);
		ensure(turn(&scene, &good));
		assert_int_equal(good.count, 0);
		scene.acting = &other;
		scene.status = 500;
		jobs_answer(&scene, &bad);
		ensure(turn(&scene, &bad));
		struct endpoint endpoint = endpoint_now(&scene);
		assert_int_equal(endpoint.state, ENDPOINT_ACTIVE);
		assert_int_equal(endpoint.failing_since.us, scene.now.us);
		nobody_was_told(&scene);
		node_end(&other);
		scene_end(&scene);
	}
}

/* One node has seen it fail, another one succeed: the first must not believe that the store still
 * knows. */
static void a_node_does_not_trust_its_memory_of_failures(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct node other;
		scene_begin(&scene, engine, "{\"failureMails\": false}");
		raise_event(&scene, "p0");
		run_until(&scene, after_s(1));
		assert_int_equal(endpoint_now(&scene).failing_since.us, start.us);
		node_begin(&scene, &other);
		scene.acting = &other;
		scene.status = 200;
		scene.node.queue.may_be_fresh = false;
		raise_event(&scene, "p1");
		other.queue.may_be_fresh = true;
		struct jobs jobs = jobs_take(&scene);
		while (jobs.count > 0) {
			jobs_answer(&scene, &jobs);
			ensure(turn(&scene, &jobs));
		}
		assert_int_equal(endpoint_now(&scene).failing_since.us, 0);
		scene.acting = &scene.node;
		scene.status = 500;
		scene.now = after_s(HOUR_S);
		raise_event(&scene, "p2");
		run_until(&scene, after_s(HOUR_S + 1));
		assert_int_equal(endpoint_now(&scene).failing_since.us, after_s(HOUR_S).us);
		node_end(&other);
		scene_end(&scene);
	}
}

/* SQLite's files may not grow: each commit fails, as on a full disk. */
static void disk_set_full(bool full)
{
	struct rlimit limit;

	ensure(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	limit.rlim_cur = full ? 1 : limit.rlim_max;
	ensure(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void what_the_store_refused_is_not_believed(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE, "{\"failureMails\": false}");
	raise_event(&scene, "p");
	struct jobs jobs = jobs_take(&scene);
	assert_int_equal(jobs.count, 1);
	jobs_answer(&scene, &jobs);
	disk_set_full(true);
	assert_false(turn(&scene, &jobs));
	assert_false(turn(&scene, &jobs));
	disk_set_full(false);
	assert_true(turn(&scene, &jobs));
	assert_int_equal(endpoint_now(&scene).failing_since.us, start.us);
	assert_int_equal(delivery_of(&scene, "p")->attempt_count, 1);
	/* And the other way round. */
	scene.now = after_s(6);
	scene.status = 200;
	jobs = jobs_take(&scene);
	assert_int_equal(jobs.count, 1);
	jobs_answer(&scene, &jobs);
	disk_set_full(true);
	assert_false(turn(&scene, &jobs));
	disk_set_full(false);
	assert_true(turn(&scene, &jobs));
	assert_int_equal(endpoint_now(&scene).failing_since.us, 0);
	scene_end(&scene);
}

/* Each refused cycle has claimed fresh lanes, and the next heads of those it recorded: none of that
 * happened. */
static void what_was_claimed_in_vain_is_claimed_again(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE, "{}");
	scene.status = 200;
	for (int i = 0; i < 3; i++) {
		raise_event(&scene, "p");
		raise_event(&scene, "q");
	}
	struct jobs jobs = jobs_take(&scene);
	assert_int_equal(jobs.count, 2);
	jobs_answer(&scene, &jobs);
	raise_event(&scene, "r");
	disk_set_full(true);
	for (int i = 0; i < 5; i++)
		assert_false(turn(&scene, &jobs));
	disk_set_full(false);
	assert_int_equal(jobs.count, 2); /* the outcomes, still */
	run_jobs(&scene, &jobs);
	run_until(&scene, after_s(1));
	assert_int_equal(scene.made_count, 7);
	for (int i = 0; i < 100;
	     i++) /* its window is as wide as it should be: nothing is thought to be under way */
		raise_event(&scene, arena_printf(scene.arena, "n%d", i));
	jobs = jobs_take(&scene);
	assert_int_equal(jobs.count, 4 + 7);
	run_jobs(&scene, &jobs);
	run_until(&scene, after_s(2));
	assert_int_equal(scene.made_count, 107);
	scene_end(&scene);
}

/* An attempt may take two minutes, when its endpoint wants that; nobody takes its lane meanwhile,
 * whatever is usual. */
static void a_lease_outlives_the_longest_attempt(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		int64_t ended;
		scene_begin(&scene, engine, "{\"timeoutMs\": 120000}");
		raise_event(&scene, "p");
		struct jobs jobs = jobs_take(&scene);
		assert_int_equal(jobs.count, 1);
		for (int64_t s = 0; s <= 240; s += 30) {
			struct txn *txn = txn_begin(scene.store->session, &err);
			ensure(txn && lane_end_leases(txn_db(txn), after_s(s), after_s(s), false,
						      &ended, &err));
			assert_int_equal(ended, s < 120 + LEASE_START_S + LEASE_RECORD_S ? 0 : 1);
			txn_rollback(txn);
		}
		scene.now = after_s(121);
		run_jobs(&scene, &jobs);
		assert_int_equal(delivery_of(&scene, "p")->attempt_count, 1);
		scene_end(&scene);
	}
}

/* As a clock that was wrong has left it. */
static void lanes_due_at(struct scene *scene, struct wall_time due)
{
	static const char sql[] = "UPDATE lane SET due_us = $1 WHERE state = 1";
	struct error err = {0};
	struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn && db_run(txn_db(txn), sql, ARGS(arg_time(due)), NULL, &err) &&
	       txn_commit(&txn, &err));
}

static void what_waits_for_longer_than_any_schedule_is_brought_back(void **state)
{
	static const struct {
		const char *name;
		int64_t due_s;
		size_t made;
	} rows[] = {{"a long schedule", 8 * DAY_S, 1}, {"no schedule", 9 * DAY_S, 2}};

	EACH_ENGINE(engine)
	{
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct scene scene;
			scene_begin(&scene, engine, "{}");
			raise_event(&scene, "p");
			run_until(&scene, after_s(1));
			assert_int_equal(scene.made_count, 1);
			lanes_due_at(&scene, after_s(rows[i].due_s));
			node_end(&scene.node);
			node_begin(&scene, &scene.node); /* a start */
			scene.node.queue.may_be_far = true;
			scene.status = 200;
			run_until(&scene, after_s(60));
			if (scene.made_count != rows[i].made)
				fail_msg("%s: %zu attempts", rows[i].name, scene.made_count);
			scene_end(&scene);
		}
	}
}

static void one_that_is_gone_is_sent_nothing_more(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct letter letters[8];
		int disabled = 0, failed = 0;
		scene_begin(&scene, engine, "{}");
		scene.status = 410;
		raise_event(&scene, "p");
		run_until(&scene, after_s(1));
		assert_int_equal(endpoint_now(&scene).state, ENDPOINT_DISABLED);
		assert_string_equal(endpoint_now(&scene).state_reason, "GONE");
		assert_int_equal(delivery_of(&scene, "p")->state, DELIVERY_FAILED);
		size_t count = letters_take(&scene, letters, ARRAY_SIZE(letters));
		assert_int_equal(count,
				 4); /* about the endpoint and about the delivery, two people */
		for (size_t i = 0; i < count; i++) {
			disabled += strstr(letters[i].body, "410") &&
				    strstr(letters[i].subject, "disabled");
			failed += strstr(letters[i].body, "HTTP status 410") &&
				  strstr(letters[i].subject, "delivered");
		}
		assert_int_equal(disabled, 2);
		assert_int_equal(failed, 2);
		raise_event(&scene, "q");
		run_until(&scene, after_s(DAY_S));
		assert_int_equal(scene.made_count, 1);
		scene_end(&scene);
	}
}

/* ---- changed while a request is under way ---- */

static void endpoint_set(struct scene *scene, enum endpoint_verb verb)
{
	const struct context context = context_of(scene);
	struct error err = {0};
	json_t *json = endpoint_steer(&context, scene->endpoint, verb, &err);

	ensure(json);
	json_decref(json);
	/* STORE_TOPIC_ENDPOINT */
	roster_look_again(scene->acting->roster);
	scene->acting->queue.may_be_stopped = true;
}

/* The endpoint takes one request at a time, and has a hundred behind it. */
static void a_new_event_does_not_wait_behind_all_of_its_endpoints_backlog(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{\"inFlightLimit\": 1}");
		scene.status = 200;
		for (int i = 0; i < 100; i++) {
			char package[16];
			snprintf(package, sizeof(package), "old %d", i);
			raise_event(&scene, package);
			scene.now.us += 1000;
		}
		struct jobs jobs = jobs_take(&scene); /* all are looked at, and wait but for one */
		scene.now.us += 1000;
		raise_event(&scene, "new");
		size_t place = 0;
		for (bool found = false; jobs.count > 0 && !found;) {
			jobs_answer(&scene, &jobs);
			scene.now.us += 1000;
			ensure(turn(&scene, &jobs));
			for (; place < scene.made_count && !found; place++)
				found = strcmp(scene.made[place].package, "new") == 0;
		}
		assert_true(place <= 2 * ROSTER_NEWEST_ONE_IN);
		run_jobs(&scene, &jobs);
		run_until(&scene, after_s(HOUR_S));
		assert_int_equal(scene.made_count, 101); /* and the oldest did not starve */
		scene_end(&scene);
	}
}

static void a_pause_keeps_what_waits(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, "{}");
		scene.status = 200;
		raise_event(&scene, "p");
		struct jobs jobs = jobs_take(&scene);
		assert_int_equal(jobs.count, 1);
		raise_event(&scene, "p2");
		endpoint_set(&scene, ENDPOINT_PAUSE);
		jobs_answer(&scene, &jobs);
		ensure(turn(&scene, &jobs));
		assert_int_equal(jobs.count, 0);
		assert_int_equal(delivery_of(&scene, "p")->state, DELIVERY_DELIVERED);
		raise_event(&scene, "p3");
		run_until(&scene, after_s(200 * HOUR_S));
		assert_int_equal(scene.made_count, 1);
		endpoint_set(&scene, ENDPOINT_RESUME);
		run_until(&scene, after_s(201 * HOUR_S));
		assert_int_equal(scene.made_count, 3);
		assert_int_equal(delivery_of(&scene, "p3")->state, DELIVERY_DELIVERED);
		scene_end(&scene);
	}
}

/* What waits for its next attempt, in hours or days, has failed now; and what waits elsewhere goes
 * on waiting. */
static void what_waits_for_one_that_is_disabled_fails_at_once(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene, *both = &scene;
		scene_begin(both, engine, "{\"retryWaits\": [86400, 86400]}");
		const char *first = scene.endpoint;
		endpoint_add(both, "{\"retryWaits\": [86400, 86400]}");
		for (int i = 0; i < 300; i++) /* more than are looked at in a cycle */
			raise_event(both, arena_printf(scene.arena, "p%d", i));
		scene.status = 400; /* no trouble: all are tried */
		run_until(both, after_s(10));
		scene.endpoint = first;
		endpoint_set(both, ENDPOINT_DISABLE);
		run_until(both, after_s(11));
		struct endpoint_queue queue;
		struct error err = {0};
		ensure(endpoint_queue_read(session_db(scene.store->session), ACCOUNT, first, &queue,
					   &err));
		assert_int_equal(queue.pending, 0);
		struct retention_size size;
		ensure(retention_pending_read(session_db(scene.store->session), ACCOUNT, &size,
					      &err));
		assert_int_equal(size.count, 300);
		scene_end(both);
	}
}

static void one_deleted_meanwhile_is_sent_nothing_more(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		scene_begin(&scene, engine, "{}");
		raise_event(&scene, "p");
		raise_event(&scene, "q");
		struct jobs jobs = jobs_take(&scene);
		assert_int_equal(jobs.count, 2);
		const struct context context = context_of(&scene);
		ensure(endpoint_remove(&context, scene.endpoint, &err));
		scene.status = 200; /* for the one; and for the other, what comes next */
		answer(&scene, jobs.list[0]);
		scene.status = 500;
		answer(&scene, jobs.list[1]);
		ensure(turn(&scene, &jobs));
		assert_int_equal(jobs.count, 0);
		run_until(&scene, after_s(DAY_S));
		assert_int_equal(scene.made_count, 2);
		assert_int_equal(delivery_of(&scene, scene.made[0].package)->state,
				 DELIVERY_DELIVERED);
		assert_int_equal(delivery_of(&scene, scene.made[1].package)->state,
				 DELIVERY_FAILED);
		scene_end(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_attempts_over_75_hours_and_then_a_mail),
		cmocka_unit_test(what_could_not_be_sent_is_in_the_mail_too),
		cmocka_unit_test(our_own_shortage_uses_up_no_attempt),
		cmocka_unit_test(an_endpoint_has_its_own_schedule),
		cmocka_unit_test(nothing_is_tried_behind_the_horizon),
		cmocka_unit_test(what_was_queued_again_begins_anew),
		cmocka_unit_test(a_receiver_that_asks_to_be_left_alone_is),
		cmocka_unit_test(days_of_failures_disable_and_somebody_is_told_first),
		cmocka_unit_test(a_success_starts_the_count_anew),
		cmocka_unit_test(a_failure_that_comes_after_a_success_disables_nobody),
		cmocka_unit_test(a_node_does_not_trust_its_memory_of_failures),
		cmocka_unit_test(what_the_store_refused_is_not_believed),
		cmocka_unit_test(what_was_claimed_in_vain_is_claimed_again),
		cmocka_unit_test(a_lease_outlives_the_longest_attempt),
		cmocka_unit_test(what_waits_for_longer_than_any_schedule_is_brought_back),
		cmocka_unit_test(one_that_is_gone_is_sent_nothing_more),
		cmocka_unit_test(a_new_event_does_not_wait_behind_all_of_its_endpoints_backlog),
		cmocka_unit_test(a_pause_keeps_what_waits),
		cmocka_unit_test(what_waits_for_one_that_is_disabled_fails_at_once),
		cmocka_unit_test(one_deleted_meanwhile_is_sent_nothing_more),
	};

	signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails instead */
	crypto_start();
	return cmocka_run_group_tests_name("outbound/cycle", tests, NULL, NULL);
}
