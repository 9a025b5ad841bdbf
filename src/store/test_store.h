/* test_store.h – gives a test an empty store, on either engine. For tests only. */
#ifndef GREFFIER_STORE_TEST_STORE_H
#define GREFFIER_STORE_TEST_STORE_H

#include "store/store.h"

enum test_engine { TEST_SQLITE, TEST_POSTGRESQL, TEST_ENGINE_COUNT };

struct test_store {
	struct store *store;
	struct session *session;
	char directory[64];
	char database[512]; /* "" on SQLite */
};

/* PostgreSQL is there when GREFFIER_TEST_POSTGRESQL has the URI of a server where databases can be made
 * (scripts/with-postgresql). */
bool test_engine_is_available(enum test_engine engine);
const char *test_engine_name(enum test_engine engine);

/* Stops the program when it cannot: a test without a store tests nothing. `config` may be NULL; its directory and
 * database are ours. */
struct test_store *test_store_open(enum test_engine engine, const struct store_config *config);
/* Closes and opens again, as a restart does. */
void test_store_reopen(struct test_store *test_store, const struct store_config *config);
void test_store_close(struct test_store *test_store);

/* Queue time is `now` (store_clock.h), and goes on from there: for tests that tell the code a time of their own. */
void test_store_set_queue_time(struct test_store *test_store, struct wall_time now);

/* An account with an owner, both with the given 12-character id, and the event numbers that belong to it. */
void test_store_add_account(struct test_store *test_store, const char *id);

/* Runs `test` on each engine that is there. */
#define EACH_ENGINE(engine)                                                                        \
	for (enum test_engine engine = TEST_SQLITE; engine < TEST_ENGINE_COUNT; engine++)          \
		if (test_engine_is_available(engine))

#endif
