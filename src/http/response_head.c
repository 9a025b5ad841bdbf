/* response_head.c – see response_head.h. */
#include "http/response_head.h"

#include <strings.h>
#include <time.h>

#include <event2/buffer.h>

#include "base/macros.h"

static const char *reason_phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
		{200, "OK"},
		{202, "Accepted"},
		{204, "No Content"},
		{302, "Found"},
		{304, "Not Modified"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{406, "Not Acceptable"},
		{408, "Request Timeout"},
		{409, "Conflict"},
		{410, "Gone"},
		{413, "Content Too Large"},
		{414, "URI Too Long"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"},
		{429, "Too Many Requests"},
		{431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"},
		{501, "Not Implemented"},
		{503, "Service Unavailable"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		if (phrases[i].status == status)
			return phrases[i].phrase;
	}
	return "Other";
}

static const char *date_of(struct http_date *date, struct wall_time now)
{
	if (now.us / 1000000 != date->second) {
		struct tm utc;
		time_t seconds = now.us / 1000000;
		gmtime_r(&seconds, &utc);
		strftime(date->text, sizeof(date->text), "%a, %d %b %Y %H:%M:%S GMT", &utc);
		date->second = seconds;
	}
	return date->text;
}

static bool has_header(const struct http_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++) {
		if (strcasecmp(response->headers[i].name, name) == 0)
			return true;
	}
	return false;
}

void response_head_write(struct evbuffer *out, const struct http_response *response,
			 const struct response_end *end, struct http_date *date)
{
	evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", response->status,
			    reason_phrase(response->status), date_of(date, wall_now()));
	/* Of a 304 it would be the length of what is not sent, and a 204 has none (RFC 9110
	 * section 8.6). */
	if (end->length_is_known && response->status != 304 && response->status != 204)
		evbuffer_add_printf(out, "Content-Length: %zu\r\n", response->body_length);
	if (response->content_type)
		evbuffer_add_printf(out, "Content-Type: %s\r\n", response->content_type);
	for (size_t i = 0; i < response->header_count; i++)
		evbuffer_add_printf(out, "%s: %s\r\n", response->headers[i].name,
				    response->headers[i].value);
	if (!has_header(response, "Cache-Control"))
		evbuffer_add_printf(out, "Cache-Control: no-store\r\n");
	if (end->is_https)
		evbuffer_add_printf(out, "Strict-Transport-Security: max-age=31536000\r\n");
	evbuffer_add_printf(out, "X-Content-Type-Options: nosniff\r\n%s\r\n",
			    end->keeps_alive ? "" : "Connection: close\r\n");
}
