/* routes.h – every route of the server, in one table. openapi/openapi.yaml describes the same ones
 * (routes_test.c). Inside src/api only. */
#ifndef GREFFIER_API_ROUTES_H
#define GREFFIER_API_ROUTES_H

#include <stddef.h>

#include "api/call.h"

enum route_flags {
	ROUTE_PUBLIC = 1,      /* needs no credentials */
	ROUTE_FROM_MEMORY = 2, /* tried on the loop first, without a session */
};

struct api_route {
	enum http_method method;
	const char *pattern;
	call_handler *handler;
	unsigned flags;
};

extern const struct api_route api_routes[];
extern const size_t api_route_count;

/* The handlers, by resource. */
call_handler on_health_live, on_health_ready;                                     /* health_api.c */
call_handler on_tokens_post;                                                   /* tokens_api.c */
call_handler on_client_apps_post, on_client_apps_get, on_client_apps_delete;         /* client_apps_api.c */
call_handler on_packages_post, on_packages_get, on_package_get, on_package_put, on_package_delete,
	on_document_pdf_get;                                                   /* packages_api.c */
call_handler on_callback_get, on_callback_post;                                   /* callback_api.c */
call_handler on_deliveries_get, on_events_get, on_event_types_get;                   /* notifications_api.c */

#endif
