/* endpoint_hidden.h – what an endpoint's row shows in the clear, and what of it is sealed.
 *
 * Values of custom headers, an Authorization header of the endpoint's own, further parameters of token requests and the queries
 * of URLs are often keys. In the store they are part of the endpoint's sealed secrets; the row has its URLs with the query
 * masked, and no header or parameter. Whoever uses an endpoint reveals it first. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_HIDDEN_H
#define GREFFIER_NOTIFY_ENDPOINT_HIDDEN_H

#include "context/context.h"
#include "notify/endpoint_secrets.h"

/* "https://receiver.example/hook?***": for rows, logs, mails and the audit log. In `arena` when something is masked. */
const char *url_masked(struct arena *arena, const char *url);

/* Puts back what is hidden: URL, custom headers, options, and ENDPOINT_AUTH_HEADER. Does nothing to an endpoint that shows all. */
MUST_CHECK bool endpoint_reveal(const struct keyring *keyring, struct arena *arena,
				struct endpoint *endpoint, struct error *err);
/* The same with secrets that are open already. */
void endpoint_reveal_with(struct arena *arena, struct endpoint *endpoint,
			  const struct endpoint_secrets *secrets);
/* As the store is to have it. Nodes of version 0.3 cannot read what is hidden: while one is connected, all stays in the clear but
 * for an Authorization header, and endpoints_conceal_step hides it later. In a txn. */
MUST_CHECK bool endpoint_conceal(const struct keyring *keyring, struct db *db, struct arena *arena,
				 struct endpoint *endpoint, struct error *err);

/* Conceals some of the rows that an older version has written; *ret_more: there may be others. */
MUST_CHECK bool endpoints_conceal_step(struct session *session, const struct keyring *keyring,
				       bool *ret_more, struct error *err);

#endif
