/* authorization.c – see authorization.h. */
#include "outbound/authorization.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/oauth_words.h"
#include "base/text.h"
#include "base/words.h"

/* A token is renewed that long before it expires, or a tenth of its life when that is shorter. */
#define EARLY_S 60
#define LIFE_MAX_S (30 * 24 * 3600)

/* application/x-www-form-urlencoded (RFC 6749 appendix B). */
static const char *form_encode(struct arena *arena, const char *text)
{
	static const char plain[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._*";
	char *encoded = arena_alloc(arena, 3 * strlen(text) + 1), *out = encoded;

	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (strchr(plain, *c))
			*out++ = (char)*c;
		else if (*c == ' ')
			*out++ = '+';
		else
			out += snprintf(out, 4, "%%%02X", *c);
	}
	*out = '\0';
	return encoded;
}

static const char *pair_add(struct arena *arena, const char *form, const char *name,
			    const char *value)
{
	if (!*value)
		return form;
	return arena_printf(arena, "%s%s%s=%s", form, *form ? "&" : "", form_encode(arena, name),
			    form_encode(arena, value));
}

static const char *basic(struct arena *arena, const char *id, const char *secret)
{
	const char *pair = arena_printf(arena, "%s:%s", form_encode(arena, id),
					form_encode(arena, secret));

	return arena_printf(arena, "Basic %s", base64_encode(arena, pair, strlen(pair)));
}

struct token_request token_request_of(struct arena *arena, const struct oauth_setting *setting,
				      const struct endpoint_secrets *secrets)
{
	bool is_password = setting->grant == OAUTH_PASSWORD;
	bool in_body = setting->mechanism == OAUTH_BODY;
	const char *form = pair_add(arena, "", OAUTH_GRANT_TYPE,
				    is_password ? "password" : OAUTH_CLIENT_CREDENTIALS);

	if (is_password) {
		form = pair_add(arena, form, "username", setting->username);
		form = pair_add(arena, form, "password", secrets->password);
	}
	form = pair_add(arena, form, OAUTH_SCOPE, setting->scope);
	if (in_body) {
		form = pair_add(arena, form, OAUTH_CLIENT_ID, setting->client_id);
		form = pair_add(arena, form, OAUTH_CLIENT_SECRET, secrets->client_secret);
	}
	for (size_t i = 0; i < setting->parameter_count; i++)
		form = pair_add(arena, form, setting->parameters[i].key,
				setting->parameters[i].value);
	return (struct token_request){
		.url = setting->url,
		.body = form,
		.authorization = in_body ? NULL
					 : basic(arena, setting->client_id, secrets->client_secret),
		.ignore_certificate = setting->ignore_ssl,
	};
}

struct token_request token_request_refresh(struct arena *arena, const struct refresh_key *key)
{
	const char *form = pair_add(arena, "", OAUTH_GRANT_TYPE, "refresh_token");

	form = pair_add(arena, form, OAUTH_CLIENT_ID, key->client_id);
	return (struct token_request){
		.url = arena_printf(arena, "https://%s/services/oauth2/token", key->host),
		.body = pair_add(arena, form, "refresh_token", key->refresh_token),
	};
}

/* What a header's value may hold (RFC 6750 section 2.1, and a little more, as servers do). */
static bool is_visible(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c <= 0x20 || *c >= 0x7f)
			return false;
	}
	return *text != '\0';
}

static bool is_token(const char *text)
{
	return is_visible(text) && strlen(text) <= TOKEN_TEXT_MAX;
}

static struct duration life_of(const json_t *json)
{
	const json_t *member = json_object_get(json, OAUTH_EXPIRES_IN);
	struct duration life = {0};

	/* Some servers put the number into quotes. */
	scoped(json_t) json_t *unquoted = json_is_string(member)
						  ? json_loads(json_string_value(member),
							       JSON_DECODE_ANY, NULL)
						  : NULL;
	if (!json_seconds(unquoted ? unquoted : member, &life) || life.us <= 0)
		life = duration_s(TOKEN_LIFE_DEFAULT_S);
	if (life.us > duration_s(LIFE_MAX_S).us)
		life = duration_s(LIFE_MAX_S);
	return duration_us(life.us < duration_s(10 * EARLY_S).us
				   ? life.us / 10 * 9
				   : life.us - duration_s(EARLY_S).us);
}

/* The errors of RFC 6749 section 5.2 that no waiting will mend. */
static bool is_refusal(const char *error)
{
	static const char *const refusals[] = {"invalid_grant", OAUTH_INVALID_CLIENT,
					       "unauthorized_client"};

	return word_find(error, refusals, ARRAY_SIZE(refusals)) != WORD_NONE;
}

/* ---- why there is no token ---- */

#define TOLD_MAX 300 /* bytes of what the server says */

