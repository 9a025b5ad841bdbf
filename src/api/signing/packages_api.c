/* packages_api.c – /api/packages: transactions. */
#include "api/core/routes.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "store/user_store.h"

#define SOON_DAYS_DEFAULT 7 /* of predefined=expiringSoon */
#define SOON_DAYS_MAX 3650

/* `payload` and any number of `file` parts, in any order; what the parts say of their types is not
 * relied on. */
/* A file without a name would be missing from the package without a word. Other fields of a form
 * are nobody's business. */
static bool part_is_named(const struct multipart_part *part, size_t at, struct error *err)
{
	const bool is_file = !part->name || text_starts_with_nocase(part->name, "file");

	return (part->filename && *part->filename) || !is_file ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "part %zu: Content-Disposition has no `filename` that can be read",
			 at + 1);
}

static bool parts_read(const struct call *call, const char *content_type, json_t **ret_body,
		       struct upload **ret_uploads, size_t *ret_count, struct error *err)
{
	struct multipart multipart;
	size_t count = 0;

	if (!multipart_parse(call->arena, content_type, call->request->body, &multipart, err))
		return false;
	const struct multipart_part *payload = multipart_part(&multipart, "payload");
	if (!payload)
		return error_set(err, ERROR_MISSING_FIELD,
				 "payload: the part with the JSON is missing");
	struct upload *uploads = arena_alloc(call->arena, sizeof(*uploads) * MULTIPART_PARTS_MAX);
	for (size_t i = 0; i < multipart.count; i++) {
		const struct multipart_part *part = &multipart.parts[i];
		if (part != payload && !part_is_named(part, i, err))
			return false;
		if (part != payload && part->filename)
			uploads[count++] = (struct upload){part->filename, part->filename_sent,
							   part->content};
	}
	json_t *body = json_decode_object_within(payload->content, call->json_values_max, err);
	if (!body)
		return error_wrap(err, "payload");
	*ret_body = body;
	*ret_uploads = uploads;
	*ret_count = count;
	return true;
}

static bool package_body_read(const struct call *call, json_t **ret_body,
			      struct upload **ret_uploads, size_t *ret_count, struct error *err)
{
	const char *type = http_request_header(call->request, "Content-Type");

	if (type && http_media_type_is(type, "multipart/form-data"))
		return parts_read(call, type, ret_body, ret_uploads, ret_count, err);
	*ret_uploads = NULL;
	*ret_count = 0;
	*ret_body = call_body(call, err);
	return *ret_body != NULL;
}

bool on_packages_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	scoped(json_t) json_t *body = NULL;
	struct upload *uploads = NULL;
	size_t count = 0;
	const char *id;

	if (!package_body_read(call, &body, &uploads, &count, err) ||
	    !package_create(&context, body, uploads, count, &id, err))
		return false;
	return reply_json(response,
			  json_pack("{s:s}", "id", id)); /* exactly this member: the Java SDK */
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
		return error_set(err, ERROR_NO_PERMISSION, "%s is needed",
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

bool on_document_pdf_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct bytes pdf;

	return document_read_pdf(&context, call->request->parameters[0],
				 call->request->parameters[1], &pdf, err) &&
	       reply_bytes(response, "application/octet-stream; esl-api-version=11", pdf);
}
