/* packages_api.c – /api/packages: transactions. */
#include "api/core/routes.h"

#include <string.h>

#include "api/signing/upload.h"
#include "base/json.h"
#include "signing/package_create.h"
#include "store/user_store.h"

#define SOON_DAYS_DEFAULT 7 /* of predefined=expiringSoon */
#define SOON_DAYS_MAX 3650

bool on_packages_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct upload_body body;
	const char *id;

	if (!upload_object_read(call, &body, err))
		return false;
	scoped(json_t) json_t *json = body.json;
	if (!package_create(&context, json, body.uploads, body.count, &id, err))
		return false;
	return reply_json(response,
			  json_pack("{s:s}", "id", id)); /* exactly this member: the Java SDK */
}

bool on_package_clone(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *id;

	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	return body && package_clone(&context, call->request->parameters[0], body, &id, err) &&
	       reply_json(response, json_pack("{s:s}", "id", id));
}

/* ownerUserId or ownerEmail: another user's packages. */
static bool owner_choose(const struct call *call, struct package_query *query, struct error *err)
{
	const char *uid = http_request_query(call->request, "ownerUserId");
	const char *email = http_request_query(call->request, "ownerEmail");
	struct user user;
	bool found;

	if (!uid && !email)
		return true;
	if (!actor_may(&call->actor, PERMISSION_OTHER_USERS))
		return error_set(err, ERROR_NO_PERMISSION, "%s is required",
				 permission_name(PERMISSION_OTHER_USERS));
	if (!(uid ? user_find(session_db(call->session), call->arena, uid, &user, &found, err)
		  : user_find_by_email(session_db(call->session), call->arena, email, &user, &found,
				       err)))
		return false;
	if (!found || strcmp(user.account, call->actor.account) != 0)
		return error_set(err, ERROR_USER_NOT_FOUND, NULL);
	query->owner = user.uid;
	return true;
}

bool on_packages_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct http_request *request = call->request;
	const char *json;
	struct package_query query = {
		.query = http_request_query(request, "query"),
		.predefined = http_request_query(request, "predefined"),
		.type = http_request_query(request, "type"),
		.search = http_request_query(request, "search"),
		.searchtype = http_request_query(request, "searchtype"),
		.visibility = http_request_query(request, "visibility"),
		.updated_start = http_request_query(request, "lastUpdatedStartDate"),
		.updated_end = http_request_query(request, "lastUpdatedEndDate"),
		.sort = http_request_query(request, "sort"),
		.dir = http_request_query(request, "dir"),
		.fields = http_request_query(request, "fields"),
	};
	/* The Java SDK's date range uses these names. */
	if (!query.updated_start)
		query.updated_start = http_request_query(request, "startDate");
	if (!query.updated_end)
		query.updated_end = http_request_query(request, "endDate");
	return owner_choose(call, &query, err) &&
	       call_page(call, PAGE_DEFAULT, &query.offset, &query.limit, err) &&
	       call_query_int(call, "expiringSoonDays", 1, SOON_DAYS_MAX, SOON_DAYS_DEFAULT,
			      &query.expiring_soon_days, err) &&
	       package_search(&context, &query, &json, err) && reply_json_text(response, json);
}

bool on_package_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *json;

	return (actor_is_signer(&call->actor) ? package_read_as_signer : package_read)(
		       &context, call->request->parameters[0], &json, err) &&
	       reply_json_text(response, json);
}

bool on_package_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && package_change(&context, call->request->parameters[0], body, err) &&
	       reply_empty(response);
}

bool on_package_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	return package_remove(&context, call->request->parameters[0], err) && reply_empty(response);
}
