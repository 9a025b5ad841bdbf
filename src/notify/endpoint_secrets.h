/* endpoint_secrets.h – the secrets of an endpoint: sealed in the store, opened to register and
 * to deliver. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_SECRETS_H
#define GREFFIER_NOTIFY_ENDPOINT_SECRETS_H

#include "crypto/keyring.h"
#include "store/endpoint_store.h"

#define OLD_SIGNING_SECRETS_MAX 4 /* still valid next to the current one */

struct endpoint_secrets {
	const char *client_secret, *password; /* for oauthSetting; "" for none */
	const char *client_key;               /* PEM key of the client certificate; "" for none */
	const char *authorization;            /* header value for authType HEADER; "" for none */
	/* Random text that changes with each new secret (access/version.h); "" in older rows. */
	const char *mark;
	const char *hidden;                   /* JSON object: endpoint_hidden.h; "" for none */
	/* Former signing secrets, which also sign until each expires. */
	struct old_signing_secret { const char *secret; struct wall_time expires; } old[OLD_SIGNING_SECRETS_MAX];
	size_t old_count;
};

/* Opens the secrets. Texts live in `arena`; all are "" for an endpoint without secrets. */
MUST_CHECK bool endpoint_secrets_open(const struct keyring *keyring, struct arena *arena,
				      const struct endpoint *endpoint,
				      struct endpoint_secrets *ret_secrets, struct error *err);
/* Seals the secrets. Returns no data when there are none. */
struct bytes endpoint_secrets_seal(const struct keyring *keyring, struct arena *arena,
				   const struct endpoint *endpoint,
				   const struct endpoint_secrets *secrets);

/* Opens one text of an endpoint; `what` is "key" or "signing_secret". Gives "" when `sealed` has
 * no data. */
MUST_CHECK bool endpoint_text_open(const struct keyring *keyring, struct arena *arena,
				   const struct endpoint *endpoint, const char *what,
				   struct bytes sealed, const char **ret_text, struct error *err);
struct bytes endpoint_text_seal(const struct keyring *keyring, struct arena *arena,
				const struct endpoint *endpoint, const char *what, const char *text);

#endif
