/* pages_api.c – the sign-in page and the console: web/, embedded by the build. */
#include "api/page.h"
#include "api/routes.h"

#include <string.h>

#define YEAR "public, max-age=31536000, immutable"

extern const struct page icon_svg, login_html, login_css, login_js, console_html, console_css,
	console_js;

/* Who names a file by its hash (console.html does) can keep it for ever: another one has another
 * name. Others ask each time whether what they have is still right. */
static const char *caching_of(const struct call *call, const struct page *page)
{
	const char *wanted = http_request_query(call->request, "v");
	return wanted && strcmp(wanted, page->hash) == 0 ? YEAR : "no-cache";
}

static bool page_is_known(const struct call *call, const char *tag)
{
	const char *known = http_request_header(call->request, "If-None-Match");
	return known && strstr(known, tag);
}

static bool reply_page(const struct call *call, struct http_response *response, const char *type,
		       const struct page *page)
{
	const char *tag = arena_printf(call->arena, "\"%s\"", page->hash);

	http_response_header(response, "Content-Security-Policy",
			     "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
			     "form-action 'self'");
	http_response_header(response, "Referrer-Policy", "no-referrer");
	http_response_header(response, "Cache-Control", caching_of(call, page));
	http_response_header(response, "ETag", tag);
	if (page_is_known(call, tag)) {
		response->status = 304;
		return true;
	}
	return reply_bytes(response, type,
			   (struct bytes){(const unsigned char *)page->text, page->length});
}

bool on_icon(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call, response, "image/svg+xml", &icon_svg);
}

bool on_login_page(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call, response, "text/html; charset=utf-8", &login_html);
}

bool on_login_style(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call, response, "text/css; charset=utf-8", &login_css);
}

bool on_login_script(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call, response, "text/javascript; charset=utf-8", &login_js);
}

bool on_console_page(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call, response, "text/html; charset=utf-8", &console_html);
}

bool on_console_style(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call, response, "text/css; charset=utf-8", &console_css);
}

bool on_console_script(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call, response, "text/javascript; charset=utf-8", &console_js);
}
