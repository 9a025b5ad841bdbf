/* admission.h – who calls, and whether the route is theirs to call. Inside src/api only. */
#ifndef GREFFIER_API_ADMISSION_H
#define GREFFIER_API_ADMISSION_H

#include "api/core/routes.h"

/* Fills call->actor and the response's headers about limits. AUTH_NEEDS_STORE when the call has no session and needs one. */
enum auth_result admit(struct call *call, const struct api_route *route, struct http_response *response,
		       struct error *err);

#endif