/* On one line, cut on a character; NULL when there is nothing. */
static const char *told(struct arena *arena, struct bytes text)
{
	char *shown = arena_alloc(arena, TOLD_MAX + 1);
	size_t length = utf8_repair(text.data, text.length, shown, TOLD_MAX + 1);

	for (char *c = shown; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	}
	while (length > 0 && shown[length - 1] == ' ')
		shown[--length] = '\0';
	shown += strspn(shown, " ");
	return *shown ? shown : NULL;
}

/* RFC 6749 section 5.2; Okta; others; Google's and Microsoft's object `error`. */
static const char *description_find(struct arena *arena, const json_t *json)
{
	static const char *const members[] = {OAUTH_ERROR_DESCRIPTION, "errorSummary", "message",
					      "error_message",	       "detail",       "errorCode"};
	const json_t *const places[] = {json, json_object_get(json, "error")};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(members); j++) {
			const char *text = json_text(places[i], members[j]);
			const char *found = told(
				arena, (struct bytes){(const unsigned char *)text, strlen(text)});
			if (found)
				return found;
		}
	}
	return NULL;
}

static struct token_answer refusal_read(struct arena *arena, long http_status, const json_t *json,
					struct bytes body)
{
	const char *error = json_text(json, "error");
	const char *description = description_find(arena, json);
	bool is_error = http_status >= 400 && http_status < 500 && is_visible(error);

	if (!description && !is_error)
		description = told(arena, body);
	if (is_error)
		return (struct token_answer){
			.refused = is_refusal(error),
			.problem = arena_printf(arena,
						"the authorization server says %.60s (%ld)%s%s",
						error, http_status, description ? ": " : "",
						description ? description : "")};
	return (struct token_answer){
		.problem = arena_printf(arena, "the authorization server answers %ld%s%s",
					http_status, description ? ": " : " without a token",
					description ? description : "")};
}

/* A success may hold a token under another name: of its members only the names are told. */
static const char *members_list(struct arena *arena, const json_t *json)
{
	const char *list = "", *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)json, name, value)
	{
		if (strlen(list) + strlen(name) > TOLD_MAX / 2)
			return arena_printf(arena, "%s, …", list);
		list = arena_printf(arena, "%s%s%s", list, *list ? ", " : "", name);
	}
	return list;
}

/* Of a 2xx without a token that can be used. */
static const char *no_token_why(struct arena *arena, const json_t *json, struct bytes body)
{
	const json_t *token = json_object_get(json, OAUTH_ACCESS_TOKEN);

	if (!json)
		return body.length == 0 ? "the answer is empty"
		       : memchr(body.data, '<', body.length < 16 ? body.length : 16)
			       ? arena_printf(arena, "the answer is not JSON: %s",
					      told(arena, body))
			       : "the answer is not JSON";
	if (!token)
		return json_object_size(json) == 0
			       ? "the answer has no access_token"
			       : arena_printf(arena, "the answer has no access_token; it has %s",
					      members_list(arena, json));
	if (!json_is_string(token))
		return "access_token is not a text";
	if (json_string_length(token) == 0)
		return "access_token is empty";
	return json_string_length(token) > TOKEN_TEXT_MAX
		       ? arena_printf(arena, "access_token is too long: %zu bytes, at most %d",
				      json_string_length(token), TOKEN_TEXT_MAX)
		       : "access_token has characters that no header may hold";
}

/* As it is, or as it can be read with what is not UTF-8 replaced. NULL: not an object. */
static json_t *answer_decode(struct arena *arena, struct bytes body)
{
	struct error ignored = {0};
	json_t *json = json_decode_object(body, &ignored);

	if (json || body.length == 0)
		return json;
	const char *text = utf8_repaired(arena, body);
	return json_decode_object((struct bytes){(const unsigned char *)text, strlen(text)},
				  &ignored);
}

struct token_answer token_answer_read(struct arena *arena, long http_status, struct bytes body)
{
	scoped(json_t) json_t *json = answer_decode(arena, body);
	const char *token = json_text(json, OAUTH_ACCESS_TOKEN);

	if (http_status < 200 || http_status > 299)
		return refusal_read(arena, http_status, json, body);
	if (!is_token(token))
		return (struct token_answer){
			.problem = arena_printf(
				arena, "the authorization server answers %ld without a token: %s",
				http_status, no_token_why(arena, json, body))};
	const char *refresh = json_text(json, "refresh_token");
	/* Whatever token_type says, the token is sent as a bearer token: servers write many words.
	 */
	return (struct token_answer){
		.access_token = arena_strdup(arena, token),
		.life = life_of(json),
		.refresh_token = *refresh && strlen(refresh) <= TOKEN_TEXT_MAX
					 ? arena_strdup(arena, refresh)
					 : NULL,
	};
}
