/* identities.h – reads identities from the store into the cache. Inside src/access only.
 *
 * Each function fills an identity of which only the id is set. When nothing has that id, it
 * returns true and leaves the id of the account "", which callers check. */
#ifndef GREFFIER_ACCESS_IDENTITIES_H
#define GREFFIER_ACCESS_IDENTITIES_H

#include "access/identity/identity_cache.h"
#include "base/error.h"
#include "store/store.h"

typedef bool identity_reader(struct session *session, struct arena *arena, const char *id,
			     struct identity *identity, struct error *err);

identity_reader app_identity_read, member_identity_read, key_identity_read,
	session_identity_read, delegation_identity_read;

/* Decodes the hash in the id of a key, a session or an access token. */
void identity_hash(const char *id, unsigned char hash[KEYED_HASH_BYTES]);

#endif
