/* signing_key_store.c – SQL of signing keys. */
#include "store/signing_key_store.h"

#include "store/rows.h"

#define KEYS_MAX 16 /* that sign at the same time */

static const char INSERT_KEY[] =
	"INSERT INTO signing_key (account, id, public_key, seed_sealed, created_us, retires_us) "
	"VALUES ($1, $2, $3, $4, $5, 0)";

bool signing_key_insert(struct db *db, const struct signing_key *key, struct error *err)
{
	return db_run(db, INSERT_KEY,
		      ARGS(arg_text(key->account), arg_text(key->id), arg_bytes(key->public_key),
			   arg_bytes(key->seed_sealed), arg_time(key->created)),
		      NULL, err);
}

static const char LIST_KEYS[] =
	"SELECT account, id, public_key, seed_sealed, created_us, retires_us FROM signing_key "
	"WHERE account = $1 AND (retires_us = 0 OR retires_us > $2) "
	"ORDER BY created_us DESC, id LIMIT $3";

bool signing_key_list(struct db *db, struct arena *arena, const char *account, struct wall_time now,
		      struct signing_key **ret_keys, size_t *ret_count, struct error *err)
{
	struct signing_key *keys = arena_alloc(arena, KEYS_MAX * sizeof(*keys));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST_KEYS, ARGS(arg_text(account), arg_time(now), arg_int(KEYS_MAX)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		keys[count++] = (struct signing_key){
			.account = rows_text(rows, "account", arena),
			.id = rows_text(rows, "id", arena),
			.public_key = rows_bytes(rows, "public_key", arena),
			.seed_sealed = rows_bytes(rows, "seed_sealed", arena),
			.created = rows_time(rows, "created_us"),
			.retires = rows_time(rows, "retires_us"),
		};
	}
	*ret_keys = keys;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char RETIRE_KEYS[] =
	"UPDATE signing_key SET retires_us = $2 WHERE account = $1 AND retires_us = 0";

bool signing_key_retire(struct db *db, const char *account, struct wall_time retires,
			struct error *err)
{
	return db_run(db, RETIRE_KEYS, ARGS(arg_text(account), arg_time(retires)), NULL, err);
}
