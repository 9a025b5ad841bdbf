/* verdict.h – what an attempt's outcome means for its delivery. Pure: a table. */
#ifndef GREFFIER_OUTBOUND_VERDICT_H
#define GREFFIER_OUTBOUND_VERDICT_H

#include "base/time.h"
#include "outbound/backoff.h"
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
	ERROR_CLASS_AUTHORIZATION,   /* "AUTHORIZATION": the authorization server gave no token */
	ERROR_CLASS_INTERNAL,        /* "INTERNAL": our fault, e.g. a secret that does not open */
	ERROR_CLASS_SHORTAGE,        /* "SHORTAGE": this process has no file descriptor left; nothing was sent */
	ERROR_CLASS_COUNT
};
const char *error_class_name(enum error_class error_class);

/* How far it came when it ended. */
enum phase {
	PHASE_NONE,    /* "": to the end */
	PHASE_NAME,    /* "NAME" */
	PHASE_CONNECT, /* "CONNECT" */
	PHASE_TLS,     /* "TLS" */
	PHASE_SEND,    /* "SEND" */
	PHASE_ANSWER,  /* "ANSWER": sent, and no answer began */
	PHASE_BODY,    /* "BODY": the answer began and did not end */
	PHASE_COUNT
};
const char *phase_name(enum phase phase);

struct outcome {
	enum error_class error_class;
	long http_status;              /* 0 without an answer */
	struct duration retry_after;   /* 0 when not asked for */
};

bool outcome_is_success(const struct outcome *outcome); /* 2xx */
bool outcome_is_gone(const struct outcome *outcome);    /* 410: nothing is to be sent there any more */
/* The receiver as a whole is in trouble, and not only what it thinks of this delivery: no answer, 5xx, 408, 429. */
bool outcome_is_trouble(const struct outcome *outcome);

/* The receiver refuses this delivery, and says nothing of the next one: 4xx other than 401 and 403 (a key to mend), 408, 410, 425
 * and 429. */
bool outcome_is_refusal(const struct outcome *outcome);
/* It was no attempt, and counts as none: this server could not make the request. */
bool outcome_is_ours(const struct outcome *outcome);
/* An answer with one of the statuses. */
bool outcome_is_one_of(const struct outcome *outcome, const int64_t *statuses, size_t count);

/* 2xx: DELIVERED. 410: FAILED at once. Everything else: PENDING with a time to retry at, or FAILED when the schedule
 * is used up. `number` is the number of the attempt just made (1 and up) since it was `queued`. */
enum delivery_state verdict_of(const struct outcome *outcome, const struct backoff *backoff,
			       unsigned number, struct wall_time queued, struct wall_time now,
			       double jitter, struct wall_time *ret_retry_at);

#endif
