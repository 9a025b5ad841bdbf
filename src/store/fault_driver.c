/* fault_driver.c – see fault_driver.h. */
#include "store/fault_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "store/db_driver.h"
#include "store/rows.h"

static struct {
	const struct db_driver *real;
	struct db_driver driver; /* the real one's, with some calls replaced */
	enum fault_kind kind;
	bool enabled, in_txn;
	unsigned delay, repeat, failed;
} fault;

const char *fault_name(enum fault_kind kind)
{
	static const char *const names[] = {
		[FAULT_BUSY] = "busy",
		[FAULT_IO] = "I/O error",
		[FAULT_FULL] = "disk full",
		[FAULT_LOST] = "connection lost",
		[FAULT_UNKNOWN_DONE] = "commit done, answer lost",
		[FAULT_UNKNOWN_UNDONE] = "commit not done, answer lost",
		[FAULT_MEMORY] = "no memory",
	};
	return names[kind];
}

bool fault_exists(enum fault_kind kind, enum test_engine engine)
{
	return engine == TEST_POSTGRESQL || kind <= FAULT_FULL || kind == FAULT_MEMORY;
}

static bool is_of_commits(enum fault_kind kind)
{
	return kind == FAULT_UNKNOWN_DONE || kind == FAULT_UNKNOWN_UNDONE;
}

static bool is_next(void)
{
	if (fault.delay > 0) {
		fault.delay--;
		return false;
	}
	if (fault.failed == fault.repeat)
		return false;
	fault.failed++;
	return true;
}

static bool is_due(bool is_commit)
{
	return fault.enabled && fault.kind != FAULT_MEMORY &&
	       (is_commit || !is_of_commits(fault.kind)) && is_next();
}

bool fault_memory_is_due(void)
{
	return fault.enabled && fault.kind == FAULT_MEMORY && is_next();
}

/* What the engine does to a transaction in such trouble. */
static void transaction_spoil(struct db *db)
{
	struct error ignored = {0};

	if (fault.kind == FAULT_LOST || is_of_commits(fault.kind))
		(void)fault.real->run_script(db, "SELECT pg_terminate_backend(pg_backend_pid())",
					     &ignored);
	else if (fault.in_txn && fault.kind != FAULT_BUSY)
		(void)fault.real->run_script(
			db, fault.real->is_postgresql ? "SELECT 1 / 0" : "ROLLBACK", &ignored);
}

static bool fail(struct db *db, struct error *err)
{
	transaction_spoil(db);
	return error_set(err, fault.kind == FAULT_FULL ? ERROR_STORE_FULL : ERROR_STORE_UNAVAILABLE,
			 "a fault of the test's: %s", fault_name(fault.kind));
}

static bool fault_run(struct db *db, const char *sql, const struct arg *args, size_t count,
		      int64_t *ret_changed, struct error *err)
{
	return is_due(false) ? fail(db, err)
			     : fault.real->run(db, sql, args, count, ret_changed, err);
}

static struct rows *fault_query(struct db *db, const char *sql, const struct arg *args,
				size_t count, struct error *err)
{
	if (is_due(false)) {
		(void)fail(db, err);
		return NULL;
	}
	struct rows *rows = fault.real->query(db, sql, args, count, err);
	if (rows)
		rows->driver = &fault.driver;
	return rows;
}

/* Only SQLite reads rows one by one: it has no connection that could break, and a read spoils
 * nothing. */
static bool fault_rows_next(struct rows *rows, struct error *err)
{
	if (!fault.real->is_postgresql && is_due(false))
		return error_set(err, ERROR_STORE_UNAVAILABLE, "a fault of the test's: a row");
	return fault.real->rows_next(rows, err);
}

static struct db *fault_session_db_open(struct store *store, struct error *err)
{
	struct db *db = fault.real->session_db_open(store, err);

	if (db)
		db->driver = &fault.driver;
	return db;
}

static struct db *fault_txn_begin(struct session *session, struct error *err)
{
	if (is_due(false)) {
		(void)fail(session->db, err);
		return NULL;
	}
	struct db *db = fault.real->txn_begin(session, err);
	if (db)
		db->driver = &fault.driver; /* SQLite: the writer */
	fault.in_txn = db != NULL;
	return db;
}

static bool fault_txn_commit(struct session *session, const bool topics[STORE_TOPIC_COUNT],
			     struct error *err)
{
	struct db *db = session->txn.db;

	if (!is_due(true)) {
		fault.in_txn = false;
		return fault.real->txn_commit(session, topics, err);
	}
	if (fault.kind == FAULT_UNKNOWN_DONE)
		ensure(fault.real->run_script(db, "COMMIT", err));
	(void)fail(db, err);
	fault.in_txn = false;
	if (!is_of_commits(fault.kind)) {
		fault.real->txn_rollback(session);
		return false;
	}
	return error_set(err, ERROR_COMMIT_UNKNOWN, "a fault of the test's: %s",
			 fault_name(fault.kind));
}

static void fault_txn_rollback(struct session *session)
{
	fault.in_txn = false;
	fault.real->txn_rollback(session);
}

void fault_plug(struct test_store *test_store)
{
	struct store *store = test_store->store;

	fault.real = store->driver;
	fault.driver = *store->driver;
	fault.driver.run = fault_run;
	fault.driver.query = fault_query;
	fault.driver.rows_next = fault_rows_next;
	fault.driver.session_db_open = fault_session_db_open;
	fault.driver.txn_begin = fault_txn_begin;
	fault.driver.txn_commit = fault_txn_commit;
	fault.driver.txn_rollback = fault_txn_rollback;
	fault.enabled = fault.in_txn = false;
	store->driver = &fault.driver;
	test_store->session->db->driver = &fault.driver;
}

