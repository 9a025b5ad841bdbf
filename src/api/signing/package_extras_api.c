/* package_extras_api.c – the virtual room of a package, its masked fields, and how its roles are
 * verified. */
#include "api/core/routes.h"

#include <string.h>

#include "access/accounts/settings.h"
#include "base/json.h"
#include "signing/package_extras.h"

static const char *package_of(const struct call *call)
{
	return call->request->parameters[0];
}

static const char *second_of(const struct call *call)
{
	return call->request->parameters[1];
}

/* ---- the virtual room ---- */

bool on_virtual_room_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *is_default = http_request_query(call->request, "default");
	json_t *room;

	return virtual_room_read(&context, package_of(call),
				 is_default && strcmp(is_default, "true") == 0, &room, err) &&
	       reply_json(response, room);
}

bool on_virtual_room_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && virtual_room_replace(&context, package_of(call), body, err) &&
	       reply_empty(response);
}

bool on_masked_fields_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *fields;

	return masked_fields_read(&context, package_of(call), &fields, err) &&
	       reply_json(response, fields);
}

bool on_masked_fields_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *list = call_body_list(call, err);
	return list && masked_fields_replace(&context, package_of(call), list, err) &&
	       reply_empty(response);
}

bool on_masked_field_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	return masked_field_set(&context, package_of(call), second_of(call), true, err) &&
	       reply_empty(response);
}

bool on_masked_field_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	return masked_field_set(&context, package_of(call), second_of(call), false, err) &&
	       reply_empty(response);
}

/* ---- verification ---- */

bool on_verification_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *verification;

	if (!verification_read(&context, package_of(call), second_of(call), &verification, err))
		return false;
	return verification ? reply_json(response, verification) : reply_nothing(response);
}

bool on_verification_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *verification;

	scoped(json_t) json_t *body = call_body(call, err);
	return body &&
	       verification_replace(&context, package_of(call), second_of(call), body,
				    &verification, err) &&
	       reply_json(response, verification);
}

bool on_verification_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	return verification_remove(&context, package_of(call), second_of(call), err) &&
	       reply_empty(response);
}

/* The ways of verification that the account's owner has set up. */
bool on_verification_types_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *workflow;
	size_t i;

	if (strcmp(call->request->parameters[0], context.account) != 0)
		return error_set(err, ERROR_ACCOUNT_NOT_FOUND, NULL);
	scoped(json_t) json_t *workflows = settings_read(
		&context, (struct settings_place){SETTINGS_IDV_WORKFLOWS, ""}, err);
	if (!workflows)
		return false;
	scoped(json_t) json_t *types = json_array();
	json_array_foreach(workflows, i, workflow) json_array_append_new(
		types,
		json_pack("{s:s, s:s, s:s}", "id", json_text(workflow, "id"), "name",
			  json_text(workflow, "desc"), "method", json_text(workflow, "type")));
	return reply_json(response, json_incref(types));
}
