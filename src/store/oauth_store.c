/* oauth_store.c – SQL of OAuth 2.0. */
#include "store/oauth_store.h"

#include "store/rows.h"

static const char INSERT_KEY[] =
	"INSERT INTO oauth_key (kid, private_sealed, public_jwk, created_us, retired_us) "
	"VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

bool oauth_key_insert(struct db *db, const struct oauth_key *key, struct error *err)
{
	return insert_new(db, INSERT_KEY,
			  ARGS(arg_text(key->kid), arg_bytes(key->private_sealed),
			       arg_text(key->public_jwk), arg_time(key->created),
			       arg_time(key->retired)),
			  "signing key", err);
}

static const char LIST_KEYS[] =
	"SELECT kid, private_sealed, public_jwk, created_us, retired_us FROM oauth_key "
	"ORDER BY created_us DESC, kid LIMIT $1";

bool oauth_key_list(struct db *db, struct arena *arena, struct oauth_key **ret_keys,
		    size_t *ret_count, struct error *err)
{
	struct oauth_key *keys = arena_alloc(arena, OAUTH_KEYS_MAX * sizeof(*keys));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, LIST_KEYS, ARGS(arg_int(OAUTH_KEYS_MAX)),
						  err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		keys[count++] = (struct oauth_key){
			.kid = rows_text(rows, "kid", arena),
			.private_sealed = rows_bytes(rows, "private_sealed", arena),
			.public_jwk = rows_text(rows, "public_jwk", arena),
			.created = rows_time(rows, "created_us"),
			.retired = rows_time(rows, "retired_us"),
		};
	*ret_keys = keys;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char RETIRE_KEYS[] = "UPDATE oauth_key SET retired_us = $1 WHERE retired_us = 0";
static const char FORGET_KEYS[] = "DELETE FROM oauth_key WHERE retired_us <> 0 AND retired_us < $1";

bool oauth_key_retire_all(struct db *db, struct wall_time now, struct wall_time forget,
			  struct error *err)
{
	return db_run(db, RETIRE_KEYS, ARGS(arg_time(now)), NULL, err) &&
	       db_run(db, FORGET_KEYS, ARGS(arg_time(forget)), NULL, err);
}

static const char INSERT_REVOKED[] =
	"INSERT INTO revoked_token (account, token_hash, expires_us) VALUES ($1, $2, $3) "
	"ON CONFLICT DO NOTHING";

bool revoked_token_insert(struct db *db, const char *account, struct bytes hash,
			  struct wall_time expires, struct error *err)
{
	return db_run(db, INSERT_REVOKED,
		      ARGS(arg_text(account), arg_bytes(hash), arg_time(expires)), NULL, err);
}

static const char LIST_REVOKED[] =
	"SELECT token_hash, expires_us FROM revoked_token WHERE expires_us > $1 "
	"ORDER BY expires_us DESC LIMIT $2";

bool revoked_token_list(struct db *db, struct arena *arena, struct wall_time now, int64_t limit,
			struct revoked_token **ret_tokens, size_t *ret_count, struct error *err)
{
	struct revoked_token *tokens = arena_alloc(arena, (size_t)limit * sizeof(*tokens));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, LIST_REVOKED,
						  ARGS(arg_time(now), arg_int(limit)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		tokens[count++] = (struct revoked_token){
			.hash = rows_bytes(rows, "token_hash", arena),
			.expires = rows_time(rows, "expires_us"),
		};
	*ret_tokens = tokens;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char USE_ASSERTION[] =
	"INSERT INTO used_assertion (account, client_id, assertion_hash, expires_us) "
	"VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

bool assertion_use(struct db *db, const char *account, const char *client_id, struct bytes hash,
		   struct wall_time expires, bool *ret_first, struct error *err)
{
	int64_t changed;

	if (!db_run(db, USE_ASSERTION,
		    ARGS(arg_text(account), arg_text(client_id), arg_bytes(hash),
			 arg_time(expires)),
		    &changed, err))
		return false;
	*ret_first = changed == 1;
	return true;
}
