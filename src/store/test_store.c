/* test_store.c – see test_store.h. */
#include "store/test_store.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/ensure.h"
#include "base/log.h"
#include "crypto/random.h"
#include "store/db_driver.h"
#include "store/user_store.h"

static const char *server_uri(void)
{
	return getenv("GREFFIER_TEST_POSTGRESQL");
}

bool test_engine_is_available(enum test_engine engine)
{
	return engine == TEST_SQLITE || server_uri() != NULL;
}

const char *test_engine_name(enum test_engine engine)
{
	return engine == TEST_SQLITE ? "SQLite" : "PostgreSQL";
}

static void server_run(const char *before, const char *name, const char *after)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "%s %s %s", before, name, after);
	PGconn *connection = PQconnectdb(server_uri());
	PGresult *result = PQexec(connection, sql);
	ensure(PQresultStatus(result) == PGRES_COMMAND_OK);
	PQclear(result);
	PQfinish(connection);
}

/* …/postgres becomes …/<name>. */
static void database_make(struct test_store *test_store)
{
	char name[32] = "greffier_test_";
	const char *uri = server_uri();
	const char *slash = strrchr(uri, '/');

	random_hex(name + strlen(name), 12);
	server_run("CREATE DATABASE", name, "");
	snprintf(test_store->database, sizeof(test_store->database), "%.*s%s",
		 (int)(slash + 1 - uri), uri, name);
}

static void parts_open(struct test_store *test_store, const struct store_config *config)
{
	struct store_config mine = config ? *config : (struct store_config){0};
	struct error err = {0};

	mine.directory = test_store->directory;
	mine.database = test_store->database;
	mine.allow_unsafe = true; /* scripts/with-postgresql waits for no disk */
	test_store->store = store_open(&mine, &err);
	if (test_store->store)
		test_store->session = session_open(test_store->store, &err);
	if (!test_store->session)
		log_error("test", "no store: %s", err.technical);
	ensure(test_store->session);
}

struct test_store *test_store_open(enum test_engine engine, const struct store_config *config)
{
	struct test_store *test_store = calloc(1, sizeof(*test_store));

	ensure(test_store);
	crypto_start();
	strcpy(test_store->directory, "/tmp/greffier-test-XXXXXX");
	ensure(mkdtemp(test_store->directory));
	if (engine == TEST_POSTGRESQL)
		database_make(test_store);
	parts_open(test_store, config);
	return test_store;
}

static void parts_close(struct test_store *test_store)
{
	session_close(test_store->session);
	store_close(test_store->store);
	test_store->session = NULL;
	test_store->store = NULL;
}

void test_store_reopen(struct test_store *test_store, const struct store_config *config)
{
	parts_close(test_store);
	parts_open(test_store, config);
}

static int entry_remove(const char *path, const struct stat *facts, int what, struct FTW *where)
{
	return remove(path);
}

void test_store_close(struct test_store *test_store)
{
	parts_close(test_store);
	nftw(test_store->directory, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
	if (*test_store->database)
		server_run("DROP DATABASE", strrchr(test_store->database, '/') + 1, "WITH (FORCE)");
	free(test_store);
}

void test_store_set_queue_time(struct test_store *test_store, struct wall_time now)
{
	atomic_store(&test_store->store->clock.ahead_us, now.us - mono_now().us);
}

void test_store_add_account(struct test_store *test_store, const char *id)
{
	struct error err = {0};
	scoped(arena) struct arena *arena = arena_new();
	const struct account account = {
		.id = id,
		.name = "Test Bank",
		.owner = id,
		.parent = "",
		.features = ~0u,
		.accepted_methods = ~0u,
		.leak_policy = "NOTIFY",
		.system_settings = "{}",
		.created = wall_now(),
	};
	const struct user owner = {
		.account = id,
		.uid = id,
		.email = arena_printf(arena, "%s@bank.example", id),
		.first_name = "Olga",
		.last_name = "Owner",
		.title = "",
		.company = "Test Bank",
		.phone = "",
		.language = "en",
		.status = "ACTIVE",
		.type = "MANAGER",
		.password_hash = "",
		.created = wall_now(),
		.updated = wall_now(),
	};
	struct txn *txn = txn_begin(test_store->session, &err);
	ensure(txn && account_insert(txn_db(txn), &account, &err) &&
	       user_insert(txn_db(txn), &owner, &err) && txn_commit(&txn, &err));
}
