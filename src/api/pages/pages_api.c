/* pages_api.c – the sign-in page and the console: web/, embedded by the build. */
#include "api/core/page.h"
#include "api/core/routes.h"
#include "base/entity_tag.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define A_YEAR "public, max-age=31536000, immutable"

extern const struct page icon_svg, login_html, login_css, login_js, console_html, missing_html;
extern const struct asset console_assets[];
extern const size_t console_assets_count;

/* A page is asked for each time, whether it is still the same; an asset is kept. */
#define EACH_TIME "no-cache"

static bool page_is_known(const struct http_request *request, const char *tag)
{
	const char *known = http_request_header_list(request, "If-None-Match");
	return known && entity_tags_weak(known, tag) == ENTITY_TAGS_MATCH;
}

/* Whether a coding is among those that the client takes, and not with a weight of 0 (RFC 9110
 * section 12.5.3). */
static bool coding_is_wanted(const struct http_request *request, const char *coding)
{
	const char *list = http_request_header(request, "Accept-Encoding");
	const size_t length = strlen(coding);

	for (list = list ? list : ""; *list; list += strcspn(list, ","), list += *list == ',') {
		list += strspn(list, " \t");
		if (strncasecmp(list, coding, length) != 0 || !strchr(" \t,;", list[length]))
			continue;
		const char *weight = list + length + strspn(list + length, " \t;");
		return strncasecmp(weight, "q=", 2) != 0 || strtod(weight + 2, NULL) > 0;
	}
	return false;
}

static struct page_form form_choose(const struct http_request *request, const struct page *page,
				    const char **ret_coding)
{
	*ret_coding = coding_is_wanted(request, "br")	  ? "br"
		      : coding_is_wanted(request, "gzip") ? "gzip"
							  : "";
	return **ret_coding == 'b' ? page->brotli : **ret_coding == 'g' ? page->gzip : page->plain;
}

static bool reply_file(const struct http_request *request, struct http_response *response,
		       const char *type, const char *caching, const struct page *page)
{
	const char *coding;
	const struct page_form form = form_choose(request, page, &coding);
	const char *tag = arena_printf(request->arena, "%s%s", page->hash, coding);

	http_response_header(response, "Content-Security-Policy", PAGE_POLICY "form-action 'self'");
	http_response_header(response, "Referrer-Policy", "no-referrer");
	http_response_header(response, "Cache-Control", caching);
	http_response_header(response, "ETag", arena_printf(request->arena, "\"%s\"", tag));
	http_response_header(response, "Vary", "Accept-Encoding");
	if (page_is_known(request, tag)) {
		response->status = 304;
		return true;
	}
	if (*coding)
		http_response_header(response, "Content-Encoding", coding);
	return reply_bytes(response, type,
			   (struct bytes){(const unsigned char *)form.bytes, form.length});
}

static bool reply_page(const struct http_request *request, struct http_response *response,
		       const char *type, const struct page *page)
{
	return reply_file(request, response, type, EACH_TIME, page);
}

/* ---- where a browser comes by itself ---- */

static bool is_browser(const struct http_request *request)
{
	const char *accept = http_request_header(request, "Accept");
	return accept && strstr(accept, "text/html");
}

/* `/` and `/api` lead a person to the console. For a program there is nothing. */
bool on_home(struct call *call, struct http_response *response, struct error *err)
{
	if (!is_browser(call->request))
		return error_set(err, ERROR_RESOURCE_NOT_FOUND, NULL);
	http_response_header(response, "Location", "/admin");
	response->status = 302;
	return true;
}

bool page_not_found(const struct http_request *request, struct http_response *response)
{
	if (!is_browser(request) ||
	    !reply_page(request, response, "text/html; charset=utf-8", &missing_html))
		return false;
	response->status = 404;
	return true;
}

bool on_icon(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call->request, response, "image/svg+xml", &icon_svg);
}

bool on_login_page(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call->request, response, "text/html; charset=utf-8", &login_html);
}

bool on_login_style(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call->request, response, "text/css; charset=utf-8", &login_css);
}

bool on_login_script(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call->request, response, "text/javascript; charset=utf-8", &login_js);
}

bool on_console_page(struct call *call, struct http_response *response, struct error *err)
{
	return reply_page(call->request, response, "text/html; charset=utf-8", &console_html);
}

/* ---- what the console is made of ---- */

static const struct asset *asset_find(const char *name)
{
	for (size_t i = 0; i < console_assets_count; i++)
		if (strcmp(console_assets[i].name, name) == 0)
			return &console_assets[i];
	return NULL;
}

static const char *type_of(const char *name)
{
	const char *ending = strrchr(name, '.');

	return strcmp(ending, ".js") == 0    ? "text/javascript; charset=utf-8"
	       : strcmp(ending, ".css") == 0 ? "text/css; charset=utf-8"
					     : "text/plain; charset=utf-8";
}

bool on_console_asset(struct call *call, struct http_response *response, struct error *err)
{
	const struct asset *asset = asset_find(call->request->parameters[0]);

	if (!asset)
		return error_set(err, ERROR_RESOURCE_NOT_FOUND, NULL);
	return reply_file(call->request, response, type_of(asset->name), A_YEAR, &asset->page);
}
