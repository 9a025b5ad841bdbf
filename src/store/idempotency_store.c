/* idempotency_store.c – SQL of idempotent requests. */
#include "store/idempotency_store.h"

#include "store/rows.h"

static const char FIND[] = "SELECT digest, answer, created_us FROM idempotent_request "
			   "WHERE account = $1 AND idempotency_key = $2";

bool idempotent_request_find(struct db *db, struct arena *arena, const char *account,
			     const char *key, struct idempotent_request *ret_request,
			     bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, FIND, ARGS(arg_text(account), arg_text(key)),
						  err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_request = (struct idempotent_request){
			.account = account,
			.key = key,
			.digest = rows_bytes(rows, "digest", arena),
			.answer = rows_text(rows, "answer", arena),
			.created = rows_time(rows, "created_us"),
		};
	return true;
}

static const char INSERT[] =
	"INSERT INTO idempotent_request (account, idempotency_key, digest, answer, created_us) "
	"VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

bool idempotent_request_insert(struct db *db, const struct idempotent_request *request,
			       struct error *err)
{
	return insert_new(db, INSERT,
			  ARGS(arg_text(request->account), arg_text(request->key),
			       arg_bytes(request->digest), arg_text(request->answer),
			       arg_time(request->created)),
			  "Idempotency-Key: in use by another request", err);
}
