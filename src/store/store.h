/* store.h – everything durable, on SQLite or PostgreSQL.
 *
 * A store is opened once. Each thread that uses it has a session. Reads may run directly on the
 * session; each statement sees what was committed before it. Changes run in a txn. A change is
 * durable when txn_commit returns true, and nobody outside can see its effects earlier.
 *
 * SQLite: all sessions share one writer connection. Txns are savepoints in one outer transaction
 * that is committed (WAL, synchronous=FULL) for all of them at once: group_commit.h. A txn holds
 * the writer from txn_begin to txn_commit and must therefore not use the network, hash passwords
 * or wait.
 *
 * PostgreSQL: a connection per session, READ COMMITTED. */
#ifndef GREFFIER_STORE_STORE_H
#define GREFFIER_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/time.h"

struct store;
struct session;
struct txn;
struct db; /* the handle for SQL: of a session or of a txn, see below */

/* What a commit, on any node, may wake. */
enum store_topic {
	STORE_TOPIC_DUE,    /* deliveries may be due, and there may be new events */
	/* An event without deliveries was appended; only readers of the event log need it. */
	STORE_TOPIC_EVENT,
	STORE_TOPIC_ENDPOINT, /* state or registration of an endpoint has changed */
	STORE_TOPIC_ACCESS, /* credentials, users or account settings have changed: drop caches */
	STORE_TOPIC_CLOCKWORK, /* the clockwork has a new job: a replay or a fan-out */
	STORE_TOPIC_MAIL,   /* a mail waits to be sent */
	STORE_TOPIC_COUNT
};

struct store_config {
	const char *directory; /* SQLite: the data folder; the database is greffier.db inside */
	/* "postgresql://…" (connection URI of libpq); NULL or "" for SQLite. */
	const char *database;
	/* True for a server: it watches the store's health and, on SQLite, locks the folder
	 * (data_folder.h), so that a second server is refused. The command line runs beside a
	 * server and leaves it false. */
	bool exclusive;
	/* PostgreSQL: accept a database that may lose confirmed commits (fsync = off). For
	 * tests. */
	bool allow_unsafe;
	/* Called after a commit: from the committing thread, or from the store's listener thread
	 * for commits of other nodes and processes. Must not block or call the store. May be
	 * NULL. */
	void (*on_topic)(enum store_topic topic, void *arg);
	/* Called once, from any thread, when the data folder is gone: the server must stop. Must
	 * not block or call the store. May be NULL. */
	void (*on_gone)(void *arg);
	void *arg; /* for both callbacks */
};

/* Opens the store and updates the schema under a lock. Fails with ERROR_CONFIGURATION when the
 * database is newer than this program. With on_topic, PostgreSQL gets a listener
 * (LISTEN/NOTIFY), which reconnects by itself and announces every topic once after a gap. */
struct store *store_open(const struct store_config *config, struct error *err);
void store_close(struct store *store); /* all sessions must be closed; NULL is fine */
DEFINE_SCOPED(store, store_close)
bool store_is_postgresql(const struct store *store);
/* Identifies this process among all processes that use the database: 16 hexadecimal digits. */
const char *store_node(const struct store *store);

/* True while commits of other nodes up to a second ago have certainly been announced here. When
 * it was false, cached data may be outdated. Takes a few nanoseconds; any thread. Always true on
 * SQLite. */
#define STORE_DEAF_AFTER_MS 1000
bool store_hears(const struct store *store);

/* Whether changes can be stored, according to the last background probe of an exclusive store
 * (health.h). */
