/* authenticator.h – authenticates requests, and client apps that ask for tokens.
 *
 * Both are answered from memory when possible; `session` may then be NULL, as on the loop's
 * thread. When the store is needed and there is no session, the result is AUTH_NEEDS_STORE, and
 * a worker repeats the call. Refusals do not reveal, by text or by time, whether the id or the
 * secret was wrong. */
#ifndef GREFFIER_ACCESS_AUTHENTICATOR_H
#define GREFFIER_ACCESS_AUTHENTICATOR_H

#include "context/actor.h"
#include "access/identity/identity_cache.h"
#include "access/rate_limit.h"
#include "context/context.h"
#include "access/credentials/token_registry.h"
#include "access/accounts/usage.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "store/store.h"

struct authenticator {
	const struct keyring *keyring;
	const struct access_config *config;
	struct identity_cache *cache;
	struct token_registry *registry;
	struct rate_limit *limits;
	struct usage *usage; /* NULL: uses are not counted */
};

enum auth_result { AUTH_OK, AUTH_REFUSED /* err says why */, AUTH_NEEDS_STORE };

/* The credentials of a request. */
struct credentials {
	/* Header value, NULL when absent: `Basic <API key>` or `Bearer <token>`, the scheme in
	 * any case (RFC 9110 section 11.1). */
	const char *authorization;
	/* Value of the session cookie, NULL when absent; an Authorization header takes
	 * precedence. */
	const char *session;
	const char *address;       /* of the client */
	bool reads;                /* GET or HEAD */
	/* A call that was admitted earlier and still runs: counted once, and does not extend the
	 * session. */
	bool goes_on;
	struct wall_time now;
	/* Decides whether a session is idle; not affected by steps of the clock (store_clock.h). */
	struct wall_time queue_now;
};

/* Authenticates a request. Also checks the limits of a client app (networks, read-only, rate);
 * *ret_rate reports the rate. */
enum auth_result authenticate(const struct authenticator *authenticator, struct session *session,
			      const struct credentials *credentials, struct actor *ret_actor,
			      struct rate_verdict *ret_rate, struct error *err);

/* ---- for the token endpoints (api_tokens.c, oauth.c) ---- */

enum auth_result app_identity_find(const struct authenticator *authenticator, struct session *session,
				   const char *client_id, struct identity *ret_app, struct error *err);
enum auth_result member_identity_find(const struct authenticator *authenticator,
				      struct session *session, const char *account, const char *uid,
				      struct identity *ret_member, struct error *err);

/* Tells whether, and until when, the delegate may act for the delegator. */
enum auth_result delegation_identity_find(const struct authenticator *authenticator,
					  struct session *session, const char *account,
					  const char *delegator, const char *delegate,
					  struct identity *ret_delegation, struct error *err);

/* ---- for chain.c: `id` is that of an identity ---- */

enum auth_result key_identity_find(const struct authenticator *authenticator,
				   struct session *session, const char *id,
				   struct identity *ret_key, struct error *err);
bool key_is_live(const struct identity *key, struct wall_time now);
/* Finds a session. An ended session is treated like an unknown one: the id of its account is "".
 * The look-up counts as use. */
enum auth_result session_identity_find(const struct authenticator *authenticator,
				       struct session *session, const char *id,
				       const struct credentials *credentials,
				       struct identity *ret_session, struct error *err);
/* Reads the claims of an access token that this installation has signed. */
MUST_CHECK bool jwt_read(const json_t *claims, struct jwt_identity *ret_jwt, struct error *err);
/* Return the origin of credentials derived from a token. */
struct token;
struct origin token_origin(const struct token *token);
struct origin jwt_origin(const struct jwt_identity *jwt);
/* Checks that operator and account allow the method. Fails with ERROR_FEATURE_DISABLED or
 * ERROR_METHOD_DISABLED. */
enum auth_result method_check(const struct identity_account *account, enum account_feature feature,
			      enum accepted_method method, const char *what, struct error *err);
struct rights member_rights(const struct identity *member, const char *owner);

/* Fails with ERROR_ADDRESS_NOT_ALLOWED. */
MUST_CHECK bool app_address_check(const struct app_identity *app, const char *address, struct error *err);

#endif
