/* message.h – a request and a response, by value.
 *
 * The server builds a request completely before anyone sees it; a handler fills a response; neither knows a
 * socket. Everything a request points to lives in its arena, which dies when the response has been sent. */
#ifndef GREFFIER_HTTP_MESSAGE_H
#define GREFFIER_HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/time.h"

enum http_method {
	HTTP_METHOD_GET,
	HTTP_METHOD_HEAD, /* routed as GET; the server drops the body */
	HTTP_METHOD_POST,
	HTTP_METHOD_PUT,
	HTTP_METHOD_PATCH,
	HTTP_METHOD_DELETE,
	HTTP_METHOD_OTHER, /* anything else: no route has it */
};
const char *http_method_name(enum http_method method);

struct http_header {
	const char *name;
	const char *value;
};

#define HTTP_PATH_PARAMETERS_MAX 6

struct http_request {
	struct arena *arena;
	uint64_t id; /* unique in this process; in log lines */
	enum http_method method;
	const char *path;  /* as sent, without the query */
	const char *query; /* as sent, without '?'; "" when absent */
	const struct http_header *headers;
	size_t header_count;
	/* What the head says of the body, and the body: none as long as only the head has come. */
	uint64_t body_announced; /* Content-Length, or 0 */
	bool body_is_chunked, expects_continue;
	struct bytes body;
	const char *remote_address; /* "127.0.0.1": who is connected */
	const char *client_address; /* the client's, behind the proxies that are trusted */
	struct wall_time received;  /* the handler's idea of now */
	const char *owner;          /* said by who answers it: who has proven to send it, in the arena; NULL: unknown */
	/* turns_key of who has proven to send the body, or before it the request that came last on the connection; 0: unknown. Good for
	 * taking turns and no proof: behind a proxy the next request may be another client's. Who answers it may know better. */
	uint64_t known_as;
	void *context;              /* of who answers it: http_server_config */
	/* Filled by the router: percent-decoded values of the route's {names}, in order. */
	const char *parameters[HTTP_PATH_PARAMETERS_MAX];
};

/* Whether the head announces a body. */
bool http_request_has_body(const struct http_request *request);
/* First header of that name (ASCII case ignored), or NULL. */
const char *http_request_header(const struct http_request *request, const char *name);
/* All headers of that name as one list, separated by commas (RFC 9110 section 5.3), in the request's arena; NULL without any. */
const char *http_request_header_list(const struct http_request *request, const char *name);
/* Percent-decoded value of the first query parameter of that name that has one, in the request's arena; NULL when there is none. A
 * broken escape counts as absent. */
const char *http_request_query(const struct http_request *request, const char *name);

/* Value of a cookie of the request (RFC 6265 section 4.2), in its arena; NULL when absent. */
const char *http_request_cookie(const struct http_request *request, const char *name);

/* Parameter of a header value such as `multipart/form-data; esl-api-version=11; boundary=x` wherever it
 * stands; quotes removed; in the arena; NULL when absent. */
const char *http_header_parameter(struct arena *arena, const char *value, const char *name);
/* Whether the media type of a header value, without its parameters, is `type` (ASCII case ignored). */
bool http_media_type_is(const char *value, const char *type);

struct http_response {
	int status;
	const char *content_type; /* a constant, or in the request's arena; NULL without a body */
	/* The body's storage is given to the response: freed with free(). NULL for an empty body. */
	unsigned char *body;
	size_t body_length;
	struct http_header headers[8]; /* further headers; names and values constant or in the arena */
	size_t header_count;
	bool close; /* ends the connection after this response */
};

void http_response_header(struct http_response *response, const char *name, const char *value);
void http_response_done(struct http_response *response); /* frees the body; for those never sent */

/* The standard error body {code, messageKey, name, message, technical}. Replaces status and body; keeps the
 * headers already set. */
void http_response_error(struct http_response *response, const struct error *err);
/* The same, and RFC 6749's members too: `error` (a name of section 5.2) and `error_description`. */
void http_response_oauth_error(struct http_response *response, const struct error *err,
			       const char *name);

#endif
