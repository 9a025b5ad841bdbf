/* verdict.c – see verdict.h. */
#include "outbound/verdict.h"

#include "outbound/backoff.h"

#define GONE 410 /* RFC 9110 section 15.5.11: likely to be permanent */

const char *error_class_name(enum error_class error_class)
{
	static const char *const names[ERROR_CLASS_COUNT] = {
		[ERROR_CLASS_NONE] = "",
		[ERROR_CLASS_NAME_RESOLUTION] = "NAME_RESOLUTION",
		[ERROR_CLASS_ADDRESS_REFUSED] = "ADDRESS_REFUSED",
		[ERROR_CLASS_CONNECTION] = "CONNECTION",
		[ERROR_CLASS_TLS] = "TLS",
		[ERROR_CLASS_TIMEOUT] = "TIMEOUT",
		[ERROR_CLASS_BROKEN_ANSWER] = "BROKEN_ANSWER",
		[ERROR_CLASS_INTERNAL] = "INTERNAL",
	};
	return names[error_class];
}

enum delivery_state verdict_of(const struct outcome *outcome, unsigned number, struct wall_time now,
			       double jitter, double scale, struct wall_time *ret_retry_at)
{
	bool answered = outcome->error_class == ERROR_CLASS_NONE;

	if (answered && outcome->http_status >= 200 && outcome->http_status < 300)
		return DELIVERY_DELIVERED;
	if (answered && outcome->http_status == GONE)
		return DELIVERY_FAILED;
	return backoff_next(number, now, outcome->retry_after, jitter, scale, ret_retry_at)
		       ? DELIVERY_PENDING
		       : DELIVERY_FAILED;
}
