/* client_app_body.h – reads and writes a client app as JSON. Inside src/access only. */
#ifndef GREFFIER_ACCESS_CLIENT_APP_BODY_H
#define GREFFIER_ACCESS_CLIENT_APP_BODY_H

#include <jansson.h>

#include "context/context.h"
#include "store/client_app_store.h"

/* Applies a body; absent members keep the values of `app`. Nobody may give an app a scope that
 * the caller's own token lacks. */
MUST_CHECK bool client_app_from_json(const struct context *context, const json_t *body,
				     struct client_app *app, struct error *err);
/* Refuses unknown members. Members that GET shows are accepted, so that an answer can be sent
 * back. */
MUST_CHECK bool client_app_members_check(const json_t *body, const struct client_app *app,
					 struct wall_time now, struct error *err);
/* Return new references without the secret. */
json_t *client_app_to_json(const struct client_app *app, struct wall_time now);
json_t *client_app_audited(const struct client_app *app);
/* Returns the configuration for the history, with a mark for the secret. New reference. */
json_t *client_app_configured(const struct context *context, const struct client_app *app);

#endif
