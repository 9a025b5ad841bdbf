/* layouts_api.c – /api/layouts, and applying a layout to a document. */
#include "api/core/routes.h"

#include <string.h>

#include "base/json.h"
#include "signing/layouts.h"
#include "signing/package_create.h"

bool on_layouts_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct http_request *request = call->request;
	const char *json;
	struct package_query query = {
		.type = "LAYOUT",
		.search = http_request_query(request, "search"),
		.searchtype = http_request_query(request, "searchtype"),
		.visibility = http_request_query(request, "visibility"),
		.sort = http_request_query(request, "sort"),
		.dir = http_request_query(request, "dir"),
	};
	return call_page(call, PAGE_DEFAULT, &query.offset, &query.limit, err) &&
	       package_search(&context, &query, &json, err) && reply_json_text(response, json);
}

bool on_layouts_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *id, *json;

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body)
		return false;
	json_object_set_new(body, "type", json_string("LAYOUT"));
	return package_create(&context, body, NULL, 0, &id, err) &&
	       package_read(&context, id, &json, err) && reply_json_text(response, json);
}

bool on_document_layout_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *remove = http_request_query(call->request, "removeOutOfBound");
	const struct layout_choice choice = {
		.id = http_request_query(call->request, "layoutId"),
		.name = http_request_query(call->request, "layoutName"),
		.removes_out_of_bound = remove && strcmp(remove, "true") == 0,
	};
	json_t *document;

	return layout_apply(&context, call->request->parameters[0], call->request->parameters[1],
			    &choice, &document, err) &&
	       reply_json(response, document);
}
