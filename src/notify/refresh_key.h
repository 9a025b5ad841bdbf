/* refresh_key.h – the `key` of the Salesforce connector: base64 of {"host", "client_id", "refresh_token"}. Pure. */
#ifndef GREFFIER_NOTIFY_REFRESH_KEY_H
#define GREFFIER_NOTIFY_REFRESH_KEY_H

#include "base/arena.h"
#include "base/error.h"

#define REFRESH_KEY_MAX 8192 /* characters */

struct refresh_key {
	const char *host, *client_id, *refresh_token;
};

/* Decodes a key. Texts live in `arena`. Fails with ERROR_INVALID_FIELD, which names `key`. */
MUST_CHECK bool refresh_key_read(struct arena *arena, const char *key, struct refresh_key *ret_key,
				 struct error *err);
MUST_CHECK bool refresh_key_check(struct arena *arena, const char *key, struct error *err);
const char *refresh_key_write(struct arena *arena, const struct refresh_key *key);

#endif
