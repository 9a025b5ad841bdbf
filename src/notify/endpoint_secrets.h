/* endpoint_secrets.h – what an endpoint must not show: sealed at rest, opened to register and to deliver. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_SECRETS_H
#define GREFFIER_NOTIFY_ENDPOINT_SECRETS_H

#include "crypto/keyring.h"
#include "store/endpoint_store.h"

#define OLD_SIGNING_SECRETS_MAX 4 /* that are valid beside the current one */

struct endpoint_secrets {
	const char *client_secret, *password; /* of oauthSetting; "" for none */
	const char *client_key;               /* PEM, of the client certificate; "" for none */
	const char *authorization;            /* value of the header, of authType HEADER; "" for none */
	const char *mark;                     /* of access/version.h: another random text each time one is given; "" in older rows */
	const char *hidden;                   /* JSON object: endpoint_hidden.h; "" for none */
	/* Still signed with, besides the current one, until each expires. */
	struct old_signing_secret { const char *secret; struct wall_time expires; } old[OLD_SIGNING_SECRETS_MAX];
	size_t old_count;
};

/* Texts live in `arena`. An endpoint without any: all "". */
MUST_CHECK bool endpoint_secrets_open(const struct keyring *keyring, struct arena *arena,
				      const struct endpoint *endpoint,
				      struct endpoint_secrets *ret_secrets, struct error *err);
/* No data when there is nothing to keep. */
struct bytes endpoint_secrets_seal(const struct keyring *keyring, struct arena *arena,
				   const struct endpoint *endpoint,
				   const struct endpoint_secrets *secrets);

/* One text of an endpoint: `what` is "key" or "signing_secret". "" when `sealed` has no data. */
MUST_CHECK bool endpoint_text_open(const struct keyring *keyring, struct arena *arena,
				   const struct endpoint *endpoint, const char *what,
				   struct bytes sealed, const char **ret_text, struct error *err);
struct bytes endpoint_text_seal(const struct keyring *keyring, struct arena *arena,
				const struct endpoint *endpoint, const char *what, const char *text);

#endif
