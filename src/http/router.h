/* router.h – a table of routes, and the one that a request means.
 *
 * A pattern is a path whose {segments} are captured: "/api/packages/{packageId}/documents/{documentId}/pdf".
 * A literal segment beats a captured one. A trailing slash is ignored, and so is a slash after another. */
#ifndef GREFFIER_HTTP_ROUTER_H
#define GREFFIER_HTTP_ROUTER_H

#include "http/message.h"

struct route {
	enum http_method method;
	const char *pattern;
	const void *target; /* what the owner of the table wants to find: router does not look at it */
};

struct router;

/* The table must outlive the router. Two routes of the same method and shape are a mistake of ours: ensure(). */
struct router *router_new(const struct route *routes, size_t count);
void router_free(struct router *router);

/* Fills request->parameters. NULL with ERROR_RESOURCE_NOT_FOUND, or ERROR_METHOD_NOT_ALLOWED, in which
 * case `*ret_allow` is the value of Allow, in the request's arena. */
const struct route *router_match(const struct router *router, struct http_request *request,
				 const char **ret_allow, struct error *err);

#endif
