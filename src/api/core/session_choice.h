/* session_choice.h – before a link puts somebody else's session in place of the visitor's. Inside src/api only.
 *
 * /auth may be opened from any site. So any page could sign its visitors in as somebody else, unnoticed: what they enter then
 * is that other person's to read. A visitor who is signed in is asked first. */
#ifndef GREFFIER_API_SESSION_CHOICE_H
#define GREFFIER_API_SESSION_CHOICE_H

#include "api/core/call.h"

/* Whether the token `value` of that kind would end the session of a user who is signed in, and is neither that user's own nor has the
 * visitor agreed. Uses nothing up. */
MUST_CHECK bool session_choice_is_needed(const struct call *call, enum session_kind kind,
					 const char *value, bool *ret_needed, struct error *err);
/* Asks: a page for a browser, ERROR_SIGNED_IN_AS_ANOTHER for others. */
bool reply_session_choice(const struct call *call, struct http_response *response,
			  struct error *err);

#endif
