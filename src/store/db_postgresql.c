/* db_postgresql.c – statements, sessions and transactions on PostgreSQL, through libpq. */
#include <libpq-fe.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/log.h"
#include "store/db_driver.h"
#include "store/durability.h"
#include "store/listener.h"
#include "store/migrations.h"

#define STATEMENTS_MAX 1024
#define ARGS_MAX 32
#define SERVER_VERSION_MIN 130000
#define STATEMENT_TIMEOUT "30s"
#define LOCK_TIMEOUT "10s"

struct pg_rows {
	struct rows rows;
	PGresult *result;
	int row;
};

struct pg_db {
	struct db db;
	PGconn *connection;
	struct {
		const char *sql; /* the key: its address */
		char name[16];
	} statements[STATEMENTS_MAX];
	unsigned statement_count;
	const struct store *store;
	char node[32]; /* the node this connection stands for; "" for none */
	/* For pg_standing, which other threads call: */
	_Atomic int socket;	      /* -1: there is no connection */
	_Atomic uint64_t connections; /* made so far, and names taken */
};

struct pg_store {
	struct listener *listener;
};

static struct pg_db *of(const struct db *db)
{
	return (struct pg_db *)(uintptr_t)db;
}

/* libpq's messages end in a newline; statement texts are ours and parameters are not in them. */
static void message_copy(char *out, size_t size, const char *message)
{
	snprintf(out, size, "%s", message);
	out[strcspn(out, "\n")] = '\0';
}

/* Trouble of the server, its disk or its time, and none of ours. */
static bool state_is_trouble(const char *state)
{
	static const char *const classes[] = {
		"08",	 /* the connection */
		"40",	 /* serialization, deadlock */
		"53",	 /* resources */
		"57",	 /* operator intervention */
		"58",	 /* system error: an I/O error */
		"XX001", /* damaged data */
		"XX002", /* a damaged index */
		"55P03", /* a lock that was waited for too long */
		"25006", /* a standby: it only reads */
	};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strncmp(state, classes[i], strlen(classes[i])) == 0)
			return true;
	}
	return false;
}

static bool fail(const struct pg_db *db, const PGresult *result, struct error *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	char message[300];

	message_copy(message, sizeof(message), primary ? primary : PQerrorMessage(db->connection));
	if (PQstatus(db->connection) != CONNECTION_OK)
		return error_set(err, ERROR_STORE_UNAVAILABLE,
				 "PostgreSQL: the connection is lost: %s", message);
	if (state && strcmp(state, "53100") == 0)
		return error_set(err, ERROR_STORE_FULL, "PostgreSQL: %s", message);
	if (state && strcmp(state, "23505") == 0)
		return error_set(err, ERROR_CONFLICT, "PostgreSQL: %s", message);
	if (state && state_is_trouble(state))
		return error_set(err, ERROR_STORE_UNAVAILABLE, "PostgreSQL: %s (%s)", message,
				 state);
	return error_set(err, ERROR_UNEXPECTED, "PostgreSQL: %s (%s)", message,
			 state ? state : "?");
}

static bool result_take(const struct pg_db *db, PGresult *result, PGresult **ret_result,
			struct error *err)
{
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
		*ret_result = result;
		return true;
	}
	(void)fail(db, result, err);
	PQclear(result);
	return false;
}

static const char *statement_name(struct pg_db *db, const char *sql, struct error *err)
{
	size_t at = ((uintptr_t)sql >> 3) % STATEMENTS_MAX;
	PGresult *result;

	while (db->statements[at].sql && db->statements[at].sql != sql)
		at = (at + 1) % STATEMENTS_MAX;
	if (db->statements[at].sql)
		return db->statements[at].name;
	ensure(db->statement_count < STATEMENTS_MAX - 1);
	snprintf(db->statements[at].name, sizeof(db->statements[at].name), "s%u",
		 db->statement_count);
	if (!result_take(db, PQprepare(db->connection, db->statements[at].name, sql, 0, NULL),
			 &result, err))
		return NULL;
	PQclear(result);
	db->statement_count++;
	db->statements[at].sql = sql;
	return db->statements[at].name;
}

