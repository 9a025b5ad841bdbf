/* identity_cache.h – caches what authentication needs to know about apps, keys, sessions and
 * users. Thread-safe.
 *
 * It is filled from the store on a miss, and dropped as a whole when credentials change on any
 * node (STORE_TOPIC_ACCESS). A value read before a drop is never inserted after it: see the
 * generation. While this node cannot receive announcements (store_hears), look-ups find nothing. */
#ifndef GREFFIER_ACCESS_IDENTITY_CACHE_H
#define GREFFIER_ACCESS_IDENTITY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "context/actor.h"
#include "base/network.h"
#include "base/time.h"
#include "store/store.h"

/* The account's data that a call needs. Part of every identity, so that one look-up suffices. */
struct identity_account {
	char id[ACCOUNT_ID_LENGTH + 1];
	char owner[USER_UID_LENGTH + 1];
	unsigned features, accepted_methods;
	int64_t token_life_max_s, app_rate;
	bool locked; /* by the operator */
};

struct app_identity {
	bool live; /* neither revoked nor disabled */
	uint32_t epoch;
	unsigned char secret_hash[KEYED_HASH_BYTES], old_secret_hash[KEYED_HASH_BYTES];
	struct wall_time old_secret_until; /* 0: no old secret */
	char maker[USER_UID_LENGTH + 1]; /* the user for whom it acts; "": the owner */
	struct wall_time confirm_until;  /* 0: no confirmation needed */
	unsigned scopes, rate;
	bool read_only, is_bound; /* is_bound: limited to `networks` */
	bool has_keys;            /* for private_key_jwt */
	struct network_list networks;
};

/* A user in an account: in the user's own, or in a sub-account in which the user has a role. */
struct member_identity {
	bool live; /* ACTIVE and a member */
	char user[USER_UID_LENGTH + 1];
	unsigned permissions;
};

struct key_identity {
	char user[USER_UID_LENGTH + 1];
	struct wall_time valid_until; /* 0: no end */
};

/* The right of one user to act for another. */
struct delegation_identity {
	bool stands;
	struct wall_time expires; /* 0: never */
};

struct session_identity {
	enum session_kind kind;
	char user[USER_UID_LENGTH + 1];
	char package[PACKAGE_ID_LENGTH + 1];
	char signer[SIGNER_ID_MAX + 1];
	unsigned scopes;
	struct origin origin;
	struct wall_time authenticated, last_seen;
	int64_t idle_s;
};

/* The claims of a verified OAuth 2.0 access token. */
#define JTI_LENGTH 22 /* of access tokens made here */

struct jwt_identity {
	char client_id[CLIENT_ID_LENGTH_MAX + 1];
	char user[USER_UID_LENGTH + 1];
	char delegate[USER_UID_LENGTH + 1]; /* the user who acts for `user`; "": nobody */
	char jti[JTI_LENGTH + 1];
	unsigned scopes;
	uint32_t epoch;
	struct wall_time expires;
};

struct identity {
	/* The cache key: a letter for the kind, then its name. "a" client id, "m" account and
	 * uid, "k" hash of an API key, "s" of a session, "j" of an access token (in
	 * hexadecimal), "d" account, delegator and delegate. */
	char id[68];
	struct identity_account account;
	union {
		struct app_identity app;
		struct member_identity member;
		struct key_identity key;
		struct session_identity session;
		struct jwt_identity jwt;
		struct delegation_identity delegation;
	};
};

struct identity_cache;

/* About 450 bytes per entry in use. A full cache is emptied: a miss costs one read. */
#define IDENTITY_CACHE_ENTRIES_MAX 262144

struct identity_cache *identity_cache_new(void);
void identity_cache_free(struct identity_cache *cache);

/* Sets the store whose announcements it follows, before its first use. Without one it receives
 * none. */
void identity_cache_follow(struct identity_cache *cache, const struct store *store);

/* Copies the entry. */
bool identity_cache_get(struct identity_cache *cache, const char *id, struct identity *ret_identity);
/* Read the generation before reading the store, and pass it to _put: when a drop happened in
 * between, _put does nothing. */
uint64_t identity_cache_generation(struct identity_cache *cache);
void identity_cache_put(struct identity_cache *cache, uint64_t generation,
			const struct identity *identity);
void identity_cache_drop(struct identity_cache *cache);

#endif
