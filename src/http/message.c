/* message.c – looking into a request, and the one form of an error's answer. */
#include "http/message.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/oauth_words.h"
#include "base/text.h"
#include "http/pairs.h"

const char *http_method_name(enum http_method method)
{
	static const char *const names[] = {
		[HTTP_METHOD_GET] = "GET",	 [HTTP_METHOD_HEAD] = "HEAD",
		[HTTP_METHOD_POST] = "POST",	 [HTTP_METHOD_PUT] = "PUT",
		[HTTP_METHOD_PATCH] = "PATCH",	 [HTTP_METHOD_DELETE] = "DELETE",
		[HTTP_METHOD_OTHER] = "another",
	};
	return names[method];
}

bool http_request_has_body(const struct http_request *request)
{
	return request->body_is_chunked || request->body_announced > 0;
}

const char *http_request_header(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++) {
		if (text_equal_nocase(request->headers[i].name, name))
			return request->headers[i].value;
	}
	return NULL;
}

const char *http_request_header_list(const struct http_request *request, const char *name)
{
	const char *list = NULL;

	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];
		if (text_equal_nocase(header->name, name))
			list = list ? arena_printf(request->arena, "%s, %s", list, header->value)
				    : header->value;
	}
	return list;
}

const char *http_request_query(const struct http_request *request, const char *name)
{
	return pairs_find(request->arena, request->query, name);
}

const char *http_request_cookie(const struct http_request *request, const char *name)
{
	size_t name_length = strlen(name);

	for (size_t i = 0; i < request->header_count; i++) {
		if (!text_equal_nocase(request->headers[i].name, "Cookie"))
			continue;
		for (const char *at = request->headers[i].value; *at;) {
			at += strspn(at, "; ");
			size_t length = strcspn(at, ";");
			if (length > name_length && memcmp(at, name, name_length) == 0 &&
			    at[name_length] == '=')
				return arena_strndup(request->arena, at + name_length + 1,
						     length - name_length - 1);
			at += length;
		}
	}
	return NULL;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* A token, or a quoted string with its quotes and backslashes removed (RFC 9110 section 5.6.4).
 * Moves *text on. */
static const char *parameter_value(struct arena *arena, const char **text)
{
	if (**text != '"') {
		size_t length = strcspn(*text, "; \t");
		const char *value = arena_strndup(arena, *text, length);
		*text += length;
		return value;
	}
	char *value = arena_alloc(arena, strlen(*text));
	size_t used = 0;
	for ((*text)++; **text && **text != '"'; (*text)++) {
		if (**text == '\\' && (*text)[1])
			(*text)++;
		value[used++] = **text;
	}
	*text += **text == '"';
	return value;
}

const char *http_header_parameter(struct arena *arena, const char *value, const char *name)
{
	const char *text = value + strcspn(value, ";");

	while (*text) {
		text = skip_blanks(text + (*text == ';'));
		size_t name_length = strcspn(text, "=; \t");
		const char *name_at = text;
		text = skip_blanks(text + name_length);
		if (*text != '=') {
			text += strcspn(text, ";");
			continue;
		}
		text = skip_blanks(text + 1);
		const char *found = parameter_value(arena, &text);
		if (name_length == strlen(name) && strncasecmp(name_at, name, name_length) == 0)
			return found;
		text += strcspn(text, ";");
	}
	return NULL;
}

bool http_media_type_is(const char *value, const char *type)
{
	size_t length = strlen(type);

	value = skip_blanks(value);
	return strncasecmp(value, type, length) == 0 &&
	       (value[length] == '\0' || strchr("; \t", value[length]));
}

void http_response_header(struct http_response *response, const char *name, const char *value)
{
	ensure(response->header_count < ARRAY_SIZE(response->headers));
	response->headers[response->header_count++] = (struct http_header){name, value};
}

void http_response_done(struct http_response *response)
{
	free(response->body);
	*response = (struct http_response){0};
}

static json_t *error_body(const struct error *err)
{
	json_t *body = json_pack("{s:i, s:s, s:s, s:s}", "code", error_http_status(err->code),
				 "messageKey", error_key(err->code), "name", error_name(err->code),
				 "message", error_message(err->code));
	if (body && *err->technical)
		json_object_set_new(body, "technical", json_string(err->technical));
	return body;
}

static void error_respond(struct http_response *response, const struct error *err, json_t *body)
{
	struct error ignored = {0};

	free(response->body);
	response->status = error_http_status(err->code);
	response->content_type = "application/json";
	/* Without memory for it the status has to do. */
	response->body = body ? (unsigned char *)json_try_encode(body, &response->body_length,
								 &ignored)
			      : NULL;
	if (!response->body)
		response->body_length = 0;
	json_decref(body);
}

void http_response_error(struct http_response *response, const struct error *err)
{
	error_respond(response, err, error_body(err));
}

void http_response_oauth_error(struct http_response *response, const struct error *err,
			       const char *name)
{
	json_t *body = error_body(err);

	json_object_set_new(body, "error", json_string(name));
	json_object_set_new(body, OAUTH_ERROR_DESCRIPTION, json_string(error_message(err->code)));
	error_respond(response, err, body);
}
