/* endpoint_hidden.h – decides which settings of an endpoint its row shows in clear text and
 * which are sealed.
 *
 * Values of custom headers, an endpoint's Authorization header, further parameters of token
 * requests, and queries of URLs are often secrets. The store keeps them among the endpoint's
 * sealed secrets. The row has URLs with masked queries, and neither headers nor parameters. Code
 * that uses an endpoint reveals it first. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_HIDDEN_H
#define GREFFIER_NOTIFY_ENDPOINT_HIDDEN_H

#include "context/context.h"
#include "notify/endpoint_secrets.h"

/* Masks the query: "https://receiver.example/hook?***", for rows, logs, mails and the audit log.
 * The result lives in `arena` when something is masked. */
const char *url_masked(struct arena *arena, const char *url);

/* Restores the hidden settings: URL, custom headers, options, and ENDPOINT_AUTH_HEADER. Does
 * nothing for a row that hides nothing. */
MUST_CHECK bool endpoint_reveal(const struct keyring *keyring, struct arena *arena,
				struct endpoint *endpoint, struct error *err);
/* Does the same with secrets that are already open. */
void endpoint_reveal_with(struct arena *arena, struct endpoint *endpoint,
			  const struct endpoint_secrets *secrets);
/* Hides the settings before the endpoint is stored. While a node of version 0.3 is connected,
 * which cannot read hidden settings, only an Authorization header is hidden;
 * endpoints_conceal_step hides the rest later. In a txn. */
MUST_CHECK bool endpoint_conceal(const struct keyring *keyring, struct db *db, struct arena *arena,
				 struct endpoint *endpoint, struct error *err);

/* Hides settings in some rows written by an older version. *ret_more is true when there may be
 * others. */
MUST_CHECK bool endpoints_conceal_step(struct session *session, const struct keyring *keyring,
				       bool *ret_more, struct error *err);

#endif
