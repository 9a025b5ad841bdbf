/* call.h – what a handler gets, and the few things all handlers do. Inside src/api only. */
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

#define PROBES_MAX 2              /* that one call asks for */
/* Calls of an account that wait at the same time: for events; for probes, which make this server send. */
#define EVENT_WAITS_PER_ACCOUNT_MAX 100
#define PROBES_PER_ACCOUNT_MAX 20

/* What a call waits for, said by its handler instead of an answer: it is run again then. On routes with ROUTE_WAITS. */
struct call_wait {
	enum { WAIT_FOR_NOTHING, WAIT_FOR_EVENTS, WAIT_FOR_PROBE } what;
	const char *account;
	/* WAIT_FOR_EVENTS: with a number greater than `after`, or until then. A response that has a body is a piece of a stream. */
	int64_t after;
	struct mono_time until;
	struct probe probe; /* WAIT_FOR_PROBE; in the call's arena */
	/* What the run before left. */
	bool begun; /* it is not the first run; the handler's to set */
	bool ends;  /* there will be no further one: the server stops */
	struct mono_time since; /* the first run */
	struct mono_time now;   /* this run */
	struct probe_result *results[PROBES_MAX];
	size_t result_count;
};

/* Work that begins when the call is answered, on the pool of its route: what an answer must not wait for, because its time would
 * tell a stranger something. `run` gets a store session, and frees `arg`. */
struct call_after {
	void (*run)(struct session *session, void *arg); /* NULL: nothing */
	void *arg;
};

struct installation_facts; /* operation_api.c; NULL in tests */

/* A request that is being answered. */
struct call {
	const struct http_request *request;
	struct arena *arena; /* the request's */
	struct wall_time now, queue_now; /* store time and queue time (store_clock.h) */
	const char *address; /* of the client, proxies seen through */
	const struct authenticator *authenticator;
	const struct keyring *keyring;
	const struct retention_config *retention;
	const struct turn_source *turns; /* what endpoints can take now */
	const struct judge *judge; /* of documents' contents */
	struct store *store; /* for store_health: all else goes by the session */
	struct session *session; /* NULL on the loop: see needs_store */
	struct actor actor;      /* ACTOR_NOBODY until admission has proven another one */
	struct operator_caller operator; /* of an operator's route */
	const struct installation_facts *facts;
	size_t json_values_max;  /* of the route's bodies */
	bool goes_on;            /* it was admitted before, and counts once: credentials.goes_on */
	struct call_wait *wait;  /* NULL where a call does not wait */
	struct version *version; /* that the caller has read, and that the answer has */
	struct call_after after; /* what a handler leaves to do */
	bool needs_store;        /* set by a handler that found no session: it is run again by a worker */
};

/* Fills the response and returns true, or fills err and returns false. */
typedef bool call_handler(struct call *call, struct http_response *response, struct error *err);

/* JSON of the body; ERROR_UNSUPPORTED_MEDIA_TYPE for a multipart one. New reference, an object. */
json_t *call_body(const struct call *call, struct error *err);
/* The same where the body is a list, and where the handler looks what it is. */
json_t *call_body_list(const struct call *call, struct error *err);
json_t *call_body_value(const struct call *call, struct error *err);
/* The same as call_body where the body may be empty: an empty object then. */
json_t *call_body_or_nothing(const struct call *call, struct error *err);
/* "" when the header is absent. */
const char *call_agent(const struct call *call);

/* 200 with the value as JSON (the reference is taken), or with JSON text from the arena, or with no body. False without a value: a
 * text in it was missing or was not UTF-8, and the answer is 500. */
bool reply_json(struct http_response *response, json_t *value);
bool reply_json_text(struct http_response *response, const char *text);
bool reply_empty(struct http_response *response);
bool reply_bytes(struct http_response *response, const char *content_type, struct bytes content);
/* Says that the answer is a file to keep, under that name. */
void reply_attachment(const struct call *call, struct http_response *response, const char *name);
/* 200 with JSON that is a domain call's answer: NULL means that it failed. */
bool reply_answer(struct http_response *response, json_t *answer);
/* The ETag of an answer that has a version; 304 without its body to who has that one. Such an answer is kept nowhere on the way:
 * what is in it besides the configuration changes without the version. */
void reply_version(const struct call *call, struct http_response *response);
/* For answers that hold a secret: nobody on the way keeps them (RFC 6749 section 5.1). */
void reply_no_store(struct http_response *response);
/* The limits a caller has used up, as draft-ietf-httpapi-ratelimit-headers names them. */
void reply_rate(const struct call *call, struct http_response *response,
		const struct rate_verdict *verdict);
/* Sets the session cookie, or ends it (`value` NULL). */
void reply_session_cookie(const struct call *call, struct http_response *response, const char *value);
/* Makes the browser a known device. */
void reply_operator_cookie(const struct call *call, struct http_response *response, const char *value);
void reply_device_cookie(const struct call *call, struct http_response *response, const char *value);

/* What a domain call is given: about the actor's account. */
struct context call_context(const struct call *call);
/* The same about another account: an operator's call, or what anybody may read of any account. */
struct context call_context_about(const struct call *call, const char *account);
/* What contexts of this call are made of, for what goes on after it. */
struct context_tools call_tools(const struct call *call);

/* ERROR_CROSS_SITE when a browser says that another site's page has made the request. */
MUST_CHECK bool call_is_same_site(const struct call *call, struct error *err);

/* `from` and `to`: 1-based, inclusive; by default the first `absent` entries; 100 at most. */
#define PAGE_DEFAULT 10
#define PAGE_MAX 100
MUST_CHECK bool call_page(const struct call *call, int64_t absent, int64_t *ret_offset,
			  int64_t *ret_limit, struct error *err);
/* A whole number of the query within [minimum, maximum]; `absent` when it is not given. */
MUST_CHECK bool call_query_int(const struct call *call, const char *name, int64_t minimum,
			       int64_t maximum, int64_t absent, int64_t *ret_value,
			       struct error *err);
/* A date of the query; 0 when it is not given. */
MUST_CHECK bool call_query_date(const struct call *call, const char *name, struct wall_time *ret_time,
				struct error *err);

#endif
