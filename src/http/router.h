/* router.h – finds the route of a request in a table of routes.
 *
 * A pattern is a path with captured {segments}:
 * "/api/packages/{packageId}/documents/{documentId}/pdf". A literal segment beats a captured
 * one. A trailing slash and repeated slashes are ignored. */
#ifndef GREFFIER_HTTP_ROUTER_H
#define GREFFIER_HTTP_ROUTER_H

#include "http/message.h"

struct route {
	enum http_method method;
	const char *pattern;
	const void *target; /* for the owner of the table; the router does not read it */
};

struct router;

/* Builds a router; the table must outlive it. Stops the process when two routes have the same
 * method and shape. */
struct router *router_new(const struct route *routes, size_t count);
void router_free(struct router *router);

/* Finds the route and fills request->parameters. Returns NULL with ERROR_RESOURCE_NOT_FOUND or
 * ERROR_METHOD_NOT_ALLOWED. In the second case `*ret_allow` is the value of the Allow header, in
 * the request's arena. */
const struct route *router_match(const struct router *router, struct http_request *request,
				 const char **ret_allow, struct error *err);

#endif
