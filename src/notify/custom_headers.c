/* custom_headers.c – see custom_headers.h. */
#include "notify/custom_headers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/macros.h"
#include "base/text.h"
#include "base/words.h"

bool is_header_value(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c < 0x20 || *c >= 0x7f)
			return false;
	}
	size_t length = strlen(text);
	return length == 0 || (text[0] != ' ' && text[length - 1] != ' ');
}

/* RFC 9110 section 5.6.2. */
static bool is_token(const char *text)
{
	return *text && strspn(text, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz") == strlen(text);
}

/* Headers that this server or libcurl sets, or that would change what a request is. */
static bool is_reserved_header(const char *name)
{
	static const char *const reserved[] = {"Authorization",
					       "Content-Type",
					       "Content-Length",
					       "Content-Encoding",
					       "Host",
					       "Transfer-Encoding",
					       "Connection",
					       "Expect",
					       "Upgrade",
					       "TE",
					       "Trailer",
					       "Proxy-Authorization",
					       "Accept-Encoding",
					       "Keep-Alive"};

	return word_find_nocase(name, reserved, ARRAY_SIZE(reserved)) != WORD_NONE ||
	       text_starts_with_nocase(name, "webhook-") ||
	       text_starts_with_nocase(name, "greffier-") || text_starts_with_nocase(name, "ce-");
}

static bool header_is_acceptable(const json_t *headers, size_t i, size_t value_max,
				 struct error *err)
{
	const json_t *header = json_array_get(headers, i);
	const char *name = json_string_value(json_object_get(header, "key"));
	const char *value = json_string_value(json_object_get(header, "value"));
	const char *problem = NULL;

	if (!name || !value)
		problem = "must have the texts `key` and `value`";
	else if (strlen(name) > CUSTOM_HEADER_KEY_MAX || strlen(value) > value_max)
		problem = value_max == CUSTOM_HEADER_VALUE_MAX
				  ? "longer than 50 characters (key) or 100 (value)"
				  : "longer than 50 characters (key) or 4096 (value)";
	else if (!is_token(name) || !is_header_value(value))
		problem = "not a header name or value (RFC 9110 section 5)";
	else if (is_reserved_header(name))
		problem = "this header is set by the server";
	for (size_t j = 0; !problem && j < i; j++) {
		const json_t *other = json_object_get(json_array_get(headers, j), "key");
		if (text_equal_nocase(name, json_string_value(other)))
			problem = "given twice";
	}
	return !problem ||
	       error_set(err, ERROR_CALLBACK_INVALID_HEADER, "customHeaders[%zu]: %s", i, problem);
}

/* Without members nobody knows. */
static const char *headers_text(struct arena *arena, const json_t *headers)
{
	scoped(json_t) json_t *reduced = json_array();

	for (size_t i = 0; i < json_array_size(headers); i++) {
		const json_t *header = json_array_get(headers, i);
		json_array_append_new(reduced,
				      json_pack("{s:O, s:O}", "key", json_object_get(header, "key"),
						"value", json_object_get(header, "value")));
	}
	return json_encode_in(arena, reduced);
}

bool custom_headers_read(struct arena *arena, const json_t *body, size_t value_max,
			 const char **ret_text, struct error *err)
{
	json_t *headers;

	if (!json_get_array(body, "customHeaders", NULL, &headers, err))
		return false;
	size_t count = json_array_size(headers);
	if (count > CUSTOM_HEADERS_MAX)
		return error_set(err, ERROR_CALLBACK_TOO_MANY_HEADERS,
				 "customHeaders: at most %d pairs", CUSTOM_HEADERS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!header_is_acceptable(headers, i, value_max, err))
			return false;
	}
	*ret_text = headers_text(arena, headers);
	return true;
}