enum store_trouble {
	STORE_TROUBLE_NONE,
	STORE_TROUBLE_FULL,    /* no room on the disk */
	STORE_TROUBLE_SILENT,  /* no answer for HEALTH_SILENT_MS: a frozen database, a dead disk */
	STORE_TROUBLE_GONE,    /* the data folder was deleted, renamed or unmounted; permanent */
	STORE_TROUBLE_REFUSES, /* any other error; the log has the reason */
};
struct store_health {
	enum store_trouble trouble;
	int64_t age_ms; /* since the last probe ended */
};
struct store_health store_health(struct store *store); /* never waits for the store; any thread */
const char *store_trouble_text(enum store_trouble trouble); /* "the disk is full"; "" for none */
/* True when the data folder is gone: reads and writes have no meaning any more. One atomic read. */
bool store_is_gone(const struct store *store);

struct session *session_open(struct store *store, struct error *err);
void session_close(struct session *session);
/* For reads; reopens a lost PostgreSQL connection. */
DEFINE_SCOPED(session, session_close)
struct db *session_db(struct session *session);
/* Lets the session stand for `node` as long as the process lives. When the session ends, other
 * nodes see it at once and take over the node's lanes (lane_end_leases). Does nothing on SQLite,
 * where there are no other nodes. */
MUST_CHECK bool session_stand_for(struct session *session, const char *node, struct error *err);
/* Tells whether a node of an older version is connected to the same database. Always false on
 * SQLite. */
MUST_CHECK bool nodes_are_older(struct db *db, bool *ret_older, struct error *err);
/* Does the same, but stops asking the database after the first no: an older node refuses to
 * start on this schema. `db` belongs to the session or its txn. */
MUST_CHECK bool session_beside_older(struct session *session, struct db *db, bool *ret_older, struct error *err);
/* Returns a number that identifies the connection that stands for the node. It changes with each
 * reconnection and each session_stand_for. 0 means that the connection is gone, even if nothing
 * has used it since. From any thread; asks the kernel, not the database. */
uint64_t session_standing(const struct session *session);
/* Reads the clock that all nodes share: the PostgreSQL server's, or this machine's on SQLite. */
MUST_CHECK bool session_clock(struct session *session, struct wall_time *ret_now, struct error *err);

/* Assigns the session's txns to this account; "" or NULL: to none, as initially. Accounts take
 * turns at SQLite's writer, so that many changes of one account do not delay another. */
void session_act_for(struct session *session, const char *account);

/* Makes txn_begin fail with `why`, for a caller who may only read. ERROR_NONE ends that. */
void session_refuse_txns(struct session *session, enum error_code why);

struct txn *txn_begin(struct session *session, struct error *err);
struct db *txn_db(struct txn *txn);
/* Number of deliveries that the txn may still write: event_append. Initially
 * FAN_OUT_AT_ONCE_MAX. */
int64_t *txn_room(struct txn *txn);
/* Announces the topic after a successful commit, also to other nodes. */
void txn_announce(struct txn *txn, enum store_topic topic);
/* Commits. *txn is taken in every case. False means that nothing was stored, except with
 * ERROR_COMMIT_UNKNOWN: the connection was lost during COMMIT. Never retries. */
MUST_CHECK bool txn_commit(struct txn **txn, struct error *err);
void txn_rollback(struct txn *txn);
DEFINE_SCOPED(txn, txn_rollback)

/* Deferred commits, for a thread that has better things to do than to wait for the disk. On such
 * a session txn_commit may return true before the change is durable. session_settle then reports
 * whether it is. Nobody outside may see an effect before that. On PostgreSQL nothing is
 * deferred. */
void session_defer(struct session *session);

struct settle {
	struct settle *next;
	/* Called once, from the thread that completes the commit; `err` is NULL when the change
	 * is durable. Must not block. */
	void (*on_settled)(const struct error *err, void *arg);
	void *arg;
};

enum settle_result {
	SETTLE_DURABLE, /* all commits are complete */
	SETTLE_FAILED,  /* err says why; nothing was stored */
	SETTLE_LATER,   /* on_settled will be called; `settle` must live until then */
};
enum settle_result session_settle(struct session *session, struct settle *settle, struct error *err);

#endif
