/* power_test.c – power cuts and system calls that fail, under the SQLite store: what was answered
 * is there, batches are whole, the numbers have no gap. POWER_CUTS and POWER_SEED choose how many
 * cuts and which: `make torture` gives more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "notify/endpoints.h"
#include "notify/producer.h"
#include "store/delivery_store.h"
#include "store/event_store.h"
#include "store/test_store.h"
#include "store/test_vfs.h"

#define ACCOUNT "account00001"
#define THREADS 3
#define ROUNDS 40
#define BATCH 3
#define CUTS 40
#define EVENTS_MAX (THREADS * ROUNDS * BATCH + 16)

/* An event that was answered with success. */
struct answered {
	size_t moment;
	int64_t sequence;
	char id[64];
};

struct crowd {
	struct test_store *store;
	struct keyring *keyring;
	atomic_int working;
	pthread_mutex_t lock; /* over the rest */
	struct answered answered[EVENTS_MAX];
	size_t count;
};

struct producer {
	struct crowd *crowd;
	int number;
	pthread_t thread;
};

static struct context context_of(struct session *session, const struct keyring *keyring,
				 struct arena *arena)
{
	const struct wall_time now = wall_now();
	return context_for_clockwork(keyring, session, arena, ACCOUNT, now, now);
}

static bool batch_append(struct session *session, const struct keyring *keyring,
			 struct arena *arena, const char *key, const char **ret_answer,
			 struct error *err)
{
	const struct context context = context_of(session, keyring, arena);
	scoped(json_t) json_t *events = json_array();
	bool repeated;

	for (int i = 0; i < BATCH; i++)
		json_array_append_new(events, json_pack("{s:s, s:s}", "name", "PACKAGE_CREATE",
							"packageId", key));
	scoped(json_t) json_t *body = json_pack("{s:O}", "events", events);
	return producer_append(&context, body, key, ret_answer, &repeated, err);
}

static void answer_note(struct crowd *crowd, const char *answer)
{
	json_t *said = json_loads(answer, 0, NULL);
	json_t *events = json_object_get(said, "events"), *event;
	size_t i;

	pthread_mutex_lock(&crowd->lock);
	size_t moment = test_vfs_length();
	json_array_foreach(events, i, event)
	{
		struct answered *answered = &crowd->answered[crowd->count++];
		ensure(crowd->count <= EVENTS_MAX);
		answered->moment = moment;
		answered->sequence = json_integer_value(json_object_get(event, "sequence"));
		snprintf(answered->id, sizeof(answered->id), "%s",
			 json_string_value(json_object_get(event, "id")));
	}
	pthread_mutex_unlock(&crowd->lock);
	json_decref(said);
}

static void *produce(void *arg)
{
	struct producer *producer = arg;
	struct crowd *crowd = producer->crowd;
	struct error err = {0};
	struct session *session = session_open(crowd->store->store, &err);

	ensure(session);
	for (int i = 0; i < ROUNDS; i++) {
		scoped(arena) struct arena *arena = arena_new();
		const char *answer, *key = arena_printf(arena, "p%d-%d", producer->number, i);
		ensure(batch_append(session, crowd->keyring, arena, key, &answer, &err));
		answer_note(crowd, answer);
	}
	session_close(session);
	atomic_fetch_sub(&crowd->working, 1);
	return NULL;
}

static void endpoint_add(struct crowd *crowd)
{
	scoped(arena) struct arena *arena = arena_new();
	const struct context context = context_of(crowd->store->session, crowd->keyring, arena);
	struct error err = {0};
	scoped(json_t) json_t *body = json_pack("{s:s, s:[s]}", "url", "https://receiver.example/",
						"events", "PACKAGE_CREATE");
	json_t *made = endpoint_create(&context, body, &err);

	ensure(made);
	json_decref(made);
}

