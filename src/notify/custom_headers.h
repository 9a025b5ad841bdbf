/* custom_headers.h – static headers that an endpoint adds to each notification. Pure. */
#ifndef GREFFIER_NOTIFY_CUSTOM_HEADERS_H
#define GREFFIER_NOTIFY_CUSTOM_HEADERS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"

#define CUSTOM_HEADERS_MAX 5           /* pairs */
#define CUSTOM_HEADER_KEY_MAX 50       /* characters */
#define CUSTOM_HEADER_VALUE_MAX 100    /* characters; for the classic callback and connectors */
#define ENDPOINT_HEADER_VALUE_MAX 4096 /* characters; for further endpoints */

/* True when the text may be a header's value (RFC 9110 section 5.5 without its obsolete part). */
bool is_header_value(const char *text);
/* Checks `customHeaders` of `body` and returns them as JSON text in `arena`, "[]" when absent.
 * `value_max` is one of the limits above. */
MUST_CHECK bool custom_headers_read(struct arena *arena, const json_t *body, size_t value_max,
				    const char **ret_text, struct error *err);

#endif
