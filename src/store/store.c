/* store.c – sessions and transactions; the engine does the work. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/turns.h"
#include "crypto/random.h"
#include "store/db_driver.h"
#include "store/fan_out_store.h"
#include "store/health.h"
#include "store/rows.h"

static char *copy(const char *text)
{
	char *copied = strdup(text ? text : "");
	ensure(copied);
	return copied;
}

struct store *store_open(const struct store_config *config, struct error *err)
{
	struct store *store = calloc(1, sizeof(*store));

	ensure(store);
	store->config = *config;
	store->config.directory = copy(config->directory);
	store->config.database = copy(config->database);
	store->driver = *store->config.database ? &postgresql_driver : &sqlite_driver;
	random_hex(store->token, 16);
	atomic_init(&store->heard_until_us, INT64_MAX); /* until there is a listener */
	ensure(pthread_mutex_init(&store->clock.looking, NULL) == 0);
	if (store->driver->open(store, err) && store_clock_start(store, err) &&
	    (!config->exclusive || (store->health = health_start(store, err))))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	health_stop_and_free(store->health);
	store->driver->close(store);
	pthread_mutex_destroy(&store->clock.looking);
	free((char *)(uintptr_t)store->config.directory);
	free((char *)(uintptr_t)store->config.database);
	free(store);
}

const char *store_node(const struct store *store)
{
	return store->token;
}

bool store_is_postgresql(const struct store *store)
{
	return store->driver->is_postgresql;
}

void store_announce(const struct store *store, const bool topics[STORE_TOPIC_COUNT])
{
	for (int topic = 0; topic < STORE_TOPIC_COUNT; topic++) {
		if (topics[topic] && store->config.on_topic)
			store->config.on_topic((enum store_topic)topic, store->config.arg);
	}
}

void store_announce_all(const struct store *store)
{
	bool all[STORE_TOPIC_COUNT];

	memset(all, true, sizeof(all));
	store_announce(store, all);
}

struct store_health store_health(struct store *store)
{
	return store->health ? health_read(store->health)
			     : (struct store_health){STORE_TROUBLE_NONE, 0};
}

bool store_is_gone(const struct store *store)
{
	return atomic_load_explicit(&store->is_gone, memory_order_relaxed);
}

bool store_hears(const struct store *store)
{
	const int64_t until_us = atomic_load(&store->heard_until_us);

	return until_us == INT64_MAX || mono_now().us < until_us;
}

void store_look(struct store *store)
{
	if (!store->driver->is_there || store_is_gone(store) || store->driver->is_there(store))
		return;
	if (!atomic_exchange(&store->is_gone, true) && store->config.on_gone)
		store->config.on_gone(store->config.arg);
}

struct session *session_open(struct store *store, struct error *err)
{
	struct session *session = calloc(1, sizeof(*session));

	ensure(session);
	session->store = store;
	session->db = store->driver->session_db_open(store, err);
	if (!session->db) {
		free(session);
		return NULL;
	}
	return session;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	ensure(!session->in_txn && !session->pending);
	session->store->driver->session_db_close(session->db);
	free(session);
}

/* A call that reads or writes again after a deferred commit has to see it, and must not go on
 * without it. */
static bool pending_wait(struct session *session)
{
	if (session->pending && !session->store->driver->wait(session, &session->lost))
		ensure(session->lost.code != ERROR_NONE);
	return session->lost.code == ERROR_NONE;
}

struct db *session_db(struct session *session)
{
	struct error ignored = {0};

	(void)pending_wait(session); /* session_settle will say so */
	/* When it cannot be reconnected, the statement that follows says so. */
	(void)session->store->driver->session_db_check(session->db, &ignored);
	return session->db;
}

#define NODES(lock) \
	"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = " lock \
	" AND objsubid = 2 AND database = (SELECT oid FROM pg_database " \
	"WHERE datname = current_database())"
static const struct sql_pair older_nodes = {
	.sqlite = NULL, /* there is no other node */
	.postgresql = "SELECT COUNT(*) AS total FROM (" NODES(NODE_LOCK) " EXCEPT " NODES(
		NODE_LOCK_4) ") AS older",
};

bool nodes_are_older(struct db *db, bool *ret_older, struct error *err)
{
	const char *older = db_choose(db, &older_nodes);
	int64_t total = 0;

	if (older && !query_total(db, older, NO_ARGS, &total, err))
		return false;
	*ret_older = total > 0;
	return true;
}

bool session_beside_older(struct session *session, struct db *db, bool *ret_older,
			  struct error *err)
{
	struct store *store = session->store;

	*ret_older = false;
	if (atomic_load(&store->all_current))
		return true;
	if (!nodes_are_older(db, ret_older, err))
		return false;
	if (!*ret_older)
		atomic_store(&store->all_current, true);
	return true;
}

bool session_stand_for(struct session *session, const char *node, struct error *err)
{
	const struct db_driver *driver = session->store->driver;

	return !driver->stand_for || driver->stand_for(session->db, node, err);
}

void session_act_for(struct session *session, const char *account)
{
	session->turn_key = turns_key(account);
}

void session_refuse_txns(struct session *session, enum error_code why)
{
	session->refuses_txns = why;
}

uint64_t session_standing(const struct session *session)
{
	const struct db_driver *driver = session->store->driver;

	return driver->standing ? driver->standing(session->db) : 1;
}

bool session_clock(struct session *session, struct wall_time *ret_now, struct error *err)
{
	static const char clock_sql[] =
		"SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now_us";

	*ret_now = wall_now();
	if (!store_is_postgresql(session->store))
		return true;
	scoped(rows) struct rows *rows = db_query(session_db(session), clock_sql, NO_ARGS, err);
	if (!rows || !rows_next(rows, err))
		return false;
	*ret_now = rows_time(rows, "now_us");
	return true;
}

struct txn *txn_begin(struct session *session, struct error *err)
{
	ensure(!session->in_txn);
	if (session->refuses_txns != ERROR_NONE) {
		(void)error_set(err, session->refuses_txns, "this call may read only");
		return NULL;
	}
	if (store_is_gone(session->store)) {
		(void)error_set(err, ERROR_STORE_GONE, NULL);
		return NULL;
	}
	if (!pending_wait(session)) {
		*err = session->lost;
		return NULL;
	}
	session->txn = (struct txn){.session = session, .room = FAN_OUT_AT_ONCE_MAX};
	session->txn.db = session->store->driver->txn_begin(session, err);
	if (!session->txn.db)
		return NULL;
	session->in_txn = true;
	return &session->txn;
}

struct db *txn_db(struct txn *txn)
{
	return txn->db;
}

int64_t *txn_room(struct txn *txn)
{
	return &txn->room;
}

void txn_announce(struct txn *txn, enum store_topic topic)
{
	txn->topics[topic] = true;
}

bool txn_commit(struct txn **txn, struct error *err)
{
	struct session *session = (*txn)->session;

	*txn = NULL;
	session->in_txn = false;
	return session->store->driver->txn_commit(session, session->txn.topics, err);
}

void txn_rollback(struct txn *txn)
{
	txn->session->in_txn = false;
	txn->session->store->driver->txn_rollback(txn->session);
}

void session_defer(struct session *session)
{
	session->defers = true;
}

enum settle_result session_settle(struct session *session, struct settle *settle, struct error *err)
{
	if (session->lost.code != ERROR_NONE) {
		*err = session->lost;
		session->lost = (struct error){0};
		return SETTLE_FAILED;
	}
	return session->store->driver->settle ? session->store->driver->settle(session, settle, err)
					      : SETTLE_DURABLE;
}
