/* identity_cache.h – what checking a credential needs to know about apps, keys, sessions and users, in memory.
 *
 * Filled from the store on a miss, dropped as a whole when credentials change here or elsewhere
 * (STORE_TOPIC_ACCESS). A value read before a drop is never put in after it: see the generation. While this node cannot hear the
 * others (store_hears) nothing is found in it. Thread-safe. */
#ifndef GREFFIER_ACCESS_IDENTITY_CACHE_H
#define GREFFIER_ACCESS_IDENTITY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "context/actor.h"
#include "base/network.h"
#include "base/time.h"
#include "store/store.h"

/* The account as it matters to a call. In every identity, so that one look-up is enough. */
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
	struct wall_time old_secret_until; /* 0: there is none */
	char maker[USER_UID_LENGTH + 1]; /* whom it acts for; "": the owner */
	struct wall_time confirm_until;  /* 0: it needs no confirmation */
	unsigned scopes, rate;
	bool read_only, is_bound; /* to the networks */
	bool has_keys;            /* for private_key_jwt */
	struct network_list networks;
};

/* A user in an account: the own one, or a sub-account in which a role is held. */
struct member_identity {
	bool live; /* ACTIVE, and a member */
	char user[USER_UID_LENGTH + 1];
	unsigned permissions;
};

struct key_identity {
	char user[USER_UID_LENGTH + 1];
	struct wall_time valid_until; /* 0: no end */
};

/* That one user may act for another. */
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

/* What a verified OAuth 2.0 access token says. */
#define JTI_LENGTH 22 /* of the access tokens made here */

struct jwt_identity {
	char client_id[CLIENT_ID_LENGTH_MAX + 1];
	char user[USER_UID_LENGTH + 1];
	char delegate[USER_UID_LENGTH + 1]; /* who acts for the user; "": nobody */
	char jti[JTI_LENGTH + 1];
	unsigned scopes;
	uint32_t epoch;
	struct wall_time expires;
};

struct identity {
	char id[68]; /* the key, with a letter for its kind: "a" client id, "m" account and uid, "k" an API
			 key's, "s" a session's, "j" an access token's hash in hex, "d" account, delegator and delegate */
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

/* About 450 bytes an entry, with use. When it is full it starts anew: a miss costs one read. */
#define IDENTITY_CACHE_ENTRIES_MAX 262144

struct identity_cache *identity_cache_new(void);
void identity_cache_free(struct identity_cache *cache);

/* Whose announcements it rests on. Before it is used; without one, on nobody's. */
void identity_cache_follow(struct identity_cache *cache, const struct store *store);

/* Copies the entry out. */
bool identity_cache_get(struct identity_cache *cache, const char *id, struct identity *ret_identity);
/* Read it before reading the store, and hand it to _put: a drop in between makes _put do nothing. */
uint64_t identity_cache_generation(struct identity_cache *cache);
void identity_cache_put(struct identity_cache *cache, uint64_t generation,
			const struct identity *identity);
void identity_cache_drop(struct identity_cache *cache);

#endif
