/* identities.h – reads identities from the store for the cache. Inside src/access only.
 *
 * Each fills an identity that is all zero but for its id. Nothing under that id: true, and it stays so (its account's id is
 * "", which is what callers look at). */
#ifndef GREFFIER_ACCESS_IDENTITIES_H
#define GREFFIER_ACCESS_IDENTITIES_H

#include "access/identity/identity_cache.h"
#include "base/error.h"
#include "store/store.h"

typedef bool identity_reader(struct session *session, struct arena *arena, const char *id,
			     struct identity *identity, struct error *err);

identity_reader app_identity_read, member_identity_read, key_identity_read,
	session_identity_read, delegation_identity_read;

/* The hash in the id of a key's, a session's or an access token's identity. */
void identity_hash(const char *id, unsigned char hash[KEYED_HASH_BYTES]);

#endif
