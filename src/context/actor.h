/* actor.h – who makes a request, once that is proven: by what credential, and with what rights. */
#ifndef GREFFIER_CONTEXT_ACTOR_H
#define GREFFIER_CONTEXT_ACTOR_H

#include <stdbool.h>

#include "context/grants.h"
#include "context/origin.h"
#include "context/rights.h"
#include "crypto/credential.h"
#include "crypto/keyring.h"
#include "store/account_store.h"
#include "store/package_store.h"
#include "store/session_store.h"

enum actor_method { METHOD_API_KEY, METHOD_API_TOKEN, METHOD_OAUTH, METHOD_SESSION };

#define CLIENT_ID_LENGTH_MAX 47
/* Of each request that leaves this server: how many notifications lie before what it causes. */
#define HOPS_HEADER "greffier-hops"
#define SIGNER_ID_MAX 255 /* bytes: docs/reference/limits.md, ids of roles and signers */

struct actor {
	enum actor_method method;
	char account[ACCOUNT_ID_LENGTH + 1];
	char user[USER_UID_LENGTH + 1]; /* "" for a signer from outside */
	unsigned features;              /* of the account: enum account_feature */
	struct rights rights;           /* what is left of everything on the way to this call; `live` once it was let in */
	/* Of a client app's token. */
	char client_id[CLIENT_ID_LENGTH_MAX + 1]; /* "" otherwise */
	bool is_let_in;  /* by the app's networks and rate, in this run of the call: it is counted */
	bool is_limited; /* by networks or a rate of an app, which are no rights (rights.h) */
	struct origin origin; /* what is derived from this call's credential ends with it */
	struct origin root; /* where that begins: the same, but for a session what the first one was derived from */
	unsigned depth;     /* of a session: how many others lie behind it */
	/* Of a session. */
	enum session_kind session_kind;
	unsigned char session_hash[KEYED_HASH_BYTES];
	struct wall_time authenticated; /* when the password was last given; 0: never */
	char package[PACKAGE_ID_LENGTH + 1]; /* the only one it may reach; "": no such bound */
	char signer[SIGNER_ID_MAX + 1];
	unsigned hops; /* notifications that lie before the request: its greffier-hops */
};

static inline bool actor_may(const struct actor *actor, enum permission permission)
{
	return (actor->rights.permissions & BIT(permission)) != 0;
}
static inline bool actor_is_signer(const struct actor *actor)
{
	return actor->method == METHOD_SESSION && actor->session_kind == SESSION_SIGNER;
}

/* Who did it, as events name them: the signer's id, or the user's. */
static inline const char *actor_name(const struct actor *actor)
{
	return actor_is_signer(actor) ? actor->signer : actor->user;
}

#endif
