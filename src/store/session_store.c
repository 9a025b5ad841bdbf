/* session_store.c – SQL of sessions and authentication tokens. */
#include "store/session_store.h"

#include "store/rows.h"

static const char INSERT_SESSION[] =
	"INSERT INTO login_session (account, token_hash, kind, uid, package, signer, fields, "
	"scopes, created_us, authenticated_us, last_seen_us, idle_s, address, agent, origin) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
	"ON CONFLICT DO NOTHING";

bool login_session_insert(struct db *db, const struct login_session *session, struct error *err)
{
	return insert_new(db, INSERT_SESSION,
			  ARGS(arg_text(session->account), arg_bytes(session->hash),
			       arg_int(session->kind), arg_text(session->uid),
			       arg_text(session->package), arg_text(session->signer),
			       arg_text(session->fields), arg_text(session->scopes),
			       arg_time(session->created), arg_time(session->authenticated),
			       arg_time(session->last_seen), arg_int(session->idle_s),
			       arg_text(session->address), arg_text(session->agent),
			       arg_text(session->origin)),
			  "session", err);
}

#define SESSION_COLUMNS \
	"account, token_hash, kind, uid, package, signer, fields, scopes, created_us, " \
	"authenticated_us, last_seen_us, idle_s, address, agent, origin"

static void session_from_row(struct rows *rows, struct arena *arena,
			     struct login_session *ret_session)
{
	*ret_session = (struct login_session){
		.account = rows_text(rows, "account", arena),
		.hash = rows_bytes(rows, "token_hash", arena),
		.kind = (enum session_kind)rows_int(rows, "kind"),
		.uid = rows_text(rows, "uid", arena),
		.package = rows_text(rows, "package", arena),
		.signer = rows_text(rows, "signer", arena),
		.fields = rows_text(rows, "fields", arena),
		.scopes = rows_text(rows, "scopes", arena),
		.created = rows_time(rows, "created_us"),
		.authenticated = rows_time(rows, "authenticated_us"),
		.last_seen = rows_time(rows, "last_seen_us"),
		.idle_s = rows_int(rows, "idle_s"),
		.address = rows_text(rows, "address", arena),
		.agent = rows_text(rows, "agent", arena),
		.origin = rows_text(rows, "origin", arena),
	};
}

static const char SELECT_SESSION[] = "SELECT " SESSION_COLUMNS
				     " FROM login_session WHERE token_hash = $1";

bool login_session_find(struct db *db, struct arena *arena, struct bytes hash,
			struct login_session *ret_session, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_SESSION, ARGS(arg_bytes(hash)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		session_from_row(rows, arena, ret_session);
	return true;
}

static const char LIST_SESSIONS[] =
	"SELECT " SESSION_COLUMNS
	" FROM login_session WHERE (CAST($1 AS TEXT) IS NULL OR account = $1) "
	"AND (CAST($2 AS TEXT) IS NULL OR uid = $2) ORDER BY created_us DESC LIMIT $3";

static bool sessions_read(struct rows *rows, struct arena *arena, int64_t limit,
			  struct login_session **ret_sessions, size_t *ret_count, struct error *err)
{
	if (!rows)
		return false;
	struct login_session *sessions = arena_alloc(arena, (size_t)limit * sizeof(*sessions));
	size_t count = 0;

	while (rows_next(rows, err))
		session_from_row(rows, arena, &sessions[count++]);
	*ret_sessions = sessions;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

bool login_session_list(struct db *db, struct arena *arena, const char *account, const char *uid,
			int64_t limit, struct login_session **ret_sessions, size_t *ret_count,
			struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, LIST_SESSIONS, ARGS(arg_text(account), arg_text(uid), arg_int(limit)), err);
	return sessions_read(rows, arena, limit, ret_sessions, ret_count, err);
}

static const char LIST_LIVE[] =
	"SELECT " SESSION_COLUMNS " FROM login_session WHERE uid = $1 AND uid <> '' "
	"AND last_seen_us + idle_s * 1000000 > $2 ORDER BY last_seen_us DESC, token_hash LIMIT $3";

bool login_session_list_live(struct db *db, struct arena *arena, const char *uid,
			     struct wall_time queue_now, int64_t limit,
			     struct login_session **ret_sessions, size_t *ret_count,
			     struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, LIST_LIVE, ARGS(arg_text(uid), arg_time(queue_now), arg_int(limit)), err);
	return sessions_read(rows, arena, limit, ret_sessions, ret_count, err);
}

static const char NOTE_USE[] =
	"UPDATE login_session SET last_seen_us = $1 WHERE token_hash = $2 AND last_seen_us < $1";

bool login_session_note_use(struct db *db, struct bytes hash, struct wall_time at,
			    struct error *err)
{
	return db_run(db, NOTE_USE, ARGS(arg_time(at), arg_bytes(hash)), NULL, err);
}

static const char NOTE_PASSWORD[] =
	"UPDATE login_session SET authenticated_us = $1 WHERE token_hash = $2";

bool login_session_note_password(struct db *db, struct bytes hash, struct wall_time at,
				 struct error *err)
{
	return db_run(db, NOTE_PASSWORD, ARGS(arg_time(at), arg_bytes(hash)), NULL, err);
}

static bool one_delete(struct db *db, const char *sql, struct bytes hash, bool *ret_found,
		       struct error *err)
{
	int64_t changed;

	if (!db_run(db, sql, ARGS(arg_bytes(hash)), &changed, err))
		return false;
	*ret_found = changed == 1;
	return true;
}

static const char DELETE_SESSION[] = "DELETE FROM login_session WHERE token_hash = $1";

