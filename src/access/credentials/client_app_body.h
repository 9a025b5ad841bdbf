/* client_app_body.h – reads and writes a client app as JSON. Inside src/access only. */
#ifndef GREFFIER_ACCESS_CLIENT_APP_BODY_H
#define GREFFIER_ACCESS_CLIENT_APP_BODY_H

#include <jansson.h>

#include "base/shape.h"
#include "context/context.h"
#include "store/client_app_store.h"

/* An app as the API shows it and takes it. NULL: a body does not have the member. */
struct client_app_view {
	struct client_app app;
	const char *connector, *scopes, *public_keys, *acts_as, *secret;
	const char *last_used_address, *old_secret_address;
	bool is_enabled, has_pending_secret;
};
extern const struct shape client_app_shape;

/* Applies a body; absent members keep the values of `app`. Nobody may give an app a scope that
 * the caller's own token lacks. */
MUST_CHECK bool client_app_from_json(const struct context *context, const json_t *body,
				     struct client_app *app, struct error *err);
/* Return new references without the secret. */
json_t *client_app_to_json(const struct client_app *app, struct wall_time now);
json_t *client_app_audited(const struct client_app *app);
/* Returns the configuration for the history, with a mark for the secret. New reference. */
json_t *client_app_configured(const struct context *context, const struct client_app *app);

#endif
