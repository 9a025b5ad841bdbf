/* routes.c – the table of routes. Keep it in the order of openapi/openapi.yaml. */
#include "api/routes.h"

#include "base/macros.h"

const struct api_route api_routes[] = {
	/* clang-format off */
	{HTTP_METHOD_GET,    "/healthz", on_health_live, ROUTE_PUBLIC | ROUTE_FROM_MEMORY},
	{HTTP_METHOD_GET,    "/readyz", on_health_ready, ROUTE_PUBLIC},

	{HTTP_METHOD_POST,   "/apitoken/clientApp/accessToken", on_tokens_post, ROUTE_PUBLIC | ROUTE_FROM_MEMORY},
	{HTTP_METHOD_POST,   "/api/account/authentication/clientApps", on_client_apps_post, 0},
	{HTTP_METHOD_GET,    "/api/account/authentication/clientApps", on_client_apps_get, 0},
	{HTTP_METHOD_DELETE, "/api/account/authentication/clientApps/{clientId}", on_client_apps_delete, 0},

	{HTTP_METHOD_POST,   "/api/packages", on_packages_post, 0},
	{HTTP_METHOD_GET,    "/api/packages", on_packages_get, 0},
	{HTTP_METHOD_GET,    "/api/packages/{packageId}", on_package_get, 0},
	{HTTP_METHOD_PUT,    "/api/packages/{packageId}", on_package_put, 0},
	{HTTP_METHOD_POST,   "/api/packages/{packageId}", on_package_put, 0},
	{HTTP_METHOD_DELETE, "/api/packages/{packageId}", on_package_delete, 0},
	{HTTP_METHOD_GET,    "/api/packages/{packageId}/documents/{documentId}/pdf", on_document_pdf_get, 0},

	{HTTP_METHOD_GET,    "/api/callback", on_callback_get, 0},
	{HTTP_METHOD_POST,   "/api/callback", on_callback_post, 0},
	{HTTP_METHOD_GET,    "/api/notifications/deliveries", on_deliveries_get, 0},
	{HTTP_METHOD_GET,    "/api/notifications/events", on_events_get, 0},
	{HTTP_METHOD_GET,    "/api/notifications/eventTypes", on_event_types_get, 0},
	/* clang-format on */
};
const size_t api_route_count = ARRAY_SIZE(api_routes);