struct bound {
	const char *values[ARGS_MAX];
	int lengths[ARGS_MAX], formats[ARGS_MAX];
	char integers[ARGS_MAX][24];
};

static void args_bind(struct bound *bound, const struct arg *args, size_t count)
{
	ensure(count <= ARGS_MAX);
	for (size_t i = 0; i < count; i++) {
		bound->formats[i] = 0;
		bound->lengths[i] = 0;
		switch (args[i].kind) {
		case ARG_NULL:
			bound->values[i] = NULL;
			break;
		case ARG_INT:
			snprintf(bound->integers[i], sizeof(bound->integers[i]), "%lld",
				 (long long)args[i].integer);
			bound->values[i] = bound->integers[i];
			break;
		case ARG_TEXT:
			bound->values[i] = args[i].text;
			break;
		case ARG_BYTES:
			ensure(args[i].bytes.length <= INT32_MAX);
			bound->values[i] = (const char *)args[i].bytes.data;
			bound->lengths[i] = (int)args[i].bytes.length;
			bound->formats[i] = 1;
			break;
		}
	}
}

static PGresult *execute(struct pg_db *db, const char *sql, const struct arg *args, size_t count,
			 struct error *err)
{
	struct bound bound;
	PGresult *result;
	const char *name = statement_name(db, sql, err);

	if (!name)
		return NULL;
	args_bind(&bound, args, count);
	return result_take(db,
			   PQexecPrepared(db->connection, name, (int)count, bound.values,
					  bound.lengths, bound.formats, 0),
			   &result, err)
		       ? result
		       : NULL;
}

