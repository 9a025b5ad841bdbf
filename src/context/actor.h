/* actor.h – who acts: the kind of actor, the credential, the rights, the address.
 *
 * The authenticator makes the actors of calls; actor.c makes actors without an HTTP credential.
 * `rights` and `features` say what an actor may do (rights.h). Code checks a right, not the
 * kind. Where the kind matters, it uses a switch without default, so that the compiler finds the
 * places to extend for a new kind. */
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

enum actor_kind {
	ACTOR_NOBODY,    /* not authenticated: a public route, or a refused call */
	ACTOR_PERSON,    /* a user of the account, with an API key or a session */
	/* A client app that acts for a user, with a token or a session opened by one. */
	ACTOR_APP,
	ACTOR_SIGNER,    /* a signer of one package, in a session; may not be a user */
	ACTOR_OPERATOR,  /* manages the installation over HTTP */
	ACTOR_COMMAND,   /* manages it on the command line */
	ACTOR_CLOCKWORK, /* nobody: a scheduled job, or the end of a delivery */
};

/* The credential of a call within an account. */
enum actor_method { METHOD_NONE, METHOD_API_KEY, METHOD_API_TOKEN, METHOD_OAUTH, METHOD_SESSION };

#define CLIENT_ID_LENGTH_MAX 47
/* A header of each request that this server sends: the number of notifications in the chain that
 * caused it. */
#define HOPS_HEADER "greffier-hops"
#define SIGNER_ID_MAX 255 /* bytes; see docs/reference/limits.md, ids of roles and signers */

struct actor {
	enum actor_kind kind;
	enum actor_method method;
	struct rights rights;           /* what all links of the chain leave */
	unsigned features;              /* of the account: enum account_feature */
	char account[ACCOUNT_ID_LENGTH + 1]; /* "" for an actor without account */
	char user[USER_UID_LENGTH + 1];      /* "" for an actor who is not a user */
	const char *name;    /* of an operator over HTTP, for the audit log; NULL for others */
	const char *address; /* the client's address, in the call's arena; "" without one */
	/* For a client app's token. */
	char client_id[CLIENT_ID_LENGTH_MAX + 1]; /* "" otherwise */
	/* The app's networks and rate limit have admitted this call, which is therefore counted. */
	bool is_let_in;
	/* The app has networks or a rate limit, which are not part of `rights` (rights.h). */
	bool is_limited;
	struct origin origin; /* credentials derived from this call's credential end with it */
	/* The start of the chain: for a session, the origin of its first ancestor; otherwise the
	 * same as `origin`. */
	struct origin root;
	unsigned depth;     /* for a session: number of sessions before it in the chain */
	/* For a session. */
	enum session_kind session_kind;
	unsigned char session_hash[KEYED_HASH_BYTES];
	struct wall_time authenticated; /* when the password was last entered; 0: never */
	char package[PACKAGE_ID_LENGTH + 1]; /* the only package it may access; "": no such limit */
	char signer[SIGNER_ID_MAX + 1];
	unsigned hops; /* the request's greffier-hops: notifications in the chain that caused it */
};

/* Makes an actor who is not authenticated. `address` is borrowed. */
struct actor actor_nobody(const char *address);
/* Makes an operator, who may do everything in every account and belongs to none. `name` and
 * `address` are borrowed. */
struct actor actor_operator(const char *name, const char *address);
/* Return the constant actors of the command line and of scheduled jobs, with the same rights. */
const struct actor *actor_command(void);
const struct actor *actor_clockwork(void);
/* Returns the kind of an actor whose credential and chain have been verified. */
enum actor_kind actor_kind_proven(const struct actor *actor);

/* True for an actor who belongs to no account and may act in all. */
bool actor_is_operator(const struct actor *actor);

static inline bool actor_may(const struct actor *actor, enum permission permission)
{
	return (actor->rights.permissions & BIT(permission)) != 0;
}
static inline bool actor_is_signer(const struct actor *actor)
{
	return actor->kind == ACTOR_SIGNER;
}
/* True for a user who has signed in: not for a key, a token, or a session for one package. */
static inline bool actor_has_signed_in(const struct actor *actor)
{
	return actor->method == METHOD_SESSION && actor->session_kind == SESSION_USER;
}

/* Who acted, as events name it: the id of the signer or of the user. */
static inline const char *actor_name(const struct actor *actor)
{
	return actor_is_signer(actor) ? actor->signer : actor->user;
}

#endif
