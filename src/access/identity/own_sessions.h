/* own_sessions.h – lists and ends a person's own sessions.
 *
 * All functions concern only the sessions of the caller's user, whatever the context's account.
 * A session's id is a keyed hash of its stored hash: it identifies the session and opens
 * nothing. */
#ifndef GREFFIER_ACCESS_OWN_SESSIONS_H
#define GREFFIER_ACCESS_OWN_SESSIONS_H

#include <jansson.h>

#include "context/context.h"

#define OWN_SESSIONS_MAX 200 /* maximum listed: the sessions used last */

/* Lists sessions, last used first: {count, results: [{id, kind, openedBy, createdDate,
 * lastUsedDate, address, agent, current, …}]}. NULL on failure. */
json_t *own_sessions_list(const struct context *context, struct error *err);
/* Ends one session. *ret_is_current is true when it was the caller's. Fails with
 * ERROR_RESOURCE_NOT_FOUND when no session of the caller has this id. */
MUST_CHECK bool own_session_end(const struct context *context, const char *id,
				bool *ret_is_current, struct error *err);
/* Ends all sessions except the caller's, and the tokens that could open new ones. */
MUST_CHECK bool own_sessions_end_others(const struct context *context, int64_t *ret_count,
					struct error *err);

#endif
