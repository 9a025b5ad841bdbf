/* documents_api.c – /api/packages/{packageId}/documents: the documents of a transaction. */
#include "api/core/routes.h"

#include "api/signing/upload.h"
#include "base/json.h"
#include "signing/document_files.h"
#include "signing/document_visibility.h"
#include "signing/package_documents.h"

#define PDF_TYPE "application/octet-stream; esl-api-version=11"

static const char *package_of(const struct call *call)
{
	return call->request->parameters[0];
}

static const char *document_of(const struct call *call)
{
	return call->request->parameters[1];
}

/* ---- all documents ---- */

bool on_documents_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *documents;

	return package_documents_read(&context, package_of(call), &documents, err) &&
	       reply_json(response, documents);
}

static bool is_object_or_list(const json_t *json, struct error *err)
{
	return json_is_object(json) || json_is_array(json) ||
	       error_set(err, ERROR_INVALID_JSON, "expected a document or a list of documents");
}

bool on_documents_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct upload_body body;
	json_t *documents;

	if (!upload_body_read(call, &body, err))
		return false;
	scoped(json_t) json_t *json = body.json;
	return is_object_or_list(json, err) &&
	       package_documents_add(&context, package_of(call), json, body.uploads, body.count,
				     &documents, err) &&
	       reply_json(response, documents);
}

bool on_documents_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *documents;

	scoped(json_t) json_t *list = call_body_list(call, err);
	return list && package_documents_order(&context, package_of(call), list, &documents, err) &&
	       reply_json(response, documents);
}

bool on_documents_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *list = call_body_list(call, err);
	if (!list)
		return false;
	const size_t count = json_array_size(list);
	const char **ids = arena_alloc(call->arena, count * sizeof(*ids) + 1);
	for (size_t i = 0; i < count; i++) {
		ids[i] = json_string_value(json_array_get(list, i));
		if (!ids[i])
			return error_set(err, ERROR_INVALID_FIELD, "[%zu]: must be a text", i);
	}
	return package_documents_remove(&context, package_of(call), ids, count, err) &&
	       reply_empty(response);
}

/* ---- one document ---- */

bool on_document_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *document;

	return package_document_read(&context, package_of(call), document_of(call), &document,
				     err) &&
	       reply_json(response, document);
}

bool on_document_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct upload_body body;
	json_t *document;

	if (!upload_object_read(call, &body, err))
		return false;
	scoped(json_t) json_t *json = body.json;
	return package_document_change(&context, package_of(call), document_of(call), json,
				       body.uploads, body.count, &document, err) &&
	       reply_json(response, document);
}

bool on_document_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *const id = document_of(call);

	return package_documents_remove(&context, package_of(call), &id, 1, err) &&
	       reply_empty(response);
}

/* ---- downloads ---- */

bool on_document_pdf_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct document_file file;

	if (!document_file_read(&context, package_of(call), document_of(call), &file, err))
		return false;
	reply_attachment(call, response, file.name);
	return reply_bytes(response, PDF_TYPE, file.content);
}

bool on_documents_zip_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct document_file archive;

	if (!documents_archive_read(&context, package_of(call), &archive, err))
		return false;
	reply_attachment(call, response, archive.name);
	return reply_bytes(response, "application/zip", archive.content);
}

/* ---- who sees which ---- */

bool on_visibility_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	json_t *visibility;

	return document_visibility_read(&context, package_of(call), &visibility, err) &&
	       reply_json(response, visibility);
}

bool on_visibility_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && document_visibility_replace(&context, package_of(call), body, err) &&
	       reply_empty(response);
}
