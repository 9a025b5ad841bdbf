/* account_settings.h – settings of an account: accepted credentials, lifetimes, sign-in. */
#ifndef GREFFIER_ACCESS_ACCOUNT_SETTINGS_H
#define GREFFIER_ACCESS_ACCOUNT_SETTINGS_H

#include <jansson.h>

#include "base/shape.h"
#include "context/context.h"

/* Bounds of the limit that an account may set for the lifetime of its tokens. */
#define TOKEN_LIFE_MAX_LEAST_S 60
#define TOKEN_LIFE_MAX_MOST_S 86400

/* How people sign in. */
struct system_settings {
	int64_t failures; /* of one sender, before the next ones are delayed */
	int64_t session_minutes, warning_minutes;
	bool last_name_first;
};
extern const struct shape authentication_shape, system_settings_shape;

/* Accepted credentials, the limit on tokens' lifetimes, and the policy for leaks. Results are
 * new references. */
json_t *authentication_settings_read(const struct context *context, struct error *err);
json_t *authentication_settings_change(const struct context *context, const json_t *body,
				       struct error *err);
/* Settings of sign-in: senderLoginMaxFailedAttempts, loginSessionTimeout (minutes) and others.
 * `body` NULL restores the defaults. */
json_t *system_settings_read(const struct context *context, struct error *err);
json_t *system_settings_change(const struct context *context, const json_t *body,
			       struct error *err);

#endif
