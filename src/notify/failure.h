/* failure.h – why deliveries fail, as people would say it. Pure. */
#ifndef GREFFIER_NOTIFY_FAILURE_H
#define GREFFIER_NOTIFY_FAILURE_H

#include <stdint.h>

/* What the last attempt ended with: its error class, phase and status, and what was said, by the receiver or by libcurl. The names
 * are stable, and in the API: "CERTIFICATE_EXPIRED". */
const char *failure_cause(const char *error_class, const char *phase, int64_t http_status,
			  const char *said);

#endif
