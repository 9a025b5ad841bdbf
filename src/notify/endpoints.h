/* endpoints.h – the account's endpoints as the API writes and reads them.
 *
 * Any number; each with its own events, filters, authentication, signature and pace. The original's single callback and its
 * connectors are endpoints too, with an `origin` (callback.h registers them), and can be read and steered here.
 * Every change is one transaction with its entry in the audit log. JSON results are new references, NULL on error. */
#ifndef GREFFIER_NOTIFY_ENDPOINTS_H
#define GREFFIER_NOTIFY_ENDPOINTS_H

#include <jansson.h>

#include "context/context.h"
#include "store/endpoint_store.h"

/* The answer also has `signingSecret`: this answer is the only place where it can be read. */
json_t *endpoint_create(const struct context *context, const json_t *body, struct error *err);
/* The whole of it; secrets that are not given stay. ERROR_ENDPOINT_NOT_FOUND. */
json_t *endpoint_replace(const struct context *context, const char *id, const json_t *body,
			 struct error *err);
json_t *endpoint_read(const struct context *context, const char *id, struct error *err);
/* `package`: NULL for those of no package. {"count", "results"}. */
json_t *endpoints_list(const struct context *context, const char *package, int64_t offset,
		       int64_t limit, struct error *err);

enum endpoint_verb { ENDPOINT_PAUSE, ENDPOINT_RESUME, ENDPOINT_DISABLE, ENDPOINT_ENABLE };
/* The state it has already is no error. ERROR_WRONG_STATE: pausing or resuming one that is disabled. */
json_t *endpoint_steer(const struct context *context, const char *id, enum endpoint_verb verb,
		       struct error *err);
MUST_CHECK bool endpoint_remove(const struct context *context, const char *id,
				struct error *err);

/* A new signing secret; the old ones sign too for `overlapHours` of the body. {"signingSecret", "secrets"}. */
json_t *endpoint_rotate(const struct context *context, const char *id, const json_t *body,
			struct error *err);

#define PROBE_TIMEOUT_MS 15000 /* a person waits for the answer */
/* What a body would make of an endpoint, without storing anything: as endpoint_create (`id` NULL), as endpoint_replace, or, for
 * ENDPOINT_CALLBACK_ID, as the account's callback is replaced. Its time limits are cut to PROBE_TIMEOUT_MS. */
#define ENDPOINT_CALLBACK_ID "callback"
MUST_CHECK bool endpoint_draft(const struct context *context, const char *id,
			       const json_t *body, struct endpoint *ret_endpoint, struct error *err);
/* Found by id in the account. ERROR_ENDPOINT_NOT_FOUND. */
MUST_CHECK bool endpoint_get(const struct context *context, struct db *db, const char *id,
			     struct endpoint *ret_endpoint, struct error *err);
/* The same, to change it in `txn`. */
MUST_CHECK bool endpoint_get_locked(const struct context *context, struct txn *txn,
				    const char *id, struct endpoint *ret_endpoint,
				    struct error *err);
/* What it asks to hear of, as its row says. `types` has room for EVENT_TYPE_COUNT and is lent to the result. */
struct subscription endpoint_subscription(struct arena *arena, const struct endpoint *endpoint,
					  const char **types);
/* Of no types: a disabled or deleted endpoint's. */
struct subscription endpoint_no_subscription(void);
/* A new one's id, day of birth and signing secret, which stay for its life. */
void endpoint_make(const struct context *context, const char *origin, const char *package,
		   struct endpoint *ret_endpoint);
/* Its own URL for one package, in the transaction that creates the package. `body`: of the shape that endpoint_create reads. */
MUST_CHECK bool endpoint_create_for_package(const struct context *context, struct txn *txn,
					    const char *package, const json_t *body,
					    struct error *err);
MUST_CHECK bool endpoint_check_for_package(struct arena *arena, const json_t *body,
					   struct error *err);

#endif
