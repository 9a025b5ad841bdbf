/* router.c – a tree of path segments. */
#include "http/router.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/text.h"

/* Literal children in a list: no node has more than a dozen. */
struct node {
	const char *literal; /* NULL: captures; not NUL-terminated */
	size_t literal_length;
	struct node *next_sibling, *first_child, *capture;
	const struct route *routes[HTTP_METHOD_OTHER]; /* by method */
};

struct router {
	struct node root;
};

static struct node *node_new(const char *literal, size_t length)
{
	struct node *node = calloc(1, sizeof(*node));

	ensure(node);
	node->literal = literal;
	node->literal_length = length;
	return node;
}

static struct node *child_find(const struct node *node, const char *segment, size_t length)
{
	struct node *child = node->first_child;

	while (child &&
	       (child->literal_length != length || memcmp(child->literal, segment, length) != 0))
		child = child->next_sibling;
	return child;
}

static struct node *child_make(struct node *node, const char *segment, size_t length)
{
	if (*segment == '{') {
		if (!node->capture)
			node->capture = node_new(NULL, 0);
		return node->capture;
	}
	struct node *child = child_find(node, segment, length);
	if (!child) {
		child = node_new(segment, length);
		child->next_sibling = node->first_child;
		node->first_child = child;
	}
	return child;
}

/* The next segment; its length 0 at the end. Slashes that follow each other, or end the path, add
 * none: clients put a base URL that ends with one before a path that begins with one. */
static const char *segment_next(const char *path, size_t *ret_length)
{
	path += strspn(path, "/");
	*ret_length = strcspn(path, "/");
	return path;
}

static void route_add(struct router *router, const struct route *route)
{
	struct node *node = &router->root;
	size_t length;

	for (const char *path = segment_next(route->pattern, &length); length > 0;
	     path = segment_next(path + length, &length))
		node = child_make(node, path, length);
	ensure(!node->routes[route->method]);
	node->routes[route->method] = route;
}

struct router *router_new(const struct route *routes, size_t count)
{
	struct router *router = calloc(1, sizeof(*router));

	ensure(router);
	for (size_t i = 0; i < count; i++)
		route_add(router, &routes[i]);
	return router;
}

static void children_free(struct node *node)
{
	for (struct node *child = node->first_child, *next; child; child = next) {
		next = child->next_sibling;
		children_free(child);
		free(child);
	}
	if (node->capture) {
		children_free(node->capture);
		free(node->capture);
	}
}

void router_free(struct router *router)
{
	if (!router)
		return;
	children_free(&router->root);
	free(router);
}

static bool node_has_route(const struct node *node)
{
	for (int method = 0; method < HTTP_METHOD_OTHER; method++) {
		if (node->routes[method])
			return true;
	}
	return false;
}

/* A literal segment beats a captured one; when it leads nowhere, the capture is tried. Depth is
 * bounded by the patterns' own. */
static const struct node *node_find(const struct node *node, struct http_request *request,
				    const char *path, int captured)
{
	size_t length;
	const char *segment = segment_next(path, &length);

	if (length == 0)
		return *segment == '\0' && node_has_route(node) ? node : NULL;
	const struct node *child = child_find(node, segment, length);
	const struct node *found = child ? node_find(child, request, segment + length, captured)
					 : NULL;
	if (found || !node->capture)
		return found;
	char *value;
	ensure(captured < HTTP_PATH_PARAMETERS_MAX);
	if (!percent_decode(request->arena, segment, length, false, &value))
		return NULL;
	request->parameters[captured] = value;
	return node_find(node->capture, request, segment + length, captured + 1);
}

static const char *allow_value(const struct node *node, struct arena *arena)
{
	const char *allow = "";

	for (int method = 0; method < HTTP_METHOD_OTHER; method++) {
		if (node->routes[method])
			allow = arena_printf(arena, "%s%s%s", allow, *allow ? ", " : "",
					     http_method_name((enum http_method)method));
	}
	return node->routes[HTTP_METHOD_GET] ? arena_printf(arena, "%s, HEAD", allow) : allow;
}

const struct route *router_match(const struct router *router, struct http_request *request,
				 const char **ret_allow, struct error *err)
{
	const struct node *node = node_find(&router->root, request, request->path, 0);
	enum http_method method = request->method == HTTP_METHOD_HEAD ? HTTP_METHOD_GET
								      : request->method;

	if (!node) {
		(void)error_set(err, ERROR_RESOURCE_NOT_FOUND, NULL);
		return NULL;
	}
	if (method == HTTP_METHOD_OTHER || !node->routes[method]) {
		(void)error_set(err, ERROR_METHOD_NOT_ALLOWED, NULL);
		*ret_allow = allow_value(node, request->arena);
		return NULL;
	}
	return node->routes[method];
}
