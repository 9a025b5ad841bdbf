/* router_test.c – a path means one route, or says what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "http/router.h"

static const struct route routes[] = {
	{HTTP_METHOD_GET, "/api/packages", "list"},
	{HTTP_METHOD_POST, "/api/packages", "create"},
	{HTTP_METHOD_GET, "/api/packages/{id}", "read"},
	{HTTP_METHOD_GET, "/api/packages/{id}/documents/zip", "zip"},
	{HTTP_METHOD_GET, "/api/packages/{id}/documents/{document}", "document"},
	{HTTP_METHOD_GET, "/api/packages/{id}/documents/{document}/pdf", "pdf"},
	{HTTP_METHOD_GET, "/healthz", "health"},
};

static const struct {
	enum http_method method;
	const char *path, *target, *first, *second;
	enum error_code code;
	const char *allow;
} rows[] = {
	{HTTP_METHOD_GET, "/api/packages", "list", NULL, NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_HEAD, "/api/packages", "list", NULL, NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "/api/packages/", "list", NULL, NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_POST, "/api/packages", "create", NULL, NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "/api/packages/abc=", "read", "abc=", NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "/api/packages/abc%3D", "read", "abc=", NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "/api/packages/a%2Fb", "read", "a/b", NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "/api/packages/p/documents/zip", "zip", "p", NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "/api/packages/p/documents/d", "document", "p", "d", ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "/api/packages/p/documents/zip/pdf", "pdf", "p", "zip", ERROR_NONE, NULL},
	{HTTP_METHOD_PUT, "/api/packages", NULL, NULL, NULL, ERROR_METHOD_NOT_ALLOWED,
	 "GET, POST, HEAD"},
	{HTTP_METHOD_OTHER, "/healthz", NULL, NULL, NULL, ERROR_METHOD_NOT_ALLOWED, "GET, HEAD"},
	{HTTP_METHOD_GET, "/", NULL, NULL, NULL, ERROR_RESOURCE_NOT_FOUND, NULL},
	{HTTP_METHOD_GET, "/api", NULL, NULL, NULL, ERROR_RESOURCE_NOT_FOUND, NULL},
	{HTTP_METHOD_GET, "/api/packages/p/documents", NULL, NULL, NULL, ERROR_RESOURCE_NOT_FOUND,
	 NULL},
	{HTTP_METHOD_GET, "/api//packages", "list", NULL, NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "//api/packages", "list", NULL, NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "//api///packages//p//", "read", "p", NULL, ERROR_NONE, NULL},
	{HTTP_METHOD_GET, "//", NULL, NULL, NULL, ERROR_RESOURCE_NOT_FOUND, NULL},
	{HTTP_METHOD_GET, "/API/packages", NULL, NULL, NULL, ERROR_RESOURCE_NOT_FOUND, NULL},
	{HTTP_METHOD_GET, "/api/packages/%zz", NULL, NULL, NULL, ERROR_RESOURCE_NOT_FOUND, NULL},
	{HTTP_METHOD_GET, "/api/packages/%00", NULL, NULL, NULL, ERROR_RESOURCE_NOT_FOUND, NULL},
	{HTTP_METHOD_GET, "/healthz/x", NULL, NULL, NULL, ERROR_RESOURCE_NOT_FOUND, NULL},
};

static void rows_hold(void **state)
{
	struct router *router = router_new(routes, ARRAY_SIZE(routes));

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct http_request request = {
			.arena = arena_new(), .method = rows[i].method, .path = rows[i].path};
		struct error err = {0};
		const char *allow = NULL;
		const struct route *route = router_match(router, &request, &allow, &err);
		if ((route != NULL) != (rows[i].target != NULL) || err.code != rows[i].code)
			fail_msg("%s: %s", rows[i].path,
				 route ? (const char *)route->target : "none");
		if (route)
			assert_string_equal(route->target, rows[i].target);
		if (rows[i].allow)
			assert_string_equal(allow, rows[i].allow);
		if (rows[i].first)
			assert_string_equal(request.parameters[0], rows[i].first);
		if (rows[i].second)
			assert_string_equal(request.parameters[1], rows[i].second);
		arena_free(request.arena);
	}
	router_free(router);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_hold)};
	return cmocka_run_group_tests_name("http/router", tests, NULL, NULL);
}
