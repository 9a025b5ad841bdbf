/* package_roles_api.c – /api/packages/{packageId}/roles: the roles of a transaction, and their
 * signers. */
#include "api/core/routes.h"

#include "base/json.h"
#include "signing/package_roles.h"

static const char *package_of(const struct call *call)
{
	return call->request->parameters[0];
}

static const char *role_of(const struct call *call)
{
	return call->request->parameters[1];
}

bool on_package_roles_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *roles;

	return package_roles_read(&context, package_of(call), &roles, err) &&
	       reply_json(response, roles);
}

bool on_package_roles_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *role;

	scoped(json_t) json_t *body = call_body(call, err);
	return body && package_role_add(&context, package_of(call), body, &role, err) &&
	       reply_json(response, role);
}

bool on_package_roles_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *roles;

	scoped(json_t) json_t *list = call_body_list(call, err);
	return list && package_roles_order(&context, package_of(call), list, &roles, err) &&
	       reply_json(response, roles);
}

bool on_package_role_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *role;

	return package_role_read(&context, package_of(call), role_of(call), &role, err) &&
	       reply_json(response, role);
}

bool on_package_role_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *role;

	scoped(json_t) json_t *body = call_body(call, err);
	return body &&
	       package_role_replace(&context, package_of(call), role_of(call), body, &role, err) &&
	       reply_json(response, role);
}

bool on_package_role_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	return package_role_remove(&context, package_of(call), role_of(call), err) &&
	       reply_empty(response);
}

bool on_package_role_unlock(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *role;

	return package_role_unlock(&context, package_of(call), role_of(call), &role, err) &&
	       reply_json(response, role);
}
