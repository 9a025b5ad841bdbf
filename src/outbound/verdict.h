/* verdict.h – what the outcome of an attempt means for its delivery. Pure: a table. */
#ifndef GREFFIER_OUTBOUND_VERDICT_H
#define GREFFIER_OUTBOUND_VERDICT_H

#include "base/time.h"
#include "outbound/backoff.h"
#include "store/delivery_store.h"

/* Why there was no usable answer. Stored by name and shown in the API. */
enum error_class {
	ERROR_CLASS_NONE,            /* "": there was an answer */
	ERROR_CLASS_NAME_RESOLUTION, /* "NAME_RESOLUTION" */
	ERROR_CLASS_ADDRESS_REFUSED, /* "ADDRESS_REFUSED": the guard refused the address */
	ERROR_CLASS_CONNECTION,      /* "CONNECTION": refused, unreachable, reset while connecting */
	ERROR_CLASS_TLS,             /* "TLS" */
	ERROR_CLASS_TIMEOUT,         /* "TIMEOUT" */
	ERROR_CLASS_BROKEN_ANSWER,   /* "BROKEN_ANSWER": reset, truncated or not HTTP */
	ERROR_CLASS_AUTHORIZATION,   /* "AUTHORIZATION": the authorization server gave no token */
	/* "INTERNAL": a failure of this server, for example a secret that cannot be opened. */
	ERROR_CLASS_INTERNAL,
	ERROR_CLASS_SHORTAGE,        /* "SHORTAGE": this process has no file descriptor left; nothing was sent */
	ERROR_CLASS_COUNT
};
const char *error_class_name(enum error_class error_class);

/* The phase in which an attempt ended. */
enum phase {
	PHASE_NONE,    /* "": it completed */
	PHASE_NAME,    /* "NAME" */
	PHASE_CONNECT, /* "CONNECT" */
	PHASE_TLS,     /* "TLS" */
	PHASE_SEND,    /* "SEND" */
	PHASE_ANSWER,  /* "ANSWER": sent, but no answer began */
	PHASE_BODY,    /* "BODY": the answer began but did not end */
	PHASE_COUNT
};
const char *phase_name(enum phase phase);

struct outcome {
	enum error_class error_class;
	long http_status;              /* 0 without an answer */
	struct duration retry_after;   /* 0 when the receiver did not ask for it */
};

bool outcome_is_success(const struct outcome *outcome); /* 2xx */
/* 410: send nothing more to this endpoint. */
bool outcome_is_gone(const struct outcome *outcome);
/* True when the failure concerns the receiver (no answer, 5xx, 408, 429), not this one delivery
 * (other 4xx). */
bool outcome_is_trouble(const struct outcome *outcome);

/* True when the receiver rejects this delivery only: a 4xx other than 401 and 403 (wrong
 * credentials), 408, 410, 425 and 429. */
bool outcome_is_refusal(const struct outcome *outcome);
/* True when this server could not send the request. It does not count as an attempt. */
bool outcome_is_ours(const struct outcome *outcome);
/* True when the answer has one of the statuses. */
bool outcome_is_one_of(const struct outcome *outcome, const int64_t *statuses, size_t count);

/* Decides what happens to the delivery. 2xx: DELIVERED. 410: FAILED at once. Everything else:
 * PENDING with a time for the next attempt, or FAILED when the schedule is used up. `number`
 * counts attempts since `queued`, including the one just made. */
enum delivery_state verdict_of(const struct outcome *outcome, const struct backoff *backoff,
			       unsigned number, struct wall_time queued, struct wall_time now,
			       double jitter, struct wall_time *ret_retry_at);

#endif
