/* admission.h – authenticates the caller and checks that the caller may use the route. Inside
 * src/api only. */
#ifndef GREFFIER_API_ADMISSION_H
#define GREFFIER_API_ADMISSION_H

#include "api/core/routes.h"

/* Fills call->actor and the response's headers about limits. Returns AUTH_NEEDS_STORE when the
 * call needs a session and has none. */
enum auth_result admit(struct call *call, const struct api_route *route, struct http_response *response,
		       struct error *err);

#endif