void fault_enable(enum fault_kind kind, unsigned delay, unsigned repeat)
{
	fault.kind = kind;
	fault.delay = delay;
	fault.repeat = repeat;
	fault.failed = 0;
	fault.enabled = true;
}

unsigned fault_disable(void)
{
	fault.enabled = false;
	return fault.failed;
}

#define ROWS_OF(table) "SELECT COUNT(*) AS total FROM " #table
#define SUM_OF(column, table) \
	"SELECT CAST(COALESCE(SUM(" #column "), 0) AS BIGINT) AS total FROM " #table

static const char *const numbers[] = {
	ROWS_OF(account),
	ROWS_OF(app_user),
	ROWS_OF(package),
	ROWS_OF(document_content),
	ROWS_OF(document_blob),
	ROWS_OF(blob),
	SUM_OF(refs, blob),
	ROWS_OF(event),
	ROWS_OF(endpoint),
	ROWS_OF(subscription),
	ROWS_OF(lane),
	ROWS_OF(delivery),
	ROWS_OF(attempt),
	ROWS_OF(replay),
	ROWS_OF(idempotent_request),
	ROWS_OF(signing_key),
	ROWS_OF(audit_entry),
	ROWS_OF(mail),
	SUM_OF(last_event, account_sequence),
	SUM_OF(filtered, account_sequence),
	SUM_OF(fan_next, account_sequence),
	ROWS_OF(past_subscription),
	ROWS_OF(fan_out_package),
	SUM_OF(version, package),
	SUM_OF(state, lane),
	SUM_OF(state, delivery),
	SUM_OF(attempts, delivery),
	SUM_OF(state, endpoint),
};

void fault_picture_take(struct test_store *test_store, struct fault_picture *ret_picture)
{
	struct error err = {0};

	*ret_picture = (struct fault_picture){0};
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		ensure(query_total(session_db(test_store->session), numbers[i], NO_ARGS,
				   &ret_picture->numbers[i], &err));
}

/* Whether `now` is `before` with the change made so many times. */
static bool is_after(const struct fault_picture *before, const struct fault_picture *now,
		     const struct fault_picture *change, unsigned times)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		int64_t should = before->numbers[i] + change->numbers[i] * times;
		if (now->numbers[i] != should)
			return false;
	}
	return true;
}

static void picture_print(const struct fault_picture *before, const struct fault_picture *now)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (now->numbers[i] != before->numbers[i])
			fprintf(stderr, "%s: %lld, was %lld\n", numbers[i],
				(long long)now->numbers[i], (long long)before->numbers[i]);
	}
}

static void complain(const char *what, enum fault_kind kind, unsigned nth, const char *problem,
		     const struct error *err)
{
	fprintf(stderr, "%s, %s at call %u: %s (%s)\n", what, fault_name(kind), nth, problem,
		err->technical);
	abort();
}

struct trial {
	struct test_store *store;
	const char *what;
	fault_call *call;
	void *arg;
	struct fault_picture change; /* what one call that succeeds makes of the numbers */
};

static void change_learn(struct trial *trial)
{
	struct fault_picture before, after;
	struct error err = {0};

	fault_picture_take(trial->store, &before);
	if (!trial->call(trial->arg, &err))
		complain(trial->what, FAULT_BUSY, 0, "fails without a fault", &err);
	fault_picture_take(trial->store, &after);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		trial->change.numbers[i] = after.numbers[i] - before.numbers[i];
}

/* Whether the fault happened. */
static bool nth_try(const struct trial *trial, enum fault_kind kind, unsigned nth)
{
	struct fault_picture before, after;
	struct error err = {0}, again = {0};

	fault_picture_take(trial->store, &before);
	fault_enable(kind, nth, 1);
	bool ok = trial->call(trial->arg, &err);
	bool happened = fault_disable() > 0;
	fault_picture_take(trial->store, &after);
	bool is_whole = is_after(&before, &after, &trial->change, 1);
	bool is_unchanged = is_after(&before, &after, &trial->change, 0);
	if (ok ? !is_whole : !(is_unchanged || (kind == FAULT_UNKNOWN_DONE && is_whole))) {
		picture_print(&before, &after);
		complain(trial->what, kind, nth, ok ? "succeeds, half done" : "fails, half done",
			 &err);
	}
	if (!ok && err.code == ERROR_NONE)
		complain(trial->what, kind, nth, "fails without an error", &err);
	if (!ok && error_http_status(err.code) < 500)
		complain(trial->what, kind, nth, "is the caller's mistake", &err);
	if (happened && !trial->call(trial->arg, &again))
		complain(trial->what, kind, nth, "cannot be done afterwards", &again);
	return happened;
}

void fault_each(struct test_store *test_store, enum test_engine engine, const char *what,
		fault_call *call, void *arg)
{
	struct trial trial = {.store = test_store, .what = what, .call = call, .arg = arg};
	unsigned faults = 0;

	change_learn(&trial);
	for (enum fault_kind kind = 0; kind < FAULT_KIND_COUNT; kind++) {
		for (unsigned nth = 0; fault_exists(kind, engine) && nth_try(&trial, kind, nth);
		     nth++)
			faults++;
	}
	fprintf(stderr, "%s on %s: %u faults\n", what, test_engine_name(engine), faults);
	ensure(faults > 0);
}