bool login_session_delete(struct db *db, struct bytes hash, bool *ret_found, struct error *err)
{
	return one_delete(db, DELETE_SESSION, hash, ret_found, err);
}

static const char DELETE_SESSIONS[] = "DELETE FROM login_session WHERE uid = $1 AND uid <> ''";
static const char DELETE_USER_TOKENS[] =
	"DELETE FROM authentication_token WHERE uid = $1 AND uid <> ''";

bool login_session_delete_all(struct db *db, const char *uid, int64_t *ret_count, struct error *err)
{
	return db_run(db, DELETE_SESSIONS, ARGS(arg_text(uid)), ret_count, err) &&
	       db_run(db, DELETE_USER_TOKENS, ARGS(arg_text(uid)), NULL, err);
}

static const char DELETE_OTHERS[] =
	"DELETE FROM login_session WHERE uid = $1 AND uid <> '' AND token_hash <> $2";

bool login_session_delete_others(struct db *db, const char *uid, struct bytes kept,
				 int64_t *ret_count, struct error *err)
{
	return db_run(db, DELETE_OTHERS, ARGS(arg_text(uid), arg_bytes(kept)), ret_count, err) &&
	       db_run(db, DELETE_USER_TOKENS, ARGS(arg_text(uid)), NULL, err);
}

static const char DELETE_OF_ORIGIN[] =
	"DELETE FROM login_session WHERE account = $1 AND origin = $2 AND origin <> ''";
static const char DELETE_TOKENS_OF_ORIGIN[] =
	"DELETE FROM authentication_token WHERE account = $1 AND origin = $2 AND origin <> ''";

bool login_session_delete_of_origin(struct db *db, const char *account, const char *origin,
				    struct error *err)
{
	const struct arg args[] = {arg_text(account), arg_text(origin)};

	return db_run(db, DELETE_OF_ORIGIN, args, ARRAY_SIZE(args), NULL, err) &&
	       db_run(db, DELETE_TOKENS_OF_ORIGIN, args, ARRAY_SIZE(args), NULL, err);
}

static const char INSERT_TOKEN[] =
	"INSERT INTO authentication_token (account, token_hash, kind, uid, package, signer, "
	"fields, scopes, multi_use, created_us, expires_us, origin) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";

bool authentication_token_insert(struct db *db, const struct authentication_token *token,
				 struct error *err)
{
	return insert_new(
		db, INSERT_TOKEN,
		ARGS(arg_text(token->account), arg_bytes(token->hash), arg_int(token->kind),
		     arg_text(token->uid), arg_text(token->package), arg_text(token->signer),
		     arg_text(token->fields), arg_text(token->scopes), arg_bool(token->multi_use),
		     arg_time(token->created), arg_time(token->expires), arg_text(token->origin)),
		"authentication token", err);
}

static const char SELECT_TOKEN[] =
	"SELECT account, token_hash, kind, uid, package, signer, fields, scopes, multi_use, "
	"created_us, expires_us, origin FROM authentication_token WHERE token_hash = $1";

bool authentication_token_find(struct db *db, struct arena *arena, struct bytes hash,
			       struct authentication_token *ret_token, bool *ret_found,
			       struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_TOKEN, ARGS(arg_bytes(hash)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_token = (struct authentication_token){
			.account = rows_text(rows, "account", arena),
			.hash = rows_bytes(rows, "token_hash", arena),
			.kind = (enum session_kind)rows_int(rows, "kind"),
			.uid = rows_text(rows, "uid", arena),
			.package = rows_text(rows, "package", arena),
			.signer = rows_text(rows, "signer", arena),
			.fields = rows_text(rows, "fields", arena),
			.scopes = rows_text(rows, "scopes", arena),
			.multi_use = rows_bool(rows, "multi_use"),
			.created = rows_time(rows, "created_us"),
			.expires = rows_time(rows, "expires_us"),
			.origin = rows_text(rows, "origin", arena),
		};
	return true;
}

static const char DELETE_TOKEN[] = "DELETE FROM authentication_token WHERE token_hash = $1";

bool authentication_token_delete(struct db *db, struct bytes hash, bool *ret_found,
				 struct error *err)
{
	return one_delete(db, DELETE_TOKEN, hash, ret_found, err);
}

static const char DELETE_TOKENS_OF[] =
	"DELETE FROM authentication_token WHERE uid = $1 AND kind = $2";

bool authentication_token_delete_of(struct db *db, const char *uid, enum session_kind kind,
				    struct error *err)
{
	return db_run(db, DELETE_TOKENS_OF, ARGS(arg_text(uid), arg_int(kind)), NULL, err);
}

static const char PRUNE_SESSIONS[] =
	"DELETE FROM login_session WHERE last_seen_us + idle_s * 1000000 < $1";
static const char PRUNE_TOKENS[] = "DELETE FROM authentication_token WHERE expires_us < $1";
static const char PRUNE_REVOKED[] = "DELETE FROM revoked_token WHERE expires_us < $1";
static const char PRUNE_ASSERTIONS[] = "DELETE FROM used_assertion WHERE expires_us < $1";

bool sessions_prune(struct db *db, struct wall_time queue_now, struct error *err)
{
	return db_run(db, PRUNE_SESSIONS, ARGS(arg_time(queue_now)), NULL, err);
}

bool ended_prune(struct db *db, struct wall_time now, struct error *err)
{
	return db_run(db, PRUNE_TOKENS, ARGS(arg_time(now)), NULL, err) &&
	       db_run(db, PRUNE_REVOKED, ARGS(arg_time(now)), NULL, err) &&
	       db_run(db, PRUNE_ASSERTIONS, ARGS(arg_time(now)), NULL, err);
}
