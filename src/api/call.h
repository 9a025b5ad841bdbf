/* call.h – what a handler gets, and the few things all handlers do. Inside src/api only. */
#ifndef GREFFIER_API_CALL_H
#define GREFFIER_API_CALL_H

#include <jansson.h>

#include "access/authenticator.h"
#include "base/error.h"
#include "http/message.h"
#include "http/multipart.h"
#include "signing/package.h"

/* A request that is being answered. */
struct call {
	const struct http_request *request;
	struct arena *arena; /* the request's */
	struct wall_time now;
	const struct authenticator *authenticator;
	const struct keyring *keyring;
	struct session *session; /* NULL on the loop: see needs_store */
	struct caller caller;    /* unless the route is public */
	bool needs_store;        /* set by a handler that found no session: it is run again by a worker */
};

/* Fills the response and returns true, or fills err and returns false. */
typedef bool call_handler(struct call *call, struct http_response *response, struct error *err);

/* JSON of the body; ERROR_UNSUPPORTED_MEDIA_TYPE for a multipart one. New reference, an object. */
json_t *call_body(const struct call *call, struct error *err);

/* 200 with the value as JSON (the reference is taken), or with JSON text from the arena, or with no body. */
bool reply_json(struct http_response *response, json_t *value);
bool reply_json_text(struct http_response *response, const char *text);
bool reply_empty(struct http_response *response);
bool reply_bytes(struct http_response *response, const char *content_type, struct bytes content);

/* The owner manages the account's settings. ERROR_NO_PERMISSION. */
MUST_CHECK bool call_needs_owner(const struct call *call, struct error *err);

/* `from` and `to`: 1-based, inclusive; by default the first 10; 100 at most. */
#define PAGE_DEFAULT 10
#define PAGE_MAX 100
MUST_CHECK bool call_page(const struct call *call, int64_t *ret_offset, int64_t *ret_limit,
			  struct error *err);
/* A whole number of the query within [minimum, maximum]; `absent` when it is not given. */
MUST_CHECK bool call_query_int(const struct call *call, const char *name, int64_t minimum,
			       int64_t maximum, int64_t absent, int64_t *ret_value,
			       struct error *err);

#endif
