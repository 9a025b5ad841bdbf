/* leaks.h – credentials that were found where they do not belong: whose they are, whether they still work, and what the
 * account's policy says to do. */
#ifndef GREFFIER_ACCESS_LEAKS_H
#define GREFFIER_ACCESS_LEAKS_H

#include <jansson.h>

#include "access/credentials/oauth.h"
#include "context/context.h"
#include "store/client_app_store.h"

#define LEAK_OVERLAP_S 86400     /* how long a leaked secret goes on when the policy is RENEW */
#define LEAK_REPORTS_AT_ONCE 1000
#define LEAK_URL_MAX 2000        /* bytes; longer ones are cut */

enum leak_state { LEAK_UNKNOWN, LEAK_REVOKED, LEAK_LIVE };
const char *leak_state_name(enum leak_state state);

struct leak_subject {
	enum leak_state state;
	const char *kind;    /* "CLIENT_SECRET" … ; "" when the text is no credential of ours */
	const char *account; /* "" when unknown */
	const char *subject; /* client id, uid, …; "" when unknown */
	struct token_facts facts; /* of an API token or access token */
};
/* Whose is it? Reads only. */
MUST_CHECK bool leak_identify(const struct context *context, const char *credential,
			      struct leak_subject *ret_subject, struct error *err);

struct leak {
	const char *credential, *url, *source;
	const char *reporter_kind; /* PARTNER or OPERATOR */
	const char *reporter;
};
/* Acts on one find, and tells the account's owner; once for each place. *ret_subject says what it was. */
MUST_CHECK bool leak_handle(const struct context *context, const struct leak *leak,
			    struct leak_subject *ret_subject, const char **ret_action,
			    struct error *err);

/* Whether the body was signed by one of the partner's keys ({"public_keys":[{"key_identifier","key"}]}, GitHub's form).
 * ERROR_INVALID_CREDENTIALS. */
MUST_CHECK bool leak_partner_check(const struct access_config *config, struct arena *arena,
				   const char *key_identifier, const char *signature,
				   struct bytes body, struct error *err);
/* Whether it is an operator's credential; its id. ERROR_INVALID_CREDENTIALS. */
MUST_CHECK bool operator_credential_check(const struct context *context, const char *value,
					  const char **ret_id, struct error *err);

/* {count, results} of the context's account. New reference. */
json_t *leak_reports_list(const struct context *context, int64_t offset, int64_t limit,
			  struct error *err);
/* {algorithm, salt, entries}: for tools that look for exact matches. New reference. */
json_t *leak_fingerprints(const struct context *context, struct error *err);

/* The operator's credentials, for the plain form of a report. One that `manages` runs the installation besides (operators.h). */
MUST_CHECK bool operator_credential_make(const struct context *context, const char *name, bool manages,
					 const char **ret_id, const char **ret_value,
					 struct error *err);
MUST_CHECK bool operator_credential_end(const struct context *context, const char *id,
					struct error *err);

#endif
