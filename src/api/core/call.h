/* call.h – the data of a call for its handler, and functions that handlers share. Inside src/api
 * only. */
#ifndef GREFFIER_API_CALL_H
#define GREFFIER_API_CALL_H

#include <jansson.h>

#include "access/identity/authenticator.h"
#include "access/accounts/operators.h"
#include "access/version.h"
#include "base/error.h"
#include "http/message.h"
#include "http/multipart.h"
#include "notify/probe.h"
#include "notify/retention.h"
#include "notify/waits.h"
#include "paperwork/paperwork.h"
#include "signing/package.h"

#define SESSION_COOKIE "ESIGNLIVE_SESSION_ID"
#define DEVICE_COOKIE "GREFFIER_DEVICE" /* access/identity/device.h */

#define PROBES_MAX 2              /* per call */
/* Maximum number of waiting calls per account: for events, and for probes, which make this
 * server send. */
#define EVENT_WAITS_PER_ACCOUNT_MAX 100
#define PROBES_PER_ACCOUNT_MAX 20

/* What a call waits for. Its handler sets it instead of an answer and is run again when the wait
 * is over. On routes with ROUTE_WAITS. */
struct call_wait {
	enum { WAIT_FOR_NOTHING, WAIT_FOR_EVENTS, WAIT_FOR_PROBE } what;
	const char *account;
	/* WAIT_FOR_EVENTS: until an event with a number greater than `after`, or until this
	 * time. A response with a body is a piece of a stream. */
	int64_t after;
	struct mono_time until;
	struct probe probe; /* WAIT_FOR_PROBE; in the call's arena */
	/* State of the previous runs. */
	bool begun; /* not the first run; set by the handler */
	bool ends;  /* no further run follows, because the server is stopping */
	struct mono_time since; /* time of the first run */
	struct mono_time now;   /* time of this run */
	struct probe_result *results[PROBES_MAX];
	size_t result_count;
};

/* Work to be done after the answer, on the pool of the route: its duration must not be visible
 * to the caller. `run` gets a store session and frees `arg`. */
struct call_after {
	void (*run)(struct session *session, void *arg); /* NULL: no work */
	void *arg;
};

struct installation_facts; /* operation.h; NULL in tests */

/* A request that is being answered. */
struct call {
	const struct http_request *request;
	struct arena *arena; /* the request's arena */
	struct wall_time now, queue_now; /* store time and queue time (store_clock.h) */
	const char *address; /* the client's address, behind proxies */
	const struct authenticator *authenticator;
	const struct keyring *keyring;
	const struct retention_config *retention;
	const struct turn_source *turns; /* tells what endpoints can take now */
	const struct judge *judge; /* checks contents of documents */
	struct store *store; /* only for store_health; everything else uses the session */
	struct session *session; /* NULL on the loop: see needs_store */
	struct actor actor;      /* ACTOR_NOBODY until admission has proven another one */
	struct operator_caller operator; /* on an operator's route */
	const struct installation_facts *facts;
	size_t json_values_max;  /* limit for JSON bodies of the route */
	/* An earlier call that continues and was counted already: credentials.goes_on. */
	bool goes_on;
	struct call_wait *wait;  /* NULL when the call cannot wait */
	struct version *version; /* the version in the request's conditions and in the answer */
	struct call_after after; /* work that the handler leaves for later */
	/* Set by a handler that needs the store but has no session: a worker runs it again. */
	bool needs_store;
};

/* Fills the response and returns true, or fills err and returns false. */
typedef bool call_handler(struct call *call, struct http_response *response, struct error *err);

/* Decodes the body as a JSON object and returns a new reference. Fails with
 * ERROR_UNSUPPORTED_MEDIA_TYPE for a multipart body. */
json_t *call_body(const struct call *call, struct error *err);
/* Do the same for a list, and for any JSON value. */
json_t *call_body_list(const struct call *call, struct error *err);
json_t *call_body_value(const struct call *call, struct error *err);
/* Does the same as call_body, and returns an empty object for an empty body. */
json_t *call_body_or_nothing(const struct call *call, struct error *err);
/* "" when the header is absent. */
const char *call_agent(const struct call *call);

/* Answer 200 with a JSON value (the reference is taken), JSON text from the arena, no body, or
 * bytes. Return false for a NULL value, when a text in it was missing or not UTF-8; the answer
 * is then 500. */
bool reply_json(struct http_response *response, json_t *value);
bool reply_json_text(struct http_response *response, const char *text);
bool reply_empty(struct http_response *response);
/* 204: what was asked for is not there, which is no error. */
bool reply_nothing(struct http_response *response);
bool reply_bytes(struct http_response *response, const char *content_type, struct bytes content);
/* Marks the answer as a file to save under that name. */
void reply_attachment(const struct call *call, struct http_response *response, const char *name);
/* Answers 200 with the result of a domain call. NULL means that it failed. */
bool reply_answer(struct http_response *response, json_t *answer);
/* Adds the ETag of an answer that has a version. Answers 304 without body when the client has
 * that version. Such answers are not cached, because they also contain values that change
 * without the version. */
void reply_version(const struct call *call, struct http_response *response);
/* Forbids caching of an answer that contains a secret (RFC 6749 section 5.1). */
void reply_no_store(struct http_response *response);
/* Adds the rate limit headers of draft-ietf-httpapi-ratelimit-headers. */
void reply_rate(const struct call *call, struct http_response *response,
		const struct rate_verdict *verdict);
/* Sets the session cookie; `value` NULL deletes it. */
void reply_session_cookie(const struct call *call, struct http_response *response, const char *value);
/* Makes the browser a known device. */
void reply_operator_cookie(const struct call *call, struct http_response *response, const char *value);
void reply_device_cookie(const struct call *call, struct http_response *response, const char *value);

/* Makes the context for domain calls about the actor's account. */
struct context call_context(const struct call *call);
/* Does the same for another account: for an operator's call, or for data that everyone may read. */
struct context call_context_about(const struct call *call, const char *account);
/* What contexts of this call are made of, for what goes on after it. */
struct context_tools call_tools(const struct call *call);

/* Fails with ERROR_CROSS_SITE when the browser reports that another site's page made the
 * request. */
MUST_CHECK bool call_is_same_site(const struct call *call, struct error *err);

/* Reads `from` and `to`, 1-based and inclusive. By default the first `absent` entries; at most
 * 100. */
#define PAGE_DEFAULT 10
#define PAGE_MAX 100
MUST_CHECK bool call_page(const struct call *call, int64_t absent, int64_t *ret_offset,
			  int64_t *ret_limit, struct error *err);
/* Reads a whole number of the query within [minimum, maximum]; `absent` when it is missing. */
MUST_CHECK bool call_query_int(const struct call *call, const char *name, int64_t minimum,
			       int64_t maximum, int64_t absent, int64_t *ret_value,
			       struct error *err);
/* Reads a date of the query; 0 when it is missing. */
MUST_CHECK bool call_query_date(const struct call *call, const char *name, struct wall_time *ret_time,
				struct error *err);

#endif
