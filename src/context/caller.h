/* caller.h – who makes a request, once that is proven. */
#ifndef GREFFIER_CONTEXT_CALLER_H
#define GREFFIER_CONTEXT_CALLER_H

#include <stdbool.h>

#include "context/grants.h"
#include "context/origin.h"
#include "context/rights.h"
#include "crypto/credential.h"
#include "crypto/keyring.h"
#include "store/account_store.h"
#include "store/package_store.h"
#include "store/session_store.h"

enum caller_method { CALLER_API_KEY, CALLER_API_TOKEN, CALLER_OAUTH, CALLER_SESSION };

#define CLIENT_ID_LENGTH_MAX 47
/* Of each request that leaves this server: how many notifications lie before what it causes. */
#define HOPS_HEADER "greffier-hops"
#define SIGNER_ID_MAX 255 /* bytes: docs/reference/limits.md, ids of roles and signers */

struct caller {
	enum caller_method method;
	char account[ACCOUNT_ID_LENGTH + 1];
	char user[USER_UID_LENGTH + 1]; /* "" for a signer from outside */
	bool is_owner;                  /* of the account */
	unsigned features;              /* of the account: enum account_feature */
	unsigned permissions;           /* bits of enum permission */
	/* Of a client app's token. */
	char client_id[CLIENT_ID_LENGTH_MAX + 1]; /* "" otherwise */
	unsigned scopes;                          /* bits of enum scope; all unless it is a token */
	bool read_only;
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

/* What is left of everything on the way to this call. A caller that was let in is live. */
static inline struct rights caller_rights(const struct caller *caller)
{
	return (struct rights){.live = true,
			       .is_owner = caller->is_owner,
			       .permissions = caller->permissions,
			       .scopes = caller->scopes,
			       .read_only = caller->read_only};
}
static inline void caller_set_rights(struct caller *caller, struct rights rights)
{
	caller->is_owner = rights.is_owner;
	caller->permissions = rights.permissions;
	caller->scopes = rights.scopes;
	caller->read_only = rights.read_only;
}

static inline bool caller_may(const struct caller *caller, enum permission permission)
{
	return (caller->permissions & BIT(permission)) != 0;
}
static inline bool caller_is_signer(const struct caller *caller)
{
	return caller->method == CALLER_SESSION && caller->session_kind == SESSION_SIGNER;
}

/* Who did it, as events name them: the signer's id, or the user's. */
static inline const char *caller_name(const struct caller *caller)
{
	return caller_is_signer(caller) ? caller->signer : caller->user;
}

#endif
