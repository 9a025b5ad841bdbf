/* verdict.h – what an attempt's outcome means for its delivery. Pure: a table. */
#ifndef GREFFIER_OUTBOUND_VERDICT_H
#define GREFFIER_OUTBOUND_VERDICT_H

#include "base/time.h"
#include "store/delivery_store.h"

/* Why there was no usable answer; stored by name, shown in the API. */
enum error_class {
	ERROR_CLASS_NONE,            /* "": there was an answer */
	ERROR_CLASS_NAME_RESOLUTION, /* "NAME_RESOLUTION" */
	ERROR_CLASS_ADDRESS_REFUSED, /* "ADDRESS_REFUSED": the guard said no */
	ERROR_CLASS_CONNECTION,      /* "CONNECTION": refused, unreachable, reset while connecting */
	ERROR_CLASS_TLS,             /* "TLS" */
	ERROR_CLASS_TIMEOUT,         /* "TIMEOUT" */
	ERROR_CLASS_BROKEN_ANSWER,   /* "BROKEN_ANSWER": reset, truncated or not HTTP */
	ERROR_CLASS_INTERNAL,        /* "INTERNAL": our fault, e.g. a secret that does not open */
	ERROR_CLASS_COUNT
};
const char *error_class_name(enum error_class error_class);

struct outcome {
	enum error_class error_class;
	long http_status;              /* 0 without an answer */
	struct duration retry_after;   /* 0 when not asked for */
};

/* 2xx: DELIVERED. 410: FAILED at once. Everything else: PENDING with a time to retry at, or FAILED when the schedule
 * is used up. `number` is the number of the attempt just made (1 and up). */
enum delivery_state verdict_of(const struct outcome *outcome, unsigned number, struct wall_time now,
			       double jitter, double scale, struct wall_time *ret_retry_at);

#endif