static void crowd_begin(struct crowd *crowd)
{
	static const unsigned char key[32] = {7};

	crowd->store = test_store_open(TEST_SQLITE, NULL);
	crowd->keyring = keyring_from_key(key);
	pthread_mutex_init(&crowd->lock, NULL);
	test_store_add_account(crowd->store, ACCOUNT);
	endpoint_add(crowd);
}

static void crowd_end(struct crowd *crowd)
{
	test_store_close(crowd->store);
	keyring_free(crowd->keyring);
	pthread_mutex_destroy(&crowd->lock);
	free(crowd);
}

static void crowd_run(struct crowd *crowd)
{
	struct producer producers[THREADS];

	atomic_store(&crowd->working, THREADS);
	for (int i = 0; i < THREADS; i++) {
		producers[i] = (struct producer){.crowd = crowd, .number = i};
		ensure(pthread_create(&producers[i].thread, NULL, produce, &producers[i]) == 0);
	}
	while (atomic_load(&crowd->working) > 0) {
		usleep(20000);
		test_vfs_checkpoint(crowd->store->directory);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(producers[i].thread, NULL);
}

/* ---- what a cut has left ---- */

struct remains {
	char folder[64];
	unsigned seed;
	size_t moment;
	struct store *store;
	struct session *session;
	struct arena *arena;
	struct event *events;
	size_t count;
};

static void blame(const struct remains *remains, const char *what, long long number)
{
	fail_msg("seed %u, cut at %zu: %s (%lld)", remains->seed, remains->moment, what, number);
}

static void remains_open(struct remains *remains)
{
	struct error err = {0};
	char problem[200];

	if (!test_vfs_is_sound(remains->folder, problem))
		fail_msg("seed %u, cut at %zu: %s", remains->seed, remains->moment, problem);
	const struct store_config config = {.directory = remains->folder};
	remains->store = store_open(&config, &err);
	remains->session = remains->store ? session_open(remains->store, &err) : NULL;
	if (!remains->session ||
	    !event_list(session_db(remains->session), remains->arena, ACCOUNT, 0, EVENTS_MAX,
			&remains->events, &remains->count, &err))
		fail_msg("seed %u, cut at %zu: %s", remains->seed, remains->moment, err.technical);
}

static void remains_check(const struct crowd *crowd, struct remains *remains)
{
	const struct delivery_filter filter = {
		.account = ACCOUNT, .state = DELIVERY_PENDING, .http_status = -1, .limit = 1};
	struct delivery_page page;
	struct error err = {0};

	for (size_t i = 0; i < remains->count; i++) {
		if (remains->events[i].sequence != (int64_t)i + 1)
			blame(remains, "a gap", (long long)i + 1);
	}
	if (remains->count % BATCH != 0)
		blame(remains, "a batch is not whole", (long long)remains->count);
	for (size_t i = 0; i < crowd->count; i++) {
		const struct answered *answered = &crowd->answered[i];
		if (answered->moment > remains->moment)
			continue;
		if (answered->sequence > (int64_t)remains->count)
			blame(remains, "answered and lost", answered->sequence);
		if (strcmp(remains->events[answered->sequence - 1].id, answered->id) != 0)
			blame(remains, "answered and another one", answered->sequence);
	}
	ensure(delivery_search(session_db(remains->session), remains->arena, &filter, &page, &err));
	if (page.total != (int64_t)remains->count)
		blame(remains, "events without their delivery", (long long)page.total);
}

static void remains_close(struct remains *remains)
{
	static const char *const names[] = {"greffier.db", "greffier.db-wal", "greffier.db-shm",
					    "greffier.notify"};
	char path[100];

	session_close(remains->session);
	store_close(remains->store);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", remains->folder, names[i]);
		(void)unlink(path);
	}
	ensure(rmdir(remains->folder) == 0);
	arena_free(remains->arena);
}

