/* idempotency_store.h – answers stored under idempotency keys, for requests that are sent again. */
#ifndef GREFFIER_STORE_IDEMPOTENCY_STORE_H
#define GREFFIER_STORE_IDEMPOTENCY_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

struct idempotent_request {
	const char *account, *key;
	struct bytes digest; /* of the request */
	const char *answer;  /* JSON */
	struct wall_time created;
};

MUST_CHECK bool idempotent_request_find(struct db *db, struct arena *arena, const char *account,
					const char *key, struct idempotent_request *ret_request,
					bool *ret_found, struct error *err);
/* Fails with ERROR_CONFLICT when the key has been used meanwhile. */
MUST_CHECK bool idempotent_request_insert(struct db *db, const struct idempotent_request *request,
					  struct error *err);

#endif
