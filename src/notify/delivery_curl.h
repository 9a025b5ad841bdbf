/* delivery_curl.h – a delivery's request as a command for a shell. Pure. */
#ifndef GREFFIER_NOTIFY_DELIVERY_CURL_H
#define GREFFIER_NOTIFY_DELIVERY_CURL_H

#include "base/arena.h"

/* Of a request's head as it is on record, and its body. What is masked there is a variable of the shell: "$AUTHORIZATION" for the
 * header Authorization, "$QUERY" for the query of the URL. NULL without a head. In `arena`. */
const char *delivery_curl(struct arena *arena, const char *head, const char *body);

#endif
