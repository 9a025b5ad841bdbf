/* authentication_tokens.h – tokens that let a browser or a signer in: made by an authenticated call, exchanged for a session. */
#ifndef GREFFIER_ACCESS_AUTHENTICATION_TOKENS_H
#define GREFFIER_ACCESS_AUTHENTICATION_TOKENS_H

#include <jansson.h>

#include "context/context.h"
#include "store/session_store.h"

#define SESSION_FIELDS_MAX 4096 /* bytes of JSON */

/* For whom. `package` and `signer` are known to exist; "" where they do not apply. `fields`: JSON text of an object. */
struct token_subject {
	enum session_kind kind;
	const char *package, *signer, *fields;
	bool multi_use;
};

/* *ret_value: the token. The session it opens is the caller's own, or the signer's. */
MUST_CHECK bool authentication_token_make(const struct context *context,
					  const struct token_subject *subject, const char **ret_value,
					  struct error *err);
/* A token of that kind for a session; a single-use one is used up. The context's account and caller are not looked at.
 * ERROR_INVALID_CREDENTIALS. */
MUST_CHECK bool authentication_token_exchange(const struct context *context,
					      enum session_kind kind, const char *value,
					      const char *agent, const char **ret_session,
					      struct error *err);
/* Whose session a token would open, "" for a signer's; NULL when it is unknown. Uses nothing up. */
MUST_CHECK bool authentication_token_holder(const struct context *context, const char *value,
					    const char **ret_uid, struct error *err);
/* A session without the detour. */
MUST_CHECK bool session_for_subject(const struct context *context,
				    const struct token_subject *subject, const char *agent,
				    const char **ret_session, struct error *err);
/* Whether /auth may send a browser there: to this server, or to a host the operator allows (--redirect-hosts). Pure. */
bool redirect_is_allowed(const struct access_config *config, const char *target);

#endif
