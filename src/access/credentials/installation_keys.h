/* installation_keys.h – the data key in the database, the key-encryption key beside it, and the credentials' prefix. */
#ifndef GREFFIER_ACCESS_INSTALLATION_KEYS_H
#define GREFFIER_ACCESS_INSTALLATION_KEYS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "store/store.h"

/* Opens the data key, or makes one for an empty database. ERROR_CONFIGURATION, saying what to do, when the database
 * belongs to another key-encryption key. */
MUST_CHECK bool keyring_bind_to_store(struct session *session, struct keyring *keyring,
				      struct arena *arena, struct error *err);

/* Makes `next` the key-encryption key, in the two steps around the moment in which the caller puts its file in place: between
 * them either file opens the database, so a crash at any moment loses nothing. */
MUST_CHECK bool keyring_rotation_begin(struct session *session, const struct keyring *keyring,
				       const struct keyring *next, struct arena *arena,
				       struct error *err);
MUST_CHECK bool keyring_rotation_end(struct session *session, const struct keyring *keyring,
				     const struct keyring *next, struct arena *arena,
				     struct error *err);

/* The prefix new credentials get: `wanted`, or the one used last when that is "". The prefixes of former times stay on record
 * for the data-loss-prevention rules. */
MUST_CHECK bool credential_prefix_choose(struct session *session, struct keyring *keyring,
					 struct arena *arena, const char *wanted, struct error *err);
/* All prefixes this installation has used, the current one first, separated by blanks. */
MUST_CHECK bool credential_prefixes_read(struct session *session, struct arena *arena,
					 const char **ret_prefixes, struct error *err);

#endif
