/* session_choice.h – asks visitors before a link replaces their session by somebody else's.
 * Inside src/api only.
 *
 * /auth may be opened from any site, so any page could sign its visitors in as somebody else
 * without their notice. Whatever they enter afterwards would belong to that other person. A
 * visitor who is signed in is therefore asked first. */
#ifndef GREFFIER_API_SESSION_CHOICE_H
#define GREFFIER_API_SESSION_CHOICE_H

#include "api/core/call.h"

/* Tells whether the token `value` of that kind would end the session of a signed-in user,
 * belongs to another user, and the visitor has not agreed. Does not use up the token. */
MUST_CHECK bool session_choice_is_needed(const struct call *call, enum session_kind kind,
					 const char *value, bool *ret_needed, struct error *err);
/* Asks: a page for browsers, ERROR_SIGNED_IN_AS_ANOTHER for others. */
bool reply_session_choice(const struct call *call, struct http_response *response,
			  struct error *err);

#endif
