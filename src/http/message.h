/* message.h – an HTTP request and an HTTP response as values.
 *
 * The server completes a request before a handler sees it, and the handler fills a response.
 * Neither knows a socket. Everything that a request points to lives in its arena, which is freed
 * after the response has been sent. */
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
	HTTP_METHOD_HEAD, /* routed like GET; the server drops the body */
	HTTP_METHOD_POST,
	HTTP_METHOD_PUT,
	HTTP_METHOD_PATCH,
	HTTP_METHOD_DELETE,
	HTTP_METHOD_OTHER, /* any other method; no route accepts it */
};
const char *http_method_name(enum http_method method);

struct http_header {
	const char *name;
	const char *value;
};

#define HTTP_PATH_PARAMETERS_MAX 6

struct http_request {
	struct arena *arena;
	uint64_t id; /* unique in this process; printed in log lines */
	enum http_method method;
	const char *path;  /* as sent, without the query */
	const char *query; /* as sent, without '?'; "" when absent */
	const struct http_header *headers;
	size_t header_count;
	/* What the head says about the body, and the body itself, which is absent until it has
	 * been read. */
	uint64_t body_announced; /* Content-Length, or 0 */
	bool body_is_chunked, expects_continue;
	struct bytes body;
	const char *remote_address; /* the connected address, such as "127.0.0.1" */
	const char *client_address; /* the client's address, behind the trusted proxies */
	struct wall_time received;  /* the time that the handler uses as now */
	/* Set by the application: the proven sender, in the arena; NULL: unknown. */
	const char *owner;
	/* turns_key of the proven sender of the body. Before that is known: of the request that
	 * came last on the connection. 0: unknown.
	 *
	 * It decides about turns only and proves nothing: behind a proxy, the next request may
	 * come from another client. The application may set a better value. */
	uint64_t known_as;
	/* The application's key of the credential that came with the request. 0: none, or not looked at. `known_by` is the key that
	 * came with the request of which `known_as` tells: with the same key it still holds. */
	uint64_t credential, known_by;
	void *context;              /* the application's data: see http_server_config */
	/* Filled by the router: percent-decoded values of the {names} of the route, in order. */
	const char *parameters[HTTP_PATH_PARAMETERS_MAX];
};

/* True when the head announces a body. */
bool http_request_has_body(const struct http_request *request);
/* Returns the value of the first header with that name (ASCII case ignored), or NULL. */
const char *http_request_header(const struct http_request *request, const char *name);
/* Joins all headers with that name by commas (RFC 9110 section 5.3), in the request's arena.
 * Returns NULL when there is none. */
const char *http_request_header_list(const struct http_request *request, const char *name);
/* Returns the percent-decoded value of the first query parameter with that name and a value, in
 * the request's arena. Returns NULL when there is none or its escapes are broken. */
const char *http_request_query(const struct http_request *request, const char *name);

/* Returns the value of a cookie (RFC 6265 section 4.2) in the request's arena, or NULL. */
const char *http_request_cookie(const struct http_request *request, const char *name);

/* Returns a parameter of a header value such as `multipart/form-data; esl-api-version=11;
 * boundary=x`, wherever it stands. Quotes are removed. The result lives in `arena`; NULL when
 * absent. */
const char *http_header_parameter(struct arena *arena, const char *value, const char *name);
/* True when the media type of a header value is `type`. Parameters and ASCII case are ignored. */
bool http_media_type_is(const char *value, const char *type);

struct http_response {
	int status;
	const char *content_type; /* a constant or in the request's arena; NULL without a body */
	/* The response owns the body and calls free() on it. NULL means an empty body. */
	unsigned char *body;
	size_t body_length;
	/* Further headers; names and values are constants or in the arena. */
	struct http_header headers[8];
	size_t header_count;
	bool close; /* closes the connection after this response */
};

void http_response_header(struct http_response *response, const char *name, const char *value);
/* Frees the body of a response that was not sent. */
void http_response_done(struct http_response *response);

/* Replaces status and body with the standard error body {code, messageKey, name, message,
 * technical}. Headers that are already set remain. */
void http_response_error(struct http_response *response, const struct error *err);
/* Does the same and adds the members of RFC 6749: `error` (a name from section 5.2) and
 * `error_description`. */
void http_response_oauth_error(struct http_response *response, const struct error *err,
			       const char *name);

#endif
