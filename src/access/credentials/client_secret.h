/* client_secret.h – checks a client app's id and secret, with limits by address and client.
 * Inside src/access only. */
#ifndef GREFFIER_ACCESS_CLIENT_SECRET_H
#define GREFFIER_ACCESS_CLIENT_SECRET_H

#include "access/identity/authenticator.h"

/* True when this client id can be checked from memory. Never true for an app that acts for its
 * maker. */
bool app_is_known(const struct authenticator *authenticator, const char *client_id);
/* Applies limits by address and client before anything is checked; `client_id` is as sent. */
MUST_CHECK bool attempt_may_begin(const struct authenticator *authenticator, const char *client_id,
				  const char *address, struct wall_time now,
				  struct rate_verdict *ret_rate, struct error *err);
/* Checks client id and secret. A wrong one fails with ERROR_INVALID_CLIENT and delays the next
 * attempt from that address. */
enum auth_result app_secret_check(const struct authenticator *authenticator, struct session *session,
				  const char *client_id, const char *secret, const char *address,
				  struct wall_time now, struct identity *ret_app,
				  bool *ret_is_old_secret, struct error *err);
/* Records a failed attempt by other means. */
void attempt_failed(const struct authenticator *authenticator, const char *client_id,
		    const char *address, struct wall_time now);

#endif
