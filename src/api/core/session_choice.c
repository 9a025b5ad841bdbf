/* session_choice.c – see session_choice.h. */
#include "api/core/session_choice.h"
#include "api/core/page.h"

#include <string.h>

#include "access/identity/authentication_tokens.h"
#include "base/text.h"

/* The visitor has followed the link of our own page. Only the browser says so, in a header that
 * pages cannot set. */
static bool is_agreed(const struct call *call)
{
	const char *replace = http_request_query(call->request, "replace");
	const char *site = http_request_header(call->request, "Sec-Fetch-Site");

	return replace && strcmp(replace, "true") == 0 && site &&
	       text_equal_nocase(site, "same-origin");
}

/* False when nobody is signed in. */
static bool visitor_read(const struct call *call, struct actor *ret_visitor)
{
	const struct credentials credentials = {
		.session = http_request_cookie(call->request, SESSION_COOKIE),
		.address = call->address,
		.reads = true,
		.goes_on = true, /* it is looked at, not used */
		.now = call->now,
		.queue_now = call->queue_now,
	};
	struct rate_verdict rate = {0};
	struct error ignored = {0};

	return credentials.session &&
	       authenticate(call->authenticator, call->session, &credentials, ret_visitor, &rate,
			    &ignored) == AUTH_OK &&
	       ret_visitor->session_kind == SESSION_USER;
}

bool session_choice_is_needed(const struct call *call, enum session_kind kind, const char *value,
			      bool *ret_needed, struct error *err)
{
	const struct context context = call_context(call);
	struct actor visitor = {0};
	const char *uid;

	*ret_needed = false;
	if (is_agreed(call) || !visitor_read(call, &visitor))
		return true;
	if (!authentication_token_holder(&context, value, &uid, err))
		return false;
	*ret_needed = uid && (kind != SESSION_USER || strcmp(uid, visitor.user) != 0);
	return true;
}

static const char *html_escape(struct arena *arena, const char *text)
{
	static const struct {
		char c;
		const char *escaped;
	} escapes[] = {
		{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
	char *escaped = arena_alloc(arena, 6 * strlen(text) + 1), *out = escaped;

	for (; *text; text++) {
		size_t i = 0;
		while (i < ARRAY_SIZE(escapes) && escapes[i].c != *text)
			i++;
		if (i < ARRAY_SIZE(escapes))
			out = stpcpy(out, escapes[i].escaped);
		else
			*out++ = *text;
	}
	*out = '\0';
	return escaped;
}

static bool speaks_french(const struct call *call)
{
	const char *language = http_request_header(call->request, "Accept-Language");
	return language && text_starts_with_nocase(language, "fr");
}

static const struct {
	const char *language, *title, *text, *stay, *go;
} words[] = {
	{"en", "You are signed in",
	 "This link opens a session for someone else and ends yours in this browser.",
	 "Stay signed in", "Continue with the link"},
	{"fr", "Vous êtes connecté(e)",
	 "Ce lien ouvre la session de quelqu'un d'autre et met fin à la vôtre dans ce navigateur.",
	 "Garder ma session", "Continuer avec le lien"},
};

bool reply_session_choice(const struct call *call, struct http_response *response,
			  struct error *err)
{
	const char *accepted = http_request_header(call->request, "Accept");
	const size_t at = speaks_french(call) ? 1 : 0;

	if (!accepted || !strstr(accepted, "text/html"))
		return error_set(err, ERROR_SIGNED_IN_AS_ANOTHER, NULL);
	const char *page = arena_printf(
		call->arena,
		"<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<title>%s – Greffier</title>\n<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n"
		"<link rel=\"stylesheet\" href=\"/login.css\">\n"
		"</head>\n<body>\n<main>\n<h1>%s</h1>\n<p>%s</p>\n"
		"<p><a class=\"secondary\" href=\"/admin\">%s</a></p>\n"
		"<p><a class=\"secondary\" href=\"/auth?%s&amp;replace=true\">%s</a></p>\n"
		"</main>\n</body>\n</html>\n",
		words[at].language, words[at].title, words[at].title, words[at].text,
		words[at].stay, html_escape(call->arena, call->request->query), words[at].go);
	http_response_header(response, "Content-Security-Policy", PAGE_POLICY "form-action 'none'");
	reply_no_store(response);
	if (!reply_bytes(response, "text/html; charset=utf-8",
			 (struct bytes){(const unsigned char *)page, strlen(page)}))
		return false;
	response->status = 409;
	return true;
}
