/* upload.c – see upload.h. */
#include "api/signing/upload.h"

#include "base/json.h"
#include "base/text.h"

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

static bool files_take(const struct call *call, const struct multipart *multipart,
		       const struct multipart_part *payload, struct upload_body *ret_body,
		       struct error *err)
{
	ret_body->uploads = arena_alloc(call->arena,
					sizeof(*ret_body->uploads) * MULTIPART_PARTS_MAX);
	for (size_t i = 0; i < multipart->count; i++) {
		const struct multipart_part *part = &multipart->parts[i];
		if (part == payload)
			continue;
		if (!part_is_named(part, i, err))
			return false;
		if (part->filename)
			ret_body->uploads[ret_body->count++] = (struct upload){
				part->filename, part->filename_sent, part->content};
	}
	return true;
}

/* `payload` and any number of `file` parts, in any order. What the parts say of their types is not
 * relied on. */
static bool parts_read(const struct call *call, const char *content_type,
		       struct upload_body *ret_body, struct error *err)
{
	struct multipart multipart;

	if (!multipart_parse(call->arena, content_type, call->request->body, &multipart, err))
		return false;
	const struct multipart_part *payload = multipart_part(&multipart, "payload");
	if (!payload)
		return error_set(err, ERROR_MISSING_FIELD,
				 "payload: the part with the JSON is missing");
	if (!files_take(call, &multipart, payload, ret_body, err))
		return false;
	ret_body->json = json_decode_within(payload->content, call->json_values_max, err);
	return ret_body->json || error_wrap(err, "payload");
}

bool upload_body_read(const struct call *call, struct upload_body *ret_body, struct error *err)
{
	const char *type = http_request_header(call->request, "Content-Type");

	*ret_body = (struct upload_body){0};
	if (type && http_media_type_is(type, "multipart/form-data"))
		return parts_read(call, type, ret_body, err);
	ret_body->json = call_body_value(call, err);
	return ret_body->json != NULL;
}

bool upload_object_read(const struct call *call, struct upload_body *ret_body, struct error *err)
{
	if (!upload_body_read(call, ret_body, err))
		return false;
	if (json_is_object(ret_body->json))
		return true;
	json_decref(ret_body->json);
	return error_set(err, ERROR_INVALID_JSON, "expected an object");
}
