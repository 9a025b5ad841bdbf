/* chain.h – follows what lies between a person and a call: a client app and who made it, a delegation, the sessions and tokens
 * that were derived on the way. Each link is looked at anew at each use, and takes from the caller's rights what it does not
 * have itself (rights.h). Inside src/access. */
#ifndef GREFFIER_ACCESS_CHAIN_H
#define GREFFIER_ACCESS_CHAIN_H

#include "access/identity/authenticator.h"

/* One app on the way, by what names it: the client id, the epoch, the delegate and the kind of token are in `origin`. */
struct app_link {
	const struct origin *origin;
	unsigned scopes;       /* of the token itself; SCOPES_ALL when it has none of its own */
	enum error_code ended; /* what the caller is told when the link has ended */
};

/* The app is live, its secret still that one, and the account accepts it. Whether its maker is still there: chain_app_bind. */
enum auth_result chain_app_find(const struct authenticator *authenticator, struct session *session,
				const struct app_link *link, struct wall_time now,
				struct identity *ret_app, struct error *err);
/* The delegation that the token rests on still stands; `delegator` is the token's user. */
enum auth_result chain_delegation_check(const struct authenticator *authenticator,
					struct session *session, const char *account,
					const char *delegator, const struct app_link *link,
					struct wall_time now, struct error *err);
/* The app's limits upon a caller who acts for `caller->user`: scopes, read-only, networks, rate, its maker's rights, and the
 * delegation that the token rests on. */
enum auth_result chain_app_bind(const struct authenticator *authenticator, struct session *session,
				const struct app_link *link, const struct identity *app,
				const struct credentials *credentials, struct actor *actor,
				struct rate_verdict *ret_rate, struct error *err);

/* What a session was derived from, and what that was derived from, and so on: `origin` is the session's, `caller` its user with
 * the session's rights. A signer's session does what signers may, from wherever the signer is: it only ends with its origin. */
enum auth_result chain_origin_follow(const struct authenticator *authenticator,
				     struct session *session, const struct origin *origin,
				     const struct credentials *credentials, struct actor *actor,
				     struct rate_verdict *ret_rate, struct error *err);

/* Whom an app acts for when nobody is named: its maker, or the owner. */
const char *app_default_user(const struct identity *app);
/* Takes from `rights`, those of the user `uid`, what the app's maker does not have. ERROR_NO_PERMISSION when the maker may not act
 * for that user, ERROR_INVALID_CREDENTIALS when the maker is no live member any more. */
enum auth_result app_maker_bind(const struct authenticator *authenticator, struct session *session,
				const struct identity *app, const char *uid, struct rights *rights,
				struct error *err);
/* Neither revoked nor switched off, and no app of version 0.3 whose time for being taken over is up. */
bool app_is_live(const struct app_identity *app, struct wall_time now);

#endif
