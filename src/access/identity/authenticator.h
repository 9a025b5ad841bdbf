/* authenticator.h – from a request's credentials to a caller, and from a client app's credentials to a token.
 *
 * Both are answered from memory when they can be: `session` may then be NULL, as on the loop thread. When the
 * store would be needed and there is no session, the answer is AUTH_NEEDS_STORE and the call is made again by a
 * worker. Neither id nor secret of a refused credential is told apart, in words or in time. */
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
	struct usage *usage; /* NULL: nobody counts */
};

enum auth_result { AUTH_OK, AUTH_REFUSED /* err says why */, AUTH_NEEDS_STORE };

/* What a request carries. */
struct credentials {
	const char *authorization; /* the header's value, NULL when absent: `Basic <API key>` or `Bearer <token>`, the
				      scheme in any case (RFC 9110 section 11.1) */
	const char *session;       /* value of the session cookie, NULL when absent; an Authorization header beats it */
	const char *address;       /* of the client */
	bool reads;                /* GET or HEAD */
	bool goes_on;              /* an earlier call that still lasts: it counts once, and keeps no session alive */
	struct wall_time now;
	struct wall_time queue_now; /* what sessions are idle by: no step of a clock ends one (store_clock.h) */
};

/* The limits of a client app (networks, read-only, rate) are checked here too; *ret_rate tells of the last. */
enum auth_result authenticate(const struct authenticator *authenticator, struct session *session,
			      const struct credentials *credentials, struct actor *ret_actor,
			      struct rate_verdict *ret_rate, struct error *err);

/* ---- what the token endpoints need (api_tokens.c, oauth.c) ---- */

enum auth_result app_identity_find(const struct authenticator *authenticator, struct session *session,
				   const char *client_id, struct identity *ret_app, struct error *err);
enum auth_result member_identity_find(const struct authenticator *authenticator,
				      struct session *session, const char *account, const char *uid,
				      struct identity *ret_member, struct error *err);

/* Whether, and until when, the delegate may act for the delegator. */
enum auth_result delegation_identity_find(const struct authenticator *authenticator,
					  struct session *session, const char *account,
					  const char *delegator, const char *delegate,
					  struct identity *ret_delegation, struct error *err);

/* ---- what chain.c needs: `id` is an identity's ---- */

enum auth_result key_identity_find(const struct authenticator *authenticator,
				   struct session *session, const char *id,
				   struct identity *ret_key, struct error *err);
bool key_is_live(const struct identity *key, struct wall_time now);
/* One that has ended is found as one that never was: its account's id is "". Being looked at counts as use. */
enum auth_result session_identity_find(const struct authenticator *authenticator,
				       struct session *session, const char *id,
				       const struct credentials *credentials,
				       struct identity *ret_session, struct error *err);
/* The claims of an access token that this installation has signed. */
MUST_CHECK bool jwt_read(const json_t *claims, struct jwt_identity *ret_jwt, struct error *err);
/* What is derived from a token has this origin. */
struct token;
struct origin token_origin(const struct token *token);
struct origin jwt_origin(const struct jwt_identity *jwt);
/* ERROR_FEATURE_DISABLED, ERROR_METHOD_DISABLED. */
enum auth_result method_check(const struct identity_account *account, enum account_feature feature,
			      enum accepted_method method, const char *what, struct error *err);
struct rights member_rights(const struct identity *member, const char *owner);

/* Whether nothing needs to be read to check this client id. An app that acts for its maker is never said to be known. */
bool app_is_known(const struct authenticator *authenticator, const char *client_id);
/* Limits by address and client, before anything is looked at; `client_id` as sent. */
MUST_CHECK bool attempt_may_begin(const struct authenticator *authenticator, const char *client_id,
				  const char *address, struct wall_time now,
				  struct rate_verdict *ret_rate, struct error *err);
/* Client id and secret. ERROR_INVALID_CLIENT, and the next attempt from that address will have to wait. */
enum auth_result app_secret_check(const struct authenticator *authenticator, struct session *session,
				  const char *client_id, const char *secret, const char *address,
				  struct wall_time now, struct identity *ret_app,
				  bool *ret_is_old_secret, struct error *err);
/* A failed attempt by other means. */
void attempt_failed(const struct authenticator *authenticator, const char *client_id,
		    const char *address, struct wall_time now);
/* ERROR_ADDRESS_NOT_ALLOWED. */
MUST_CHECK bool app_address_check(const struct app_identity *app, const char *address, struct error *err);

#endif
