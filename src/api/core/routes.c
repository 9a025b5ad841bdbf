/* routes.c – the table of routes: the rows of each area's routes.def, in the order of
 * openapi/paths/<area>.yaml. */
#include "api/core/routes.h"

#include "base/macros.h"
#include "http/server.h"

const struct body_kind body_kinds[] = {
	[BODY_SMALL] = {HTTP_BODY_SMALL, 1000, false},
	[BODY_CREDENTIALS] = {HTTP_BODY_SMALL, 1000, true},
	[BODY_DEFAULT] = {65536, 20000, false},
	[BODY_CERTIFICATES] = {262144, 20000, false},
	[BODY_LIST] = {4194304, 100000, false},
	[BODY_PACKAGE] = {4194304, 1000000, false},
	[BODY_DOCUMENTS] = {0, 1000000, false}, /* --body-limit */
};

/* ROUTE(method, path, handler, who may call: enum caller_level, flags, scope that a client app's
 * token must have, permission that the user must have, what the body holds: enum body_class, whose
 * threads run it). A literal segment of a path wins over a {parameter}, so the order is only that
 * of the document. */
#define ROUTE(a_method, a_path, a_handler, a_level, a_flags, a_scope, a_permission, a_body, \
	      a_pool) \
	{.method = HTTP_METHOD_##a_method, \
	 .pattern = (a_path), \
	 .handler = (a_handler), \
	 .level = LEVEL_##a_level, \
	 .flags = (a_flags), \
	 .scope = SCOPE_##a_scope, \
	 .permission = PERMISSION_##a_permission, \
	 .body = BODY_##a_body, \
	 .pool = POOL_##a_pool},

const struct api_route api_routes[] = {
#include "api/routes.def"
};
const size_t api_route_count = ARRAY_SIZE(api_routes);
