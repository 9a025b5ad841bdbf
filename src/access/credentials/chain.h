/* chain.h – follows the chain between a person and a call: a client app and its maker, a
 * delegation, and derived sessions and tokens. Inside src/access only.
 *
 * Each link is checked anew at each use, and reduces the caller's rights to those that it has
 * itself (rights.h). */
#ifndef GREFFIER_ACCESS_CHAIN_H
#define GREFFIER_ACCESS_CHAIN_H

#include "access/identity/authenticator.h"

/* A client app in the chain. `origin` has the client id, the epoch, the delegate and the kind of
 * token. */
struct app_link {
	const struct origin *origin;
	unsigned scopes;       /* of the token; SCOPES_ALL when it has none */
	enum error_code ended; /* the error for the caller when the link has ended */
};

/* Checks that the app is live, that its secret is unchanged, and that the account accepts it.
 * chain_app_bind checks its maker. */
enum auth_result chain_app_find(const struct authenticator *authenticator, struct session *session,
				const struct app_link *link, struct wall_time now,
				struct identity *ret_app, struct error *err);
/* Checks that the token's delegation is still valid; `delegator` is the token's user. */
enum auth_result chain_delegation_check(const struct authenticator *authenticator,
					struct session *session, const char *account,
					const char *delegator, const struct app_link *link,
					struct wall_time now, struct error *err);
/* Applies the app's limits to a caller who acts for `caller->user`: scopes, read-only, networks,
 * rate, the rights of its maker, and the token's delegation. */
enum auth_result chain_app_bind(const struct authenticator *authenticator, struct session *session,
				const struct app_link *link, const struct identity *app,
				const struct credentials *credentials, struct actor *actor,
				struct rate_verdict *ret_rate, struct error *err);

/* Follows the chain of a session to its start: `origin` is the session's, `actor` its user with
 * the session's rights. A signer's session keeps the rights of a signer, from any address, and
 * ends with its origin. */
enum auth_result chain_origin_follow(const struct authenticator *authenticator,
				     struct session *session, const struct origin *origin,
				     const struct credentials *credentials, struct actor *actor,
				     struct rate_verdict *ret_rate, struct error *err);

/* Returns the user for whom an app acts by default: its maker, or the owner. */
const char *app_default_user(const struct identity *app);
/* Reduces `rights` of the user `uid` to those of the app's maker. Fails with ERROR_NO_PERMISSION
 * when the maker may not act for that user, and with ERROR_INVALID_CREDENTIALS when the maker is
 * no longer an active member. */
enum auth_result app_maker_bind(const struct authenticator *authenticator, struct session *session,
				const struct identity *app, const char *uid, struct rights *rights,
				struct error *err);
/* True unless the app was revoked or disabled, or the confirmation period of an app of version
 * 0.3 is over. */
bool app_is_live(const struct app_identity *app, struct wall_time now);

#endif
