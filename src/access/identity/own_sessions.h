/* own_sessions.h – a person's own sessions: which there are, and ending them one by one.
 *
 * Everything here concerns the sessions of the caller's user only, whatever account is asked about. A session's id is a keyed
 * hash of what is stored of its secret: it tells sessions apart, and opens nothing. */
#ifndef GREFFIER_ACCESS_OWN_SESSIONS_H
#define GREFFIER_ACCESS_OWN_SESSIONS_H

#include <jansson.h>

#include "context/context.h"

#define OWN_SESSIONS_MAX 200 /* listed; those used last */

/* {count, results: [{id, kind, openedBy, createdDate, lastUsedDate, address, agent, current, …}]}, those used last first; NULL on
 * failure. */
json_t *own_sessions_list(const struct context *context, struct error *err);
/* Ends one of them; *ret_is_current when it was the caller's. ERROR_RESOURCE_NOT_FOUND: none of the caller's has this id. */
MUST_CHECK bool own_session_end(const struct context *context, const char *id,
				bool *ret_is_current, struct error *err);
/* Ends all but the caller's, with the tokens that could open new ones. */
MUST_CHECK bool own_sessions_end_others(const struct context *context, int64_t *ret_count,
					struct error *err);

#endif
