/* leaks.h – leaked credentials: finds their owner, tells whether they still work, and applies
 * the account's policy. */
#ifndef GREFFIER_ACCESS_LEAKS_H
#define GREFFIER_ACCESS_LEAKS_H

#include <jansson.h>

#include "access/credentials/oauth.h"
#include "context/context.h"
#include "store/client_app_store.h"

/* Seconds that a leaked secret stays valid under the policy RENEW. */
#define LEAK_OVERLAP_S 86400
#define LEAK_REPORTS_AT_ONCE 1000
#define LEAK_URL_MAX 2000        /* bytes; longer ones are cut */

enum leak_state { LEAK_UNKNOWN, LEAK_REVOKED, LEAK_LIVE };
const char *leak_state_name(enum leak_state state);

struct leak_subject {
	enum leak_state state;
	/* "CLIENT_SECRET" …; "" when the text is not a credential of this server. */
	const char *kind;
	const char *account; /* "" when unknown */
	const char *subject; /* client id, uid, …; "" when unknown */
	struct token_facts facts; /* for an API token or access token */
};
/* Identifies a credential. Reads only. */
MUST_CHECK bool leak_identify(const struct context *context, const char *credential,
			      struct leak_subject *ret_subject, struct error *err);

struct leak {
	const char *credential, *url, *source;
	const char *reporter_kind; /* PARTNER or OPERATOR */
	const char *reporter;
};
/* Handles one find and informs the account's owner, once per place. *ret_subject describes the
 * credential. */
MUST_CHECK bool leak_handle(const struct context *context, const struct leak *leak,
			    struct leak_subject *ret_subject, const char **ret_action,
			    struct error *err);

#endif