static void cut(const struct crowd *crowd, size_t moment, unsigned seed)
{
	struct remains remains = {.seed = seed,
				  .moment = moment,
				  .arena = arena_new(),
				  .folder = "/tmp/greffier-cut-XXXXXX"};

	ensure(mkdtemp(remains.folder));
	test_vfs_cut(moment, seed, remains.folder);
	remains_open(&remains);
	remains_check(crowd, &remains);
	remains_close(&remains);
}

static unsigned number_of(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void a_power_cut_loses_nothing_that_was_answered(void **state)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));
	unsigned cuts = number_of("POWER_CUTS", CUTS), seed = number_of("POWER_SEED", 1);

	ensure(crowd);
	test_vfs_record();
	crowd_begin(crowd);
	const size_t begun = test_vfs_length();
	crowd_run(crowd);
	test_vfs_stop();
	const size_t length = test_vfs_length();
	assert_int_equal(crowd->count, THREADS * ROUNDS * BATCH);
	for (unsigned i = 0; i < cuts; i++) {
		unsigned chance = seed + i;
		size_t moment = begun + (size_t)rand_r(&chance) % (length - begun + 1);
		cut(crowd, i == 0 ? length : moment, seed + i);
	}
	fprintf(stderr, "power: %u cuts from seed %u, in a journal of %zu entries: nothing lost\n",
		cuts, seed, length);
	test_vfs_forget();
	crowd_end(crowd);
}

/* ---- system calls that fail ---- */

static size_t events_count(struct crowd *crowd)
{
	scoped(arena) struct arena *arena = arena_new();
	struct error err = {0};
	struct event *events;
	size_t count;

	ensure(event_list(session_db(crowd->store->session), arena, ACCOUNT, 0, 100000, &events,
			  &count, &err));
	return count;
}

/* Reads with a session that has nothing in its memory yet. */
static bool fresh_read(struct crowd *crowd, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(session) struct session *session = session_open(crowd->store->store, err);
	struct event *events;
	size_t count;

	return session &&
	       event_list(session_db(session), arena, ACCOUNT, 0, 100000, &events, &count, err);
}

static bool append_next(struct crowd *crowd, int number, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *answer;

	return batch_append(crowd->store->session, crowd->keyring, arena,
			    arena_printf(arena, "n%d", number), &answer, err);
}

static unsigned faults_of(struct crowd *crowd, enum vfs_fault kind, int *number)
{
	unsigned faults = 0;

	for (unsigned nth = 0;; nth++) {
		struct error err = {0}, again = {0};
		size_t before = events_count(crowd);
		test_vfs_fail(kind, nth, 1);
		bool ok = append_next(crowd, (*number)++, &err);
		bool read = fresh_read(crowd, ok ? &err : &again);
		unsigned failed = test_vfs_heal();
		size_t now = events_count(crowd);
		if (now != before + (ok ? BATCH : 0))
			fail_msg("%s %u: %zu events, were %zu, the append said %s",
				 vfs_fault_name(kind), nth, now, before,
				 ok ? "yes" : err.technical);
		if ((!ok || !read) && error_http_status(err.code) != 503)
			fail_msg("%s %u: %s", vfs_fault_name(kind), nth, err.technical);
		if (!append_next(crowd, (*number)++, &again))
			fail_msg("%s %u, afterwards: %s", vfs_fault_name(kind), nth,
				 again.technical);
		if (!failed)
			return faults;
		faults++;
	}
}

static void what_the_disk_refuses_is_an_error_and_not_the_end(void **state)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));
	int number = 0;

	ensure(crowd);
	crowd_begin(crowd);
	for (enum vfs_fault kind = 0; kind < VFS_FAULT_COUNT; kind++)
		fprintf(stderr, "%s: %u faults\n", vfs_fault_name(kind),
			faults_of(crowd, kind, &number));
	crowd_end(crowd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_power_cut_loses_nothing_that_was_answered),
		cmocka_unit_test(what_the_disk_refuses_is_an_error_and_not_the_end),
	};

	crypto_start();
	test_vfs_register();
	return cmocka_run_group_tests_name("notify/power", tests, NULL, NULL);
}
