/* installation_keys.h – the data key in the database, its key-encryption key, and the prefix of
 * credentials. */
#ifndef GREFFIER_ACCESS_INSTALLATION_KEYS_H
#define GREFFIER_ACCESS_INSTALLATION_KEYS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "store/store.h"

/* Opens the data key, or makes one for an empty database. Fails with ERROR_CONFIGURATION, which
 * says what to do, when the database belongs to another key-encryption key. */
MUST_CHECK bool keyring_bind_to_store(struct session *session, struct keyring *keyring,
				      struct arena *arena, struct error *err);

/* Replace the key-encryption key by `next` in two steps; between them the caller puts the new
 * key file in place. Between the steps either file opens the database, so that a crash at any
 * time loses nothing. */
MUST_CHECK bool keyring_rotation_begin(struct session *session, const struct keyring *keyring,
				       const struct keyring *next, struct arena *arena,
				       struct error *err);
MUST_CHECK bool keyring_rotation_end(struct session *session, const struct keyring *keyring,
				     const struct keyring *next, struct arena *arena,
				     struct error *err);

/* Chooses the prefix of new credentials: `wanted`, or the prefix used last when that is "".
 * Former prefixes stay on record for the rules of scanners. */
MUST_CHECK bool credential_prefix_choose(struct session *session, struct keyring *keyring,
					 struct arena *arena, const char *wanted, struct error *err);
/* Lists all prefixes of this installation, the current one first, separated by blanks. */
MUST_CHECK bool credential_prefixes_read(struct session *session, struct arena *arena,
					 const char **ret_prefixes, struct error *err);

#endif
