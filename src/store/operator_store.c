/* operator_store.c – SQL of what operators see. */
#include "store/operator_store.h"

#include "base/ensure.h"
#include "store/rows.h"

/* ---- sessions ---- */

static const char INSERT[] = "INSERT INTO operator_session (token_hash, credential, created_us, "
			     "last_seen_us, address) VALUES ($1, $2, $3, $4, $5) "
			     "ON CONFLICT DO NOTHING";

bool operator_session_insert(struct db *db, const struct operator_session *session,
			     struct error *err)
{
	return insert_new(db, INSERT,
			  ARGS(arg_bytes(session->hash), arg_text(session->credential),
			       arg_time(session->created), arg_time(session->last_seen),
			       arg_text(session->address)),
			  "operator session", err);
}

static const char FIND[] =
	"SELECT operator_session.credential AS credential, operator_credential.name AS name, "
	"operator_session.created_us AS created_us, "
	"operator_session.last_seen_us AS last_seen_us, operator_session.address AS address "
	"FROM operator_session JOIN operator_credential "
	"ON operator_credential.id = operator_session.credential AND operator_credential.manages = 1 "
	"WHERE operator_session.token_hash = $1";

bool operator_session_find(struct db *db, struct arena *arena, struct bytes hash,
			   struct operator_session *ret_session, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, FIND, ARGS(arg_bytes(hash)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_session = (struct operator_session){
			.hash = hash,
			.credential = rows_text(rows, "credential", arena),
			.name = rows_text(rows, "name", arena),
			.created = rows_time(rows, "created_us"),
			.last_seen = rows_time(rows, "last_seen_us"),
			.address = rows_text(rows, "address", arena),
		};
	return true;
}

static const char NOTE_USE[] =
	"UPDATE operator_session SET last_seen_us = $1 WHERE token_hash = $2 AND last_seen_us < $1";
static const char DELETE[] = "DELETE FROM operator_session WHERE token_hash = $1";
static const char PRUNE[] =
	"DELETE FROM operator_session WHERE last_seen_us < $1 OR created_us < $2";

bool operator_session_note_use(struct db *db, struct bytes hash, struct wall_time at,
			       struct error *err)
{
	return db_run(db, NOTE_USE, ARGS(arg_time(at), arg_bytes(hash)), NULL, err);
}

bool operator_session_delete(struct db *db, struct bytes hash, struct error *err)
{
	return db_run(db, DELETE, ARGS(arg_bytes(hash)), NULL, err);
}

bool operator_sessions_prune(struct db *db, struct wall_time seen, struct wall_time made,
			     struct error *err)
{
	return db_run(db, PRUNE, ARGS(arg_time(seen), arg_time(made)), NULL, err);
}

/* ---- queues ---- */

/* Each part is the first row of an index: the cost is not that of the rows. */
static const char NEXT_ACCOUNT[] =
	"SELECT MIN(account) AS account FROM ("
	"SELECT * FROM (SELECT account FROM lane WHERE account > $1 ORDER BY account LIMIT 1) AS a "
	"UNION ALL SELECT * FROM (SELECT account FROM endpoint WHERE account > $1 "
	"AND failing_since_us > 0 AND state < 2 ORDER BY account LIMIT 1) AS b "
	"UNION ALL SELECT * FROM (SELECT account FROM endpoint WHERE account > $1 AND state = 1 "
	"ORDER BY account LIMIT 1) AS c) AS candidates";
static const char COUNT_QUEUED[] =
	"SELECT COUNT(*) AS queued, MIN(CASE WHEN queued_us > 0 THEN queued_us" TO_STORE_TIME
	" ELSE event.created_us END) AS oldest_us FROM (SELECT account, sequence, queued_us "
	"FROM delivery WHERE account = $1 AND state = 0 LIMIT $2) AS waiting "
	"JOIN event ON event.account = waiting.account AND event.sequence = waiting.sequence";
static const char COUNT_FAILING[] =
	"SELECT COUNT(*) AS total FROM (SELECT 1 AS one FROM endpoint WHERE account = $1 "
	"AND failing_since_us > 0 AND state < 2 LIMIT $2) AS failing";
static const char COUNT_PAUSED[] =
	"SELECT COUNT(*) AS total FROM (SELECT 1 AS one FROM endpoint WHERE account = $1 "
	"AND state = 1 LIMIT $2) AS paused";

static bool queue_count(struct db *db, struct account_queue *queue, struct error *err)
{
	const struct arg args[] = {arg_text(queue->account), arg_int(QUEUE_COUNTED_MAX + 1)};
	bool found;

	scoped(rows) struct rows *rows = db_query(db, COUNT_QUEUED, args, ARRAY_SIZE(args), err);
	if (!rows || !rows_first(rows, &found, err))
		return false;
	ensure(found);
	queue->queued = rows_int(rows, "queued");
	queue->oldest = rows_time(rows, "oldest_us");
	queue->more = queue->queued > QUEUE_COUNTED_MAX;
	if (queue->more)
		queue->queued = QUEUE_COUNTED_MAX;
	return query_total(db, COUNT_FAILING, args, ARRAY_SIZE(args), &queue->failing, err) &&
	       query_total(db, COUNT_PAUSED, args, ARRAY_SIZE(args), &queue->paused, err);
}

static bool next_account(struct db *db, struct arena *arena, const char *after,
			 const char **ret_account, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, NEXT_ACCOUNT, ARGS(arg_text(after)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_account = found && !rows_is_null(rows, "account") ? rows_text(rows, "account", arena)
							       : NULL;
	return true;
}

bool account_queue_next(struct db *db, struct arena *arena, const char *after,
			struct account_queue *ret_queue, bool *ret_found, struct error *err)
{
	struct account_queue queue = {0};

	if (!next_account(db, arena, after, &queue.account, err) ||
	    (queue.account && !queue_count(db, &queue, err)))
		return false;
	*ret_found = queue.account != NULL;
	*ret_queue = queue;
	return true;
}

/* ---- nodes ---- */

static const char LIST_NODES[] = "SELECT node, written_us" TO_STORE_TIME
				 " AS heard_us FROM write_probe ORDER BY written_us DESC LIMIT $1";

bool nodes_list(struct db *db, struct arena *arena, int64_t limit, struct node_seen **ret_nodes,
		size_t *ret_count, struct error *err)
{
	struct node_seen *nodes = arena_alloc(arena, (size_t)limit * sizeof(*nodes));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, LIST_NODES, ARGS(arg_int(limit)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		nodes[count++] = (struct node_seen){.node = rows_text(rows, "node", arena),
						    .heard = rows_time(rows, "heard_us")};
	*ret_nodes = nodes;
	*ret_count = count;
	return err->code == ERROR_NONE;
}
