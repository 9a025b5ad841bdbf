/* client_app_body.h – a client app as JSON, both ways. Inside src/access only. */
#ifndef GREFFIER_ACCESS_CLIENT_APP_BODY_H
#define GREFFIER_ACCESS_CLIENT_APP_BODY_H

#include <jansson.h>

#include "context/context.h"
#include "store/client_app_store.h"

/* Members that are absent keep what `app` has. Nobody gives an app a scope that the caller's own token has not. */
MUST_CHECK bool client_app_from_json(const struct context *context, const json_t *body,
				     struct client_app *app, struct error *err);
/* No member is unknown; what GET shows of an app is known, too, so that it can be sent back. */
MUST_CHECK bool client_app_members_check(const json_t *body, const struct client_app *app,
					 struct wall_time now, struct error *err);
/* New references. Neither has a secret. */
json_t *client_app_to_json(const struct client_app *app, struct wall_time now);
json_t *client_app_audited(const struct client_app *app);
/* What is configuration, for the history; the secret is marked. New reference. */
json_t *client_app_configured(const struct context *context, const struct client_app *app);

#endif