static bool pg_run(struct db *db, const char *sql, const struct arg *args, size_t count,
		   int64_t *ret_changed, struct error *err)
{
	PGresult *result = execute(of(db), sql, args, count, err);

	if (!result)
		return false;
	*ret_changed = strtoll(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return true;
}

static struct rows *pg_query(struct db *db, const char *sql, const struct arg *args, size_t count,
			     struct error *err)
{
	PGresult *result = execute(of(db), sql, args, count, err);

	if (!result)
		return NULL;
	struct pg_rows *rows = malloc(sizeof(*rows));
	ensure(rows);
	*rows = (struct pg_rows){{db->driver}, result, -1};
	return &rows->rows;
}

static bool pg_run_script(struct db *db, const char *script, struct error *err)
{
	PGresult *result;

	if (!result_take(of(db), PQexec(of(db)->connection, script), &result, err))
		return false;
	PQclear(result);
	return true;
}

static struct pg_rows *rows_of(struct rows *rows)
{
	return (struct pg_rows *)rows;
}

static bool pg_rows_next(struct rows *rows, struct error *err)
{
	return ++rows_of(rows)->row < PQntuples(rows_of(rows)->result);
}

static void pg_rows_close(struct rows *rows)
{
	PQclear(rows_of(rows)->result);
	free(rows);
}

static int pg_column(struct rows *rows, const char *name)
{
	return PQfnumber(rows_of(rows)->result, name);
}

static const char *value_of(struct rows *rows, int column)
{
	return PQgetvalue(rows_of(rows)->result, rows_of(rows)->row, column);
}

static bool pg_column_is_null(struct rows *rows, int column)
{
	return PQgetisnull(rows_of(rows)->result, rows_of(rows)->row, column) != 0;
}

static int64_t pg_column_int(struct rows *rows, int column)
{
	return strtoll(value_of(rows, column), NULL, 10);
}

static const char *pg_column_text(struct rows *rows, int column, struct arena *arena,
				  arena_copy *copy)
{
	const char *value = value_of(rows, column);

	return copy(arena, value, strlen(value));
}

static struct bytes pg_column_bytes(struct rows *rows, int column, struct arena *arena,
				    arena_copy *copy)
{
	size_t length;
	unsigned char *data = PQunescapeBytea((const unsigned char *)value_of(rows, column),
					      &length);

	ensure(data || copy == arena_try_memdup);
	const struct bytes copied = {data ? copy(arena, data, length) : NULL, length};
	PQfreemem(data);
	return copied;
}

/* Shared, so that it need not wait for the end of a connection that was lost. */
static const char STAND_FOR[] = "SELECT pg_advisory_lock_shared(" NODE_LOCK_4 ", hashtext($1)), "
				"pg_advisory_lock_shared(" NODE_LOCK ", hashtext($1))";

static bool node_stand(struct pg_db *db, struct error *err)
{
	return !*db->node || db_run(&db->db, STAND_FOR, ARGS(arg_text(db->node)), NULL, err);
}

static bool pg_stand_for(struct db *db, const char *node, struct error *err)
{
	of(db)->connections++;
	snprintf(of(db)->node, sizeof(of(db)->node), "%s", node);
	return node_stand(of(db), err);
}

/* Whoever asks while another thread connects again finds no socket, or another number than before.
 */
static uint64_t pg_standing(const struct db *db)
{
	const uint64_t connections = of(db)->connections;
	struct pollfd ended = {.fd = of(db)->socket, .events = POLLRDHUP};

	if (ended.fd < 0 || poll(&ended, 1, 0) != 0 || of(db)->socket != ended.fd ||
	    of(db)->connections != connections)
		return 0;
	return connections;
}

/* After (re)connecting. */
static bool connection_prepare(struct pg_db *db, struct error *err)
{
	if (PQstatus(db->connection) != CONNECTION_OK) {
		char message[300];
		message_copy(message, sizeof(message), PQerrorMessage(db->connection));
		return error_set(err, ERROR_STORE_UNAVAILABLE, "PostgreSQL: %s", message);
	}
	if (PQserverVersion(db->connection) < SERVER_VERSION_MIN)
		return error_set(err, ERROR_CONFIGURATION, "PostgreSQL 13 or later is needed");
	memset(db->statements, 0, sizeof(db->statements));
	db->statement_count = 0;
	return pg_run_script(&db->db,
			     "SET statement_timeout = '" STATEMENT_TIMEOUT "';"
			     "SET lock_timeout = '" LOCK_TIMEOUT "';"
			     "SET client_min_messages = warning; SET TIME ZONE 'UTC'",
			     err) &&
	       pg_run_script(&db->db, durability_session, err) && node_stand(db, err);
}

static bool connection_begin(struct pg_db *db, struct error *err)
{
	if (!connection_prepare(db, err))
		return false;
	db->connections++;
	db->socket = PQsocket(db->connection);
	return true;
}

static void pg_session_db_close(struct db *db)
{
	if (!db)
		return;
	PQfinish(of(db)->connection);
	free(db);
}

static struct db *pg_session_db_open(struct store *store, struct error *err)
{
	struct pg_db *db = calloc(1, sizeof(*db));

	ensure(db);
	db->db.driver = &postgresql_driver;
	db->store = store;
	db->socket = -1;
	db->connection = PQconnectdb(store->config.database);
	ensure(db->connection);
	if (!connection_begin(db, err)) {
		pg_session_db_close(&db->db);
		return NULL;
	}
	return &db->db;
}

static bool pg_session_db_check(struct db *db, struct error *err)
{
	if (PQstatus(of(db)->connection) == CONNECTION_OK)
		return true;
	of(db)->socket = -1;
	PQreset(of(db)->connection);
	if (!connection_begin(of(db), err))
		return false;
	log_info("store", "reconnected to PostgreSQL");
	return true;
}

static struct db *pg_txn_begin(struct session *session, struct error *err)
{
	struct db *db = session->db;

	if (pg_session_db_check(db, err) && pg_run_script(db, "BEGIN", err))
		return db;
	/* A connection that was lost unnoticed is found out by its first use; nothing was under
	 * way, so once more. */
	return PQstatus(of(db)->connection) != CONNECTION_OK && pg_session_db_check(db, err) &&
			       pg_run_script(db, "BEGIN", err)
		       ? db
		       : NULL;
}

static const char NOTIFY[] = "SELECT pg_notify('" LISTENER_CHANNEL "', $1)";

static bool topics_notify(struct session *session, const bool topics[STORE_TOPIC_COUNT],
			  struct error *err)
{
	for (int topic = 0; topic < STORE_TOPIC_COUNT; topic++) {
		char payload[LISTENER_PAYLOAD_MAX];
		if (!topics[topic])
			continue;
		listener_payload(payload, (enum store_topic)topic, session->store->token);
		if (!db_run(session->db, NOTIFY, ARGS(arg_text(payload)), NULL, err))
			return false;
	}
	return true;
}

static void pg_txn_rollback(struct session *session)
{
	struct error ignored = {0};
	(void)pg_run_script(session->db, "ROLLBACK", &ignored);
}

static bool pg_txn_commit(struct session *session, const bool topics[STORE_TOPIC_COUNT],
			  struct error *err)
{
	const struct pg_db *db = of(session->db);

	if (!topics_notify(session, topics, err)) {
		pg_txn_rollback(session);
		return false;
	}
	PGresult *result = PQexec(db->connection, "COMMIT");
	bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
	/* A COMMIT of a failed transaction answers ROLLBACK and calls it a success. */
	bool committed = done && strcmp(PQcmdStatus(result), "COMMIT") == 0;
	if (done && !committed)
		(void)error_set(err, ERROR_UNEXPECTED, "PostgreSQL: rolled back at commit");
	else if (!done && PQstatus(db->connection) != CONNECTION_OK)
		(void)error_set(err, ERROR_COMMIT_UNKNOWN,
				"PostgreSQL: the connection was lost during COMMIT");
	else if (!done)
		(void)fail(db, result, err);
	PQclear(result);
	if (committed)
		store_announce(session->store, topics);
	return committed;
}

const struct migration_rules postgresql_migration_rules = {
	.begin = "BEGIN",
	.lock = "SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = 0;"
		"SELECT pg_advisory_xact_lock(7283746512)",
	.tables_are_shared = true,
};

static bool pg_store_open(struct store *store, struct error *err)
{
	struct pg_store *engine = calloc(1, sizeof(*engine));

	ensure(engine);
	store->engine = engine;
	struct db *db = pg_session_db_open(store, err);
	bool ok = db && durability_check(db, store->config.allow_unsafe, err) &&
		  migrate(db, &postgresql_migration_rules, err);
	pg_session_db_close(db);
	if (!ok || !store->config.on_topic)
		return ok;
	engine->listener = listener_start(store, err);
	return engine->listener != NULL;
}

static void pg_store_close(struct store *store)
{
	struct pg_store *engine = store->engine;

	listener_stop_and_free(engine->listener);
	free(engine);
}

const struct db_driver postgresql_driver = {
	.name = "PostgreSQL",
	.is_postgresql = true,
	.run = pg_run,
	.query = pg_query,
	.run_script = pg_run_script,
	.rows_next = pg_rows_next,
	.rows_close = pg_rows_close,
	.column = pg_column,
	.column_is_null = pg_column_is_null,
	.column_int = pg_column_int,
	.column_text = pg_column_text,
	.column_bytes = pg_column_bytes,
	.session_db_open = pg_session_db_open,
	.session_db_close = pg_session_db_close,
	.session_db_check = pg_session_db_check,
	.stand_for = pg_stand_for,
	.standing = pg_standing,
	.txn_begin = pg_txn_begin,
	.txn_commit = pg_txn_commit,
	.txn_rollback = pg_txn_rollback,
	.open = pg_store_open,
	.close = pg_store_close,
};
