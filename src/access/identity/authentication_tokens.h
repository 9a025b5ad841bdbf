/* authentication_tokens.h – tokens that a browser or signer exchanges for a session. An
 * authenticated call makes them. */
#ifndef GREFFIER_ACCESS_AUTHENTICATION_TOKENS_H
#define GREFFIER_ACCESS_AUTHENTICATION_TOKENS_H

#include <jansson.h>

#include "context/context.h"
#include "store/session_store.h"

#define SESSION_FIELDS_MAX 4096 /* bytes of JSON */

/* The person for whom a token is made. `package` and `signer` must exist; "" where they do not
 * apply. `fields` is a JSON object as text. */
struct token_subject {
	enum session_kind kind;
	const char *package, *signer, *fields;
	bool multi_use;
};

/* Makes a token in *ret_value. It opens a session of the caller or of the signer. */
MUST_CHECK bool authentication_token_make(const struct context *context,
					  const struct token_subject *subject, const char **ret_value,
					  struct error *err);
/* Exchanges a token of that kind for a session; a single-use token is used up. The context's
 * account and caller are ignored. Fails with ERROR_INVALID_CREDENTIALS. */
MUST_CHECK bool authentication_token_exchange(const struct context *context,
					      enum session_kind kind, const char *value,
					      const char *agent, const char **ret_session,
					      struct error *err);
/* Finds the user whose session a token would open: "" for a signer, NULL when the token is
 * unknown. Does not use up the token. */
MUST_CHECK bool authentication_token_holder(const struct context *context, const char *value,
					    const char **ret_uid, struct error *err);
/* Opens a session without a token. */
MUST_CHECK bool session_for_subject(const struct context *context,
				    const struct token_subject *subject, const char *agent,
				    const char **ret_session, struct error *err);
/* Tells whether /auth may redirect a browser to `target`: to this server, or to a host of
 * --redirect-hosts. Pure. */
bool redirect_is_allowed(const struct access_config *config, const char *target);

#endif
