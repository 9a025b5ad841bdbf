/* store.h – the truth: everything durable, on SQLite or PostgreSQL.
 *
 * A store is opened once. Each thread that reads or writes has a session of its own. Reads may run on the
 * session directly (each statement sees what was committed before it). What changes runs in a txn, which is
 * durable when txn_commit returns true, and never before anyone outside can see its effects.
 *
 * SQLite: one writer connection for all sessions; txns are savepoints in one outer transaction, committed
 * (WAL, synchronous=FULL) for all of them at once: group_commit.h. A txn holds the writer from txn_begin to
 * txn_commit, so it does no network, no password hashing and no waiting in between.
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
struct db; /* what domain functions take: a session's or a txn's, see below */

/* What a commit, here or on another node, may wake. */
enum store_topic {
	STORE_TOPIC_DUE,    /* deliveries may have become due, of events that may be new */
	STORE_TOPIC_EVENT,  /* an event was appended that goes nowhere: only who reads the log hears of it */
	STORE_TOPIC_ENDPOINT, /* an endpoint's state or registration has changed */
	STORE_TOPIC_ACCESS, /* credentials, users or account settings changed: drop caches */
	STORE_TOPIC_CLOCKWORK, /* a job for the clockwork was left: a replay, a fan-out */
	STORE_TOPIC_MAIL,   /* a mail waits to be sent */
	STORE_TOPIC_COUNT
};

struct store_config {
	const char *directory; /* SQLite: the data folder; the database is greffier.db inside */
	const char *database;  /* "postgresql://…" (libpq connection URI); NULL or "" for SQLite */
	/* A server: it watches the store's health, and on SQLite takes the folder for itself (data_folder.h): a
	 * second one is refused. The command line runs beside a server and does not. */
	bool exclusive;
	/* PostgreSQL: serve on a database that may lose what it has confirmed (fsync = off): for tests. */
	bool allow_unsafe;
	/* Called after commit, from the committing thread, or from the store's listener thread for what other
	 * nodes and processes commit. Must not block and must not call the store. May be NULL. */
	void (*on_topic)(enum store_topic topic, void *arg);
	/* Called once, from any thread, when the data folder is gone: the server must stop. Must not block and must
	 * not call the store. May be NULL. */
	void (*on_gone)(void *arg);
	void *arg; /* of both */
};

/* Opens, and brings the schema up to date under a lock. ERROR_CONFIGURATION when the database is newer than
 * this program. With on_topic set, PostgreSQL gets a listener (LISTEN/NOTIFY) that reconnects by itself and
 * announces every topic once after a gap. */
struct store *store_open(const struct store_config *config, struct error *err);
void store_close(struct store *store); /* all sessions must be closed; NULL is fine */
DEFINE_SCOPED(store, store_close)
bool store_is_postgresql(const struct store *store);
/* This process, among those that use the database: 16 hexadecimal digits. */
const char *store_node(const struct store *store);

/* Whether what other nodes have committed until a second ago was surely announced here. While it was not, what is remembered
 * of the database may no longer be true. A few nanoseconds; any thread. On SQLite always. */
#define STORE_DEAF_AFTER_MS 1000
bool store_hears(const struct store *store);

/* Whether changes can be stored, as the background probe of an exclusive store last found (health.h). */
enum store_trouble {
	STORE_TROUBLE_NONE,
	STORE_TROUBLE_FULL,    /* no room on the disk */
	STORE_TROUBLE_SILENT,  /* no answer for HEALTH_SILENT_MS: a frozen database, a dead disk */
	STORE_TROUBLE_GONE,    /* the data folder was deleted, renamed or unmounted; for ever */
	STORE_TROUBLE_REFUSES, /* anything else; the log has the reason */
};
struct store_health {
	enum store_trouble trouble;
	int64_t age_ms; /* since the last probe ended */
};
struct store_health store_health(struct store *store); /* never waits for the store; any thread */
const char *store_trouble_text(enum store_trouble trouble); /* "the disk is full"; "" for none */
/* The data folder is gone: whatever is read or written now exists nowhere. One atomic read. */
bool store_is_gone(const struct store *store);

struct session *session_open(struct store *store, struct error *err);
void session_close(struct session *session);
DEFINE_SCOPED(session, session_close)
struct db *session_db(struct session *session); /* for reads; a dropped PostgreSQL connection is reopened */
/* From now on, and for as long as the process lives, the session stands for `node`: other nodes see at once when it is gone, and take
 * over what it held (lane_end_leases). On SQLite nothing happens: there is no other node. */
MUST_CHECK bool session_stand_for(struct session *session, const char *node, struct error *err);
/* Whether a node of an older version is connected to the same database; never on SQLite. */
MUST_CHECK bool nodes_are_older(struct db *db, bool *ret_older, struct error *err);
/* The same, asked of the database only until the answer is no: an older node refuses to start on this schema. `db`: the
 * session's, or its txn's. */
MUST_CHECK bool session_beside_older(struct session *session, struct db *db, bool *ret_older, struct error *err);
/* Which of the session's connections stands for the node: a number that is another one after each reconnection and each
 * session_stand_for; 0 when the connection is gone, also when nothing has used it since. From any thread; asks the kernel and not
 * the database. */
uint64_t session_standing(const struct session *session);
/* The time on the clock that all nodes share: PostgreSQL's server, or on SQLite this machine. */
MUST_CHECK bool session_clock(struct session *session, struct wall_time *ret_now, struct error *err);

/* From now on the session's txns are for this account; "" or NULL: for none, as at first. At SQLite's one writer accounts have
 * turns, so that one account's many changes do not delay another's. */
void session_act_for(struct session *session, const char *account);

/* From now on txn_begin fails with `why`, so that nothing is written; ERROR_NONE lifts it. For a caller who may only read. */
void session_refuse_txns(struct session *session, enum error_code why);

struct txn *txn_begin(struct session *session, struct error *err);
struct db *txn_db(struct txn *txn);
/* How many deliveries the txn may still write itself: event_append. At first FAN_OUT_AT_ONCE_MAX. */
int64_t *txn_room(struct txn *txn);
/* Announces the topic after a successful commit (other nodes included). */
void txn_announce(struct txn *txn, enum store_topic topic);
/* Takes *txn, whatever the outcome. False: nothing was stored, except for ERROR_COMMIT_UNKNOWN (connection
 * lost during COMMIT). Retries nothing by itself. */
MUST_CHECK bool txn_commit(struct txn **txn, struct error *err);
void txn_rollback(struct txn *txn);
DEFINE_SCOPED(txn, txn_rollback)

/* Deferred commits: for a thread that has more to do than to wait for the disk. On such a session txn_commit may return
 * true before the change is durable; session_settle then says when it is, or that it is not. Nobody outside may see an
 * effect before that. On PostgreSQL nothing is ever deferred. */
void session_defer(struct session *session);

struct settle {
	struct settle *next;
	/* Called once, from the thread that ends the commit; `err` is NULL when the change is durable. Must not block. */
	void (*on_settled)(const struct error *err, void *arg);
	void *arg;
};

enum settle_result {
	SETTLE_DURABLE, /* nothing is outstanding */
	SETTLE_FAILED,  /* err says why; nothing was stored */
	SETTLE_LATER,   /* on_settled will be called: `settle` must live until then */
};
enum settle_result session_settle(struct session *session, struct settle *settle, struct error *err);

#endif
