/* client_apps.h – client apps: one per integration, so that a leak stays small.
 *
 * A secret is shown by client_app_create, client_app_renew and client_app_collect, once each. Revoking refuses the pair from
 * then on and kills the tokens it has issued; so does renewing without an overlap. An app serves both for API tokens and for
 * OAuth 2.0: the account's settings say what is accepted.
 *
 * An app that the owner or the operator made acts as the owner, and as any sender it names. One that somebody else made acts as
 * that person (chain.h). */
#ifndef GREFFIER_ACCESS_CLIENT_APPS_H
#define GREFFIER_ACCESS_CLIENT_APPS_H

#include <jansson.h>

#include "context/context.h"
#include "store/client_app_store.h"

#define CLIENT_APP_NAME_MAX 100   /* characters */
#define CLIENT_APPS_MAX 1000      /* live ones per account */
#define CLIENT_APP_RATE_MAX 100000
#define CLIENT_APP_KEYS_MAX 16384 /* bytes of JSON */

/* What all of these need, and client_app_usage.h. */
MUST_CHECK bool client_apps_may_manage(const struct context *context, struct error *err);
/* All need sender_admin.api_access (or be the operator's), and the feature client-apps or oauth. The app as JSON, without its
 * secret. New references. ERROR_CLIENT_APP_NOT_FOUND. */
json_t *client_apps_list(const struct context *context, struct error *err); /* an array */
json_t *client_app_read(const struct context *context, const char *client_id, struct error *err);
/* `body`: name, and the limits: scopes, networks, readOnly, rateLimit, publicKeys. Answers with `secret`. */
json_t *client_app_create(const struct context *context, const json_t *body, struct error *err);
/* Members that are present; `enabled` too. */
json_t *client_app_change(const struct context *context, const char *client_id, const json_t *body,
			  struct error *err);
/* A new secret; the old one goes on for `overlap_s`, at most OVERLAP_MAX_S (api_keys.h). Answers with `secret`. */
json_t *client_app_renew(const struct context *context, const char *client_id, int64_t overlap_s,
			 struct error *err);
/* Ends the old secret before its overlap does. Tokens it has obtained go on until they expire: they
 * cannot be told from those of the current one. ERROR_CONFLICT when there is no old secret. */
json_t *client_app_retire_secret(const struct context *context, const char *client_id,
				 struct error *err);
/* The secret that the leak policy has made. Answers with `secret`, once. */
json_t *client_app_collect(const struct context *context, const char *client_id,
			   struct error *err);
MUST_CHECK bool client_app_revoke(const struct context *context, const char *client_id,
				  struct error *err);

/* The owner makes the app the owner's own, whoever made it. A new secret, in the answer as `secret`, ends the old one and its
 * tokens; with `keep_secret` both go on, and so does whoever knows them. */
json_t *client_app_take_over(const struct context *context, const char *client_id,
			     bool keep_secret, struct error *err);
/* The apps that act for nobody but that user: they end when the user is locked or deleted. An array. Needs what it needs to
 * change the user. */
json_t *client_apps_that_end_with(const struct context *context, const char *uid,
				  struct error *err);
/* At start: apps of version 0.3 that act as an owner who did not make them get 30 days, and are named in the log. */
MUST_CHECK bool client_apps_to_confirm_log(struct session *session, struct wall_time now,
					   struct error *err);

/* ---- for the leak policy (leaks.c); in its txn, which announces ---- */
void client_app_disable(struct client_app *app, struct wall_time now);
/* The new secret waits, sealed, to be collected. */
void client_app_renew_pending(const struct context *context, struct client_app *app,
			      int64_t overlap_s);

#endif
