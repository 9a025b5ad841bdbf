/* client_apps.h – client apps: one per integration, so that a leak stays small.
 *
 * The secret is returned by client_app_create and nowhere else. Revoking refuses the pair from then on and kills the
 * tokens it has issued. */
#ifndef GREFFIER_ACCESS_CLIENT_APPS_H
#define GREFFIER_ACCESS_CLIENT_APPS_H

#include "access/caller.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "store/store.h"

#define CLIENT_APP_NAME_MAX 100   /* characters */
#define CLIENT_APPS_MAX 1000      /* live ones per account */

/* For all three: ERROR_FEATURE_DISABLED when the account has no client apps, ERROR_NO_PERMISSION unless the caller
 * owns the account. */
MUST_CHECK bool client_app_create(struct session *session, const struct keyring *keyring,
				  struct arena *arena, const struct caller *caller, const char *name,
				  struct wall_time now, struct client_app *ret_app,
				  const char **ret_secret, struct error *err);
MUST_CHECK bool client_apps_of(struct session *session, struct arena *arena,
			       const struct caller *caller, struct client_app **ret_apps,
			       size_t *ret_count, struct error *err);
/* ERROR_CLIENT_APP_NOT_FOUND when the account has no live app of that id. */
MUST_CHECK bool client_app_end(struct session *session, const struct caller *caller,
			       const char *client_id, struct wall_time now, struct error *err);

#endif
