/* pages_api.c – the sign-in page: web/, embedded by the build. */
#include "api/routes.h"

#include <string.h>

extern const char login_html[], login_css[], login_js[];

static bool page(struct http_response *response, const char *type, const char *text)
{
	http_response_header(response, "Content-Security-Policy",
			     "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
			     "form-action 'self'");
	http_response_header(response, "X-Content-Type-Options", "nosniff");
	http_response_header(response, "Referrer-Policy", "no-referrer");
	http_response_header(response, "Cache-Control", "no-cache");
	return reply_bytes(response, type,
			   (struct bytes){(const unsigned char *)text, strlen(text)});
}

bool on_login_page(struct call *call, struct http_response *response, struct error *err)
{
	return page(response, "text/html; charset=utf-8", login_html);
}

bool on_login_style(struct call *call, struct http_response *response, struct error *err)
{
	return page(response, "text/css; charset=utf-8", login_css);
}

bool on_login_script(struct call *call, struct http_response *response, struct error *err)
{
	return page(response, "text/javascript; charset=utf-8", login_js);
}
