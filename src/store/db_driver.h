/* db_driver.h – what an engine provides. The only place where the engines differ by more than a word of SQL.
 *
 * Inside src/store only. An engine embeds these structs as the first member of its own. */
#ifndef GREFFIER_STORE_DB_DRIVER_H
#define GREFFIER_STORE_DB_DRIVER_H

#include <stdatomic.h>

#include "store/clock_view.h"
#include "store/db.h"

/* PostgreSQL: a node that lives holds the shared advisory lock (this, hashtext(node)) on a session of its own. */
#define NODE_LOCK "1735550053"
/* Beside it, of nodes from version 0.4 on: who has the first one alone is older. */
#define NODE_LOCK_4 "1735550054"

typedef void *arena_copy(struct arena *arena, const void *data, size_t length);

struct db_driver {
	const char *name;
	bool is_postgresql; /* which dialect: a driver may stand before another one (fault_driver.h) */
	/* A connection. */
	bool (*run)(struct db *db, const char *sql, const struct arg *args, size_t count,
		    int64_t *ret_changed, struct error *err);
	struct rows *(*query)(struct db *db, const char *sql, const struct arg *args, size_t count,
			      struct error *err);
	/* Several statements without parameters, as they stand in a migration. */
	bool (*run_script)(struct db *db, const char *script, struct error *err);
	/* An open result. */
	bool (*rows_next)(struct rows *rows, struct error *err);
	void (*rows_close)(struct rows *rows);
	int (*column)(struct rows *rows, const char *name); /* -1: there is none */
	bool (*column_is_null)(struct rows *rows, int column);
	int64_t (*column_int)(struct rows *rows, int column);
	/* Copies. `copy` is arena_memdup or arena_try_memdup; NULL is passed on. */
	const char *(*column_text)(struct rows *rows, int column, struct arena *arena, arena_copy *copy);
	struct bytes (*column_bytes)(struct rows *rows, int column, struct arena *arena,
				     arena_copy *copy);
	/* Sessions and transactions: `session->db` is the driver's. */
	struct db *(*session_db_open)(struct store *store, struct error *err);
	void (*session_db_close)(struct db *db);
	bool (*session_db_check)(struct db *db, struct error *err); /* before each use outside a txn */
	bool (*stand_for)(struct db *db, const char *node, struct error *err); /* NULL: there is no other node */
	uint64_t (*standing)(const struct db *db); /* session_standing; NULL: always 1 */
	struct db *(*txn_begin)(struct session *session, struct error *err);
	bool (*txn_commit)(struct session *session, const bool topics[STORE_TOPIC_COUNT],
			   struct error *err);
	void (*txn_rollback)(struct session *session);
	/* Both NULL: nothing is ever deferred. `wait` ends session->pending. */
	bool (*wait)(struct session *session, struct error *err);
	enum settle_result (*settle)(struct session *session, struct settle *settle, struct error *err);
	bool (*is_there)(const struct store *store); /* NULL: always. False: its files are gone; any thread */
	/* The store itself: what is shared by sessions, and the thread that hears of other processes' commits. */
	bool (*open)(struct store *store, struct error *err);
	void (*close)(struct store *store);
};

extern const struct db_driver sqlite_driver, postgresql_driver;

struct db {
	const struct db_driver *driver;
};

struct rows {
	const struct db_driver *driver;
};

struct group; /* group_commit.c */

struct store {
	const struct db_driver *driver;
	struct store_config config; /* texts copied */
	char token[17];             /* this process, in notifications */
	void *engine;               /* the driver's */
	struct health *health;      /* of an exclusive store */
	atomic_bool is_gone;
	atomic_bool all_current; /* no older node is connected: session_beside_older */
	_Atomic int64_t heard_until_us; /* store_hears; INT64_MAX: there is nobody else to hear */
	struct clock_view clock;
};

struct txn {
	struct session *session;
	struct db *db;
	bool topics[STORE_TOPIC_COUNT];
	int64_t room;
};

/* One txn at a time per session, so it lives in it. */
struct session {
	struct store *store;
	struct db *db;
	struct txn txn;
	bool in_txn, defers;
	uint64_t turn_key; /* whom its txns are for: turns.h */
	enum error_code refuses_txns; /* why; ERROR_NONE: it does not */
	struct group *pending; /* SQLite: a commit that has been left to others */
	struct error lost;     /* why a commit that was waited for is not durable; for session_settle */
};

/* Calls on_topic for each topic that is set. */
void store_announce(const struct store *store, const bool topics[STORE_TOPIC_COUNT]);
void store_announce_all(const struct store *store);
/* Reads the store's clock for the first time; store_clock.h. */
MUST_CHECK bool store_clock_start(struct store *store, struct error *err);
/* Notices that the store's files are gone, and has on_gone called once. From any thread. */
void store_look(struct store *store);

#endif
