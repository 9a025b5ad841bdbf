/* delivery_curl.h – writes a delivery's request as a curl command. Pure. */
#ifndef GREFFIER_NOTIFY_DELIVERY_CURL_H
#define GREFFIER_NOTIFY_DELIVERY_CURL_H

#include "base/arena.h"

/* Returns a command for the recorded head and the body of a request, in `arena`. Masked values
 * become shell variables: "$AUTHORIZATION" for the header Authorization, "$QUERY" for the query
 * of the URL. Returns NULL without a head. */
const char *delivery_curl(struct arena *arena, const char *head, const char *body);

#endif
