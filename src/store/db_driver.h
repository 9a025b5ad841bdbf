/* db_driver.h – the interface of an engine, and the only place where the engines differ by more
 * than a word of SQL.
 *
 * An engine embeds these structs as the first member of its structs. Inside src/store only. */
#ifndef GREFFIER_STORE_DB_DRIVER_H
#define GREFFIER_STORE_DB_DRIVER_H

#include <stdatomic.h>

#include "store/clock_view.h"
#include "store/db.h"

/* PostgreSQL: a running node holds the shared advisory lock (this number, hashtext(node)) on a
 * separate session. */
#define NODE_LOCK "1735550053"
/* A second lock, held by nodes since version 0.4. A node that holds only the first one is older. */
#define NODE_LOCK_4 "1735550054"

typedef void *arena_copy(struct arena *arena, const void *data, size_t length);

struct db_driver {
	const char *name;
	bool is_postgresql; /* the SQL dialect: a driver may wrap another one (fault_driver.h) */
	/* Functions of a connection. */
	bool (*run)(struct db *db, const char *sql, const struct arg *args, size_t count,
		    int64_t *ret_changed, struct error *err);
	struct rows *(*query)(struct db *db, const char *sql, const struct arg *args, size_t count,
			      struct error *err);
	/* Runs several statements without parameters, as a migration contains them. */
	bool (*run_script)(struct db *db, const char *script, struct error *err);
	/* Functions of an open result. */
	bool (*rows_next)(struct rows *rows, struct error *err);
	void (*rows_close)(struct rows *rows);
	int (*column)(struct rows *rows, const char *name); /* -1: no such column */
	bool (*column_is_null)(struct rows *rows, int column);
	int64_t (*column_int)(struct rows *rows, int column);
	/* Copy a column with `copy`, which is arena_memdup or arena_try_memdup. A NULL from it
	 * is returned. */
	const char *(*column_text)(struct rows *rows, int column, struct arena *arena, arena_copy *copy);
	struct bytes (*column_bytes)(struct rows *rows, int column, struct arena *arena,
				     arena_copy *copy);
	/* Functions of sessions and transactions; `session->db` belongs to the driver. */
	struct db *(*session_db_open)(struct store *store, struct error *err);
	void (*session_db_close)(struct db *db);
	/* Called before each use outside a txn. */
	bool (*session_db_check)(struct db *db, struct error *err);
	/* NULL: there are no other nodes. */
	bool (*stand_for)(struct db *db, const char *node, struct error *err);
	uint64_t (*standing)(const struct db *db); /* session_standing; NULL: always 1 */
	struct db *(*txn_begin)(struct session *session, struct error *err);
	bool (*txn_commit)(struct session *session, const bool topics[STORE_TOPIC_COUNT],
			   struct error *err);
	void (*txn_rollback)(struct session *session);
	/* Both NULL: commits are never deferred. `wait` completes session->pending. */
	bool (*wait)(struct session *session, struct error *err);
	enum settle_result (*settle)(struct session *session, struct settle *settle, struct error *err);
	/* From any thread; false: its files are gone; NULL: always true. */
	bool (*is_there)(const struct store *store);
	/* Open and close what all sessions share, and the thread that notices commits of other
	 * processes. */
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
	struct store_config config; /* with copied texts */
	char token[17];             /* identifies this process in notifications */
	void *engine;               /* the driver's data */
	struct health *health;      /* only of an exclusive store */
	atomic_bool is_gone;
	atomic_bool all_current; /* no older node is connected: session_beside_older */
	_Atomic int64_t heard_until_us; /* store_hears; INT64_MAX: there are no other nodes */
	struct clock_view clock;
};

struct txn {
	struct session *session;
	struct db *db;
	bool topics[STORE_TOPIC_COUNT];
	int64_t room;
};

/* A session has at most one txn at a time, which is stored in it. */
struct session {
	struct store *store;
	struct db *db;
	struct txn txn;
	bool in_txn, defers;
	uint64_t turn_key; /* the account its txns are for: turns.h */
	enum error_code refuses_txns; /* why it refuses txns; ERROR_NONE: it does not */
	struct group *pending; /* SQLite: a deferred commit */
	struct error lost;     /* why a deferred commit failed; reported by session_settle */
};

/* Calls on_topic for each topic that is set. */
void store_announce(const struct store *store, const bool topics[STORE_TOPIC_COUNT]);
void store_announce_all(const struct store *store);
/* Reads the store's clock for the first time: store_clock.h. */
MUST_CHECK bool store_clock_start(struct store *store, struct error *err);
/* Checks whether the store's files are gone, and calls on_gone once if they are. From any
 * thread. */
void store_look(struct store *store);

#endif
