/* client_apps.h – client apps: one per integration, so that a leak affects only one.
 *
 * client_app_create, client_app_renew and client_app_collect each show a secret once. Revoking
 * an app invalidates its credentials and its tokens; renewing without overlap does the same to
 * the old secret. An app serves both API tokens and OAuth 2.0; the account's settings decide
 * which are accepted.
 *
 * An app made by the owner or the operator acts as the owner and as any sender that it names. An
 * app made by someone else acts as its maker (chain.h). */
#ifndef GREFFIER_ACCESS_CLIENT_APPS_H
#define GREFFIER_ACCESS_CLIENT_APPS_H

#include <jansson.h>

#include "context/context.h"
#include "store/client_app_store.h"

#define CLIENT_APP_NAME_MAX 100   /* characters */
#define CLIENT_APPS_MAX 1000      /* live apps per account */
#define CLIENT_APP_RATE_MAX 100000
#define CLIENT_APP_KEYS_MAX 16384 /* bytes of JSON */

/* Checks the rights that all functions here and in client_app_usage.h need. */
MUST_CHECK bool client_apps_may_manage(const struct context *context, struct error *err);
/* All functions need sender_admin.api_access (or an operator), and the feature client-apps or
 * oauth. They return the app as JSON without its secret, as a new reference. They fail with
 * ERROR_CLIENT_APP_NOT_FOUND. */
json_t *client_apps_list(const struct context *context, struct error *err); /* an array */
json_t *client_app_read(const struct context *context, const char *client_id, struct error *err);
/* Creates an app. `body` has the name and the limits scopes, networks, readOnly, rateLimit,
 * publicKeys. The answer has `secret`. */
json_t *client_app_create(const struct context *context, const json_t *body, struct error *err);
/* Changes members that are present, including `enabled`. */
json_t *client_app_change(const struct context *context, const char *client_id, const json_t *body,
			  struct error *err);
/* Makes a new secret; the old one stays valid for `overlap_s`, at most OVERLAP_MAX_S
 * (api_keys.h). The answer has `secret`. */
json_t *client_app_renew(const struct context *context, const char *client_id, int64_t overlap_s,
			 struct error *err);
/* Ends the old secret before its overlap ends. Tokens obtained with it stay valid until they
 * expire, because they cannot be told from those of the current secret. Fails with
 * ERROR_CONFLICT when there is no old secret. */
json_t *client_app_retire_secret(const struct context *context, const char *client_id,
				 struct error *err);
/* Returns the secret that the leak policy has made. The answer has `secret`, only once. */
json_t *client_app_collect(const struct context *context, const char *client_id,
			   struct error *err);
MUST_CHECK bool client_app_revoke(const struct context *context, const char *client_id,
				  struct error *err);

/* Makes the app the owner's own, whoever made it. A new secret, in the answer as `secret`, ends
 * the old one and its tokens. With `keep_secret` both stay valid, for everyone who knows them. */
json_t *client_app_take_over(const struct context *context, const char *client_id,
			     bool keep_secret, struct error *err);
/* Lists the apps that act only for that user, which end when the user is locked or deleted. An
 * array. Needs the right to change the user. */
json_t *client_apps_that_end_with(const struct context *context, const char *uid,
				  struct error *err);
/* At start: gives apps of version 0.3 that act as an owner who did not make them 30 days, and
 * names them in the log. */
MUST_CHECK bool client_apps_to_confirm_log(struct session *session, struct wall_time now,
					   struct error *err);

/* ---- for the leak policy (leaks.c): called in its txn, which announces ---- */
void client_app_disable(struct client_app *app, struct wall_time now);
/* Stores a new secret, sealed, until it is collected. */
void client_app_renew_pending(const struct context *context, struct client_app *app,
			      int64_t overlap_s);

#endif
