/* api_key_store.c – SQL of API keys. */
#include "store/api_key_store.h"

#include "store/rows.h"

static const char INSERT_KEY[] =
	"INSERT INTO api_key (account, uid, key_hash, key_sealed, created_us, valid_until_us, "
	"last_used_us, last_used_address) VALUES ($1, $2, $3, $4, $5, $6, 0, '') "
	"ON CONFLICT DO NOTHING";

bool api_key_insert(struct db *db, const struct api_key *key, struct error *err)
{
	return insert_new(db, INSERT_KEY,
			  ARGS(arg_text(key->account), arg_text(key->uid), arg_bytes(key->hash),
			       arg_bytes(key->sealed), arg_time(key->created),
			       arg_time(key->valid_until)),
			  "API key", err);
}

#define KEY_COLUMNS \
	"account, uid, key_hash, key_sealed, created_us, valid_until_us, last_used_us, " \
	"last_used_address"

static void key_from_row(struct rows *rows, struct arena *arena, struct api_key *ret_key)
{
	*ret_key = (struct api_key){
		.account = rows_text(rows, "account", arena),
		.uid = rows_text(rows, "uid", arena),
		.hash = rows_bytes(rows, "key_hash", arena),
		.sealed = rows_bytes(rows, "key_sealed", arena),
		.created = rows_time(rows, "created_us"),
		.valid_until = rows_time(rows, "valid_until_us"),
		.last_used = rows_time(rows, "last_used_us"),
		.last_used_address = rows_text(rows, "last_used_address", arena),
	};
}

static bool key_query(struct rows *rows, struct arena *arena, struct api_key *ret_key,
		      bool *ret_found, struct error *err)
{
	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		key_from_row(rows, arena, ret_key);
	return true;
}

static const char SELECT_KEY[] = "SELECT " KEY_COLUMNS " FROM api_key WHERE key_hash = $1";

bool api_key_find(struct db *db, struct arena *arena, struct bytes hash, struct api_key *ret_key,
		  bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_KEY, ARGS(arg_bytes(hash)), err);
	return key_query(rows, arena, ret_key, ret_found, err);
}

static const char SELECT_CURRENT[] =
	"SELECT " KEY_COLUMNS
	" FROM api_key WHERE account = $1 AND uid = $2 AND valid_until_us = 0";

bool api_key_find_current(struct db *db, struct arena *arena, const char *account, const char *uid,
			  struct api_key *ret_key, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_CURRENT,
						  ARGS(arg_text(account), arg_text(uid)), err);
	return key_query(rows, arena, ret_key, ret_found, err);
}

static const char LIST_KEYS[] =
	"SELECT " KEY_COLUMNS
	" FROM api_key WHERE account = $1 AND (CAST($2 AS TEXT) IS NULL OR uid = $2) "
	"AND (valid_until_us = 0 OR valid_until_us > $3) "
	"ORDER BY created_us DESC, uid LIMIT $4";

bool api_key_list(struct db *db, struct arena *arena, const char *account, const char *uid,
		  struct wall_time now, int64_t limit, struct api_key **ret_keys, size_t *ret_count,
		  struct error *err)
{
	struct api_key *keys = arena_alloc(arena, (size_t)limit * sizeof(*keys));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST_KEYS,
		ARGS(arg_text(account), arg_text(uid), arg_time(now), arg_int(limit)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		key_from_row(rows, arena, &keys[count++]);
	*ret_keys = keys;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char END_KEYS[] = "UPDATE api_key SET valid_until_us = $1 WHERE account = $2 "
			       "AND uid = $3 AND (valid_until_us = 0 OR valid_until_us > $1)";

bool api_key_end(struct db *db, const char *account, const char *uid, struct wall_time until,
		 int64_t *ret_count, struct error *err)
{
	return db_run(db, END_KEYS, ARGS(arg_time(until), arg_text(account), arg_text(uid)),
		      ret_count, err);
}

static const char NOTE_USE[] = "UPDATE api_key SET last_used_us = $1, last_used_address = $2 "
			       "WHERE key_hash = $3 AND last_used_us < $1";

bool api_key_note_use(struct db *db, struct bytes hash, struct wall_time at, const char *address,
		      struct error *err)
{
	return db_run(db, NOTE_USE, ARGS(arg_time(at), arg_text(address), arg_bytes(hash)), NULL,
		      err);
}
