/* call.c – what all handlers do: read a body, answer, page. */
#include "api/call.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"

#define JSON_TYPE "application/json"

json_t *call_body(const struct call *call, struct error *err)
{
	const char *type = http_request_header(call->request, "Content-Type");
	if (type && http_media_type_is(type, "multipart/form-data")) {
		(void)error_set(err, ERROR_UNSUPPORTED_MEDIA_TYPE, "Content-Type: send JSON here");
		return NULL;
	}
	return json_decode_object(call->request->body, err);
}

bool reply_json(struct http_response *response, json_t *value)
{
	response->status = 200;
	response->content_type = JSON_TYPE;
	response->body = (unsigned char *)json_encode(value, &response->body_length);
	json_decref(value);
	return true;
}

bool reply_bytes(struct http_response *response, const char *content_type, struct bytes content)
{
	response->status = 200;
	response->content_type = content_type;
	response->body = malloc(content.length + 1);
	ensure(response->body);
	memcpy(response->body, content.data, content.length);
	response->body_length = content.length;
	return true;
}

bool reply_json_text(struct http_response *response, const char *text)
{
	return reply_bytes(response, JSON_TYPE,
			   (struct bytes){(const unsigned char *)text, strlen(text)});
}

bool reply_empty(struct http_response *response)
{
	response->status = 200;
	return true;
}

bool call_needs_owner(const struct call *call, struct error *err)
{
	if (!call->caller.is_owner)
		return error_set(err, ERROR_NO_PERMISSION, "only the account's owner may do this");
	return true;
}

bool call_query_int(const struct call *call, const char *name, int64_t minimum, int64_t maximum,
		    int64_t absent, int64_t *ret_value, struct error *err)
{
	const char *text = http_request_query(call->request, name);
	char *end;

	if (!text || !*text) {
		*ret_value = absent;
		return true;
	}
	size_t digits = strspn(text, "0123456789");
	long long value = strtoll(text, &end, 10);
	if (digits == 0 || digits > 18 || *end || value < minimum || value > maximum)
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s: must be a whole number from %lld to %lld", name,
				 (long long)minimum, (long long)maximum);
	*ret_value = value;
	return true;
}

bool call_page(const struct call *call, int64_t *ret_offset, int64_t *ret_limit, struct error *err)
{
	const int64_t far = 1000000000;
	int64_t from = 0, to = 0;

	if (!call_query_int(call, "from", 1, far, 1, &from, err) ||
	    !call_query_int(call, "to", 1, far, from + PAGE_DEFAULT - 1, &to, err))
		return false;
	if (to < from || to - from >= PAGE_MAX)
		return error_set(
			err, ERROR_INVALID_FIELD,
			"to: must be from %lld to %lld here (a page has %d entries at most)",
			(long long)from, (long long)(from + PAGE_MAX - 1), PAGE_MAX);
	*ret_offset = from - 1;
	*ret_limit = to - from + 1;
	return true;
}
