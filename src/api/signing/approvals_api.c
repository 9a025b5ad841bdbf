/* approvals_api.c – /api/packages/{packageId}/documents/{documentId}/approvals and …/fields:
 * signature blocks and fields. */
#include "api/core/routes.h"

#include "base/json.h"
#include "signing/approvals.h"
#include "signing/conditions.h"
#include "signing/signing_status.h"

/* {packageId}, {documentId}, then {approvalId} and {fieldId} as far as the path has them. */
static struct block_place place_of(const struct call *call, enum block_kind kind)
{
	const char *const *parameters = call->request->parameters;
	struct block_place place = {
		.kind = kind, .package = parameters[0], .document = parameters[1]};

	place.approval = kind == BLOCK_FIELD ? parameters[2] : NULL;
	place.id = kind == BLOCK_FIELD ? parameters[3] : parameters[2];
	return place;
}

static bool on_get(struct call *call, enum block_kind kind, struct http_response *response,
		   struct error *err)
{
	const struct context context = call_context(call);
	const struct block_place place = place_of(call, kind);
	json_t *block;

	return block_read(&context, &place, &block, err) && reply_json(response, block);
}

static bool on_post(struct call *call, enum block_kind kind, struct http_response *response,
		    struct error *err)
{
	const struct context context = call_context(call);
	const struct block_place place = place_of(call, kind);
	json_t *block;

	scoped(json_t) json_t *body = call_body(call, err);
	return body && block_add(&context, &place, body, &block, err) &&
	       reply_json(response, block);
}

static bool on_put(struct call *call, enum block_kind kind, struct http_response *response,
		   struct error *err)
{
	const struct context context = call_context(call);
	const struct block_place place = place_of(call, kind);
	json_t *block;

	scoped(json_t) json_t *body = call_body(call, err);
	return body && block_replace(&context, &place, body, &block, err) &&
	       reply_json(response, block);
}

static bool on_delete(struct call *call, enum block_kind kind, struct http_response *response,
		      struct error *err)
{
	const struct context context = call_context(call);
	const struct block_place place = place_of(call, kind);

	return block_remove(&context, &place, err) && reply_empty(response);
}

/* ---- approvals ---- */

bool on_approvals_post(struct call *call, struct http_response *response, struct error *err)
{
	return on_post(call, BLOCK_APPROVAL, response, err);
}

/* A client that wraps the list in an object gets the error that OneSpan Sign gives. */
bool on_approvals_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct block_place place = place_of(call, BLOCK_APPROVAL);
	json_t *approvals;

	scoped(json_t) json_t *list = call_body_value(call, err);
	if (!list)
		return false;
	if (!json_is_array(list))
		return error_set(err, ERROR_APPROVAL_WITHOUT_ROLE, "expected a list of approvals");
	return blocks_replace(&context, &place, list, &approvals, err) &&
	       reply_json(response, approvals);
}

bool on_approval_get(struct call *call, struct http_response *response, struct error *err)
{
	return on_get(call, BLOCK_APPROVAL, response, err);
}

bool on_approval_put(struct call *call, struct http_response *response, struct error *err)
{
	return on_put(call, BLOCK_APPROVAL, response, err);
}

bool on_approval_delete(struct call *call, struct http_response *response, struct error *err)
{
	return on_delete(call, BLOCK_APPROVAL, response, err);
}

/* ---- fields ---- */

bool on_fields_post(struct call *call, struct http_response *response, struct error *err)
{
	return on_post(call, BLOCK_FIELD, response, err);
}

bool on_field_get(struct call *call, struct http_response *response, struct error *err)
{
	return on_get(call, BLOCK_FIELD, response, err);
}

bool on_field_put(struct call *call, struct http_response *response, struct error *err)
{
	return on_put(call, BLOCK_FIELD, response, err);
}

bool on_field_delete(struct call *call, struct http_response *response, struct error *err)
{
	return on_delete(call, BLOCK_FIELD, response, err);
}

bool on_field_conditions_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct block_place place = place_of(call, BLOCK_FIELD);
	json_t *field;

	scoped(json_t) json_t *body = call_body(call, err);
	return body && field_replace_with_conditions(&context, &place, body, &field, err) &&
	       reply_json(response, field);
}

/* ---- fields of the document itself ---- */

bool on_document_fields_post(struct call *call, struct http_response *response, struct error *err)
{
	return on_post(call, BLOCK_DOCUMENT_FIELD, response, err);
}

bool on_document_fields_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct block_place place = place_of(call, BLOCK_DOCUMENT_FIELD);
	json_t *fields;

	scoped(json_t) json_t *list = call_body_list(call, err);
	return list && blocks_replace(&context, &place, list, &fields, err) &&
	       reply_json(response, fields);
}

bool on_document_field_get(struct call *call, struct http_response *response, struct error *err)
{
	return on_get(call, BLOCK_DOCUMENT_FIELD, response, err);
}

bool on_document_field_put(struct call *call, struct http_response *response, struct error *err)
{
	return on_put(call, BLOCK_DOCUMENT_FIELD, response, err);
}

bool on_document_field_delete(struct call *call, struct http_response *response, struct error *err)
{
	return on_delete(call, BLOCK_DOCUMENT_FIELD, response, err);
}

/* ---- what a package's approvals and fields say ---- */

bool on_signer_approvals_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *const *parameters = call->request->parameters;
	json_t *approvals;

	return approvals_of_signer(&context, parameters[0], NULL, parameters[1], &approvals, err) &&
	       reply_json(response,
			  json_pack("{s:I, s:o}", "count", (json_int_t)json_array_size(approvals),
				    "results", approvals));
}

bool on_document_signer_approvals_get(struct call *call, struct http_response *response,
				      struct error *err)
{
	const struct context context = call_context(call);
	const char *const *parameters = call->request->parameters;
	json_t *approvals;

	return approvals_of_signer(&context, parameters[0], parameters[1], parameters[2],
				   &approvals, err) &&
	       reply_json(response, approvals);
}

bool on_referenced_conditions_get(struct call *call, struct http_response *response,
				  struct error *err)
{
	const struct context context = call_context(call);
	const struct http_request *request = call->request;
	json_t *references;

	return conditions_find(&context, request->parameters[0],
			       http_request_query(request, "documentId"),
			       http_request_query(request, "fieldId"), &references, err) &&
	       reply_json(response, references);
}

bool on_field_summary_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *fields;

	return field_summary_read(&context, call->request->parameters[0], &fields, err) &&
	       reply_json(response, fields);
}

bool on_signing_status_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct http_request *request = call->request;
	const char *status;

	return signing_status_find(&context, request->parameters[0],
				   http_request_query(request, "signer"),
				   http_request_query(request, "document"), &status, err) &&
	       reply_json(response, json_pack("{s:s}", "status", status));
}
