/* verdict.c – see verdict.h. */
#include "outbound/verdict.h"

#include "base/macros.h"

#define UNAUTHORIZED 401
#define FORBIDDEN 403
#define TIMEOUT_STATUS 408
#define GONE 410      /* RFC 9110 section 15.5.11: likely to be permanent */
#define TOO_EARLY 425 /* RFC 8470: the same request is welcome later */
#define TOO_MANY_REQUESTS 429

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
		[ERROR_CLASS_AUTHORIZATION] = "AUTHORIZATION",
		[ERROR_CLASS_INTERNAL] = "INTERNAL",
		[ERROR_CLASS_SHORTAGE] = "SHORTAGE",
	};
	return names[error_class];
}

const char *phase_name(enum phase phase)
{
	static const char *const names[PHASE_COUNT] = {
		[PHASE_NONE] = "",     [PHASE_NAME] = "NAME", [PHASE_CONNECT] = "CONNECT",
		[PHASE_TLS] = "TLS",   [PHASE_SEND] = "SEND", [PHASE_ANSWER] = "ANSWER",
		[PHASE_BODY] = "BODY",
	};
	return names[phase];
}

static bool is_answer(const struct outcome *outcome)
{
	return outcome->error_class == ERROR_CLASS_NONE;
}

bool outcome_is_success(const struct outcome *outcome)
{
	return is_answer(outcome) && outcome->http_status >= 200 && outcome->http_status < 300;
}

bool outcome_is_gone(const struct outcome *outcome)
{
	return is_answer(outcome) && outcome->http_status == GONE;
}

bool outcome_is_trouble(const struct outcome *outcome)
{
	return !is_answer(outcome) || outcome->http_status >= 500 ||
	       outcome->http_status == TIMEOUT_STATUS || outcome->http_status == TOO_MANY_REQUESTS;
}

bool outcome_is_refusal(const struct outcome *outcome)
{
	static const int64_t others[] = {UNAUTHORIZED, FORBIDDEN, TIMEOUT_STATUS,
					 GONE,	       TOO_EARLY, TOO_MANY_REQUESTS};

	return is_answer(outcome) && outcome->http_status >= 400 && outcome->http_status < 500 &&
	       !outcome_is_one_of(outcome, others, ARRAY_SIZE(others));
}

bool outcome_is_ours(const struct outcome *outcome)
{
	return outcome->error_class == ERROR_CLASS_SHORTAGE;
}

bool outcome_is_one_of(const struct outcome *outcome, const int64_t *statuses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_answer(outcome) && outcome->http_status == statuses[i])
			return true;
	}
	return false;
}

enum delivery_state verdict_of(const struct outcome *outcome, const struct backoff *backoff,
			       unsigned number, struct wall_time queued, struct wall_time now,
			       double jitter, struct wall_time *ret_retry_at)
{
	if (outcome_is_success(outcome))
		return DELIVERY_DELIVERED;
	if (outcome_is_gone(outcome))
		return DELIVERY_FAILED;
	return backoff_next(backoff, number, queued, now, outcome->retry_after, jitter,
			    ret_retry_at)
		       ? DELIVERY_PENDING
		       : DELIVERY_FAILED;
}
