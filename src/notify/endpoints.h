/* endpoints.h – the API calls on an account's endpoints.
 *
 * An account has any number of endpoints, each with its own events, filters, authentication,
 * signature and pace. OneSpan Sign's single callback and its connectors are endpoints with an
 * `origin`. callback.h registers them; they can be read and controlled here. Every change is one
 * transaction with an entry in the audit log. JSON results are new references, NULL on error. */
#ifndef GREFFIER_NOTIFY_ENDPOINTS_H
#define GREFFIER_NOTIFY_ENDPOINTS_H

#include <jansson.h>

#include "context/context.h"
#include "store/endpoint_store.h"

/* Creates an endpoint. The answer has `signingSecret`, which no other call returns. */
json_t *endpoint_create(const struct context *context, const json_t *body, struct error *err);
/* Replaces the whole endpoint; secrets that are not given stay. Fails with
 * ERROR_ENDPOINT_NOT_FOUND. */
json_t *endpoint_replace(const struct context *context, const char *id, const json_t *body,
			 struct error *err);
json_t *endpoint_read(const struct context *context, const char *id, struct error *err);
/* Lists endpoints as {"count", "results"}. `package` NULL selects those without a package. */
json_t *endpoints_list(const struct context *context, const char *package, int64_t offset,
		       int64_t limit, struct error *err);

enum endpoint_verb { ENDPOINT_PAUSE, ENDPOINT_RESUME, ENDPOINT_DISABLE, ENDPOINT_ENABLE };
/* Changes the state. Repeating the current state is not an error. Fails with ERROR_WRONG_STATE
 * when a disabled endpoint is to be paused or resumed. */
json_t *endpoint_steer(const struct context *context, const char *id, enum endpoint_verb verb,
		       struct error *err);
MUST_CHECK bool endpoint_remove(const struct context *context, const char *id,
				struct error *err);

/* Makes a new signing secret. Former secrets also sign for `overlapHours` of the body. Returns
 * {"signingSecret", "secrets"}. */
json_t *endpoint_rotate(const struct context *context, const char *id, const json_t *body,
			struct error *err);

#define PROBE_TIMEOUT_MS 15000 /* short, because a person waits for the answer */
/* Returns the endpoint that a body would give, without storing it: like endpoint_create (`id`
 * NULL), like endpoint_replace, or like a change of the account's callback
 * (ENDPOINT_CALLBACK_ID). Its timeouts are limited to PROBE_TIMEOUT_MS. */
#define ENDPOINT_CALLBACK_ID "callback"
MUST_CHECK bool endpoint_draft(const struct context *context, const char *id,
			       const json_t *body, struct endpoint *ret_endpoint, struct error *err);
/* Reads an endpoint of the account. Fails with ERROR_ENDPOINT_NOT_FOUND. */
MUST_CHECK bool endpoint_get(const struct context *context, struct db *db, const char *id,
			     struct endpoint *ret_endpoint, struct error *err);
/* Does the same in order to change it in `txn`. */
MUST_CHECK bool endpoint_get_locked(const struct context *context, struct txn *txn,
				    const char *id, struct endpoint *ret_endpoint,
				    struct error *err);
/* Returns the subscription in the endpoint's row. `types` has room for EVENT_TYPE_COUNT names
 * and must outlive the result. */
struct subscription endpoint_subscription(struct arena *arena, const struct endpoint *endpoint,
					  const char **types);
/* The subscription of a disabled or deleted endpoint: no types. */
struct subscription endpoint_no_subscription(void);
/* Gives a new endpoint its id, creation date and signing secret, which never change afterwards. */
void endpoint_make(const struct context *context, const char *origin, const char *package,
		   struct endpoint *ret_endpoint);
/* Creates the endpoint of a single package in the transaction that creates the package. `body`
 * has the form of endpoint_create. endpoint_check_for_package only validates it. */
MUST_CHECK bool endpoint_create_for_package(const struct context *context, struct txn *txn,
					    const char *package, const json_t *body,
					    struct error *err);
MUST_CHECK bool endpoint_check_for_package(struct arena *arena, const json_t *body,
					   struct error *err);

#endif
