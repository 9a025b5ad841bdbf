/* test_store.h – gives a test an empty store on either engine. For tests only. */
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

/* PostgreSQL is available when GREFFIER_TEST_POSTGRESQL holds the URI of a server on which
 * databases can be created (scripts/with-postgresql). */
bool test_engine_is_available(enum test_engine engine);
const char *test_engine_name(enum test_engine engine);

/* Opens an empty store, or stops the program, because a test without a store tests nothing.
 * `config` may be NULL; its directory and database are replaced. */
struct test_store *test_store_open(enum test_engine engine, const struct store_config *config);
/* Closes and opens the store again, as a restart does. */
void test_store_reopen(struct test_store *test_store, const struct store_config *config);
void test_store_close(struct test_store *test_store);

/* Sets queue time to `now` (store_clock.h), from where it continues. For tests with times of
 * their own. */
void test_store_set_queue_time(struct test_store *test_store, struct wall_time now);

/* Adds an account with an owner, both with the given id of 12 characters, and its event numbers. */
void test_store_add_account(struct test_store *test_store, const char *id);

/* Runs the following statement once for each available engine. */
#define EACH_ENGINE(engine)                                                                        \
	for (enum test_engine engine = TEST_SQLITE; engine < TEST_ENGINE_COUNT; engine++)          \
		if (test_engine_is_available(engine))

#endif
