/* failure.h – names the cause of a failed delivery for people. Pure. */
#ifndef GREFFIER_NOTIFY_FAILURE_H
#define GREFFIER_NOTIFY_FAILURE_H

#include <stdint.h>

/* Returns the cause, such as "CERTIFICATE_EXPIRED", from the last attempt: error class, phase,
 * status, and the message of the receiver or of libcurl. The names are stable and part of the
 * API. */
const char *failure_cause(const char *error_class, const char *phase, int64_t http_status,
			  const char *said);

#endif
