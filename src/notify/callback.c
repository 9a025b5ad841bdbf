/* callback.c – reads a registration, keeps it, shows it. Everything is validated before anything is
 * changed. */
#include "notify/callback.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/webhook_signature.h"
#include "notify/catalogue.h"
#include "store/event_store.h"

#define ENDPOINT_ID_PREFIX "ep_"
#define ENDPOINT_ID_RANDOM_LENGTH 16
#define EVENTS_MAX 200 /* names in a registration, duplicates included */

/* A registration as it comes in, checked. */
struct registration {
	const char *url;
	const char *key; /* "" for none */
	enum endpoint_auth auth;
	const char *types[EVENT_TYPE_COUNT];
	size_t type_count;
	json_t *custom_headers; /* borrowed; NULL for none */
};

static bool url_parts_are_acceptable(CURLU *parts, struct error *err)
{
	char *scheme = NULL, *user = NULL, *host = NULL;

	bool ok = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		  curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK && *host;
	if (!ok)
		(void)error_set(err, ERROR_CALLBACK_INVALID_URL, "url: not an absolute URL");
	else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
		ok = error_set(err, ERROR_CALLBACK_INVALID_URL, "url: must be http or https");
	else if (curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK)
		ok = error_set(err, ERROR_CALLBACK_INVALID_URL,
			       "url: may not carry user information; use `key`");
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	return ok;
}

static bool url_is_acceptable(const char *url, struct error *err)
{
	if (strlen(url) > CALLBACK_URL_MAX)
		return error_set(err, ERROR_CALLBACK_INVALID_URL, "url: longer than %d characters",
				 CALLBACK_URL_MAX);
	for (const char *c = url; *c; c++) {
		if (*c <= 0x20 || *c >= 0x7f) /* as signed char: anything beyond ASCII too */
			return error_set(err, ERROR_CALLBACK_INVALID_URL,
					 "url: only visible ASCII characters; encode others");
	}
	CURLU *parts = curl_url();
	ensure(parts);
	bool ok = curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK
			  ? url_parts_are_acceptable(parts, err)
			  : error_set(err, ERROR_CALLBACK_INVALID_URL, "url: not a URL");
	curl_url_cleanup(parts);
	return ok;
}

/* What may stand in a header's value: RFC 9110 section 5.5, without its obsolete part. */
static bool is_header_value(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c < 0x20 || *c >= 0x7f)
			return false;
	}
	size_t length = strlen(text);
	return length == 0 || (text[0] != ' ' && text[length - 1] != ' ');
}

static bool url_and_key_read(const json_t *body, struct registration *registration,
			     struct error *err)
{
	if (!json_get_text(body, "url", NULL, &registration->url, err) ||
	    !json_get_text(body, "key", NULL, &registration->key, err))
		return false;
	if (!registration->url)
		registration->url = "";
	if (!registration->key)
		registration->key = "";
	if (*registration->url && !url_is_acceptable(registration->url, err))
		return false;
	if (strlen(registration->key) > CALLBACK_KEY_MAX || !is_header_value(registration->key))
		return error_set(err, ERROR_INVALID_FIELD,
				 "key: at most %d visible ASCII characters, no space at either end",
				 CALLBACK_KEY_MAX);
	return true;
}

/* The classic shape has no authType: a key means BASIC. */
static bool auth_read(const json_t *body, struct registration *registration, struct error *err)
{
	const char *type;

	if (!json_get_text(body, "authType", NULL, &type, err))
		return false;
	if (!type)
		type = *registration->key ? "BASIC" : "NONE";
	if (strcmp(type, "NONE") != 0 && strcmp(type, "BASIC") != 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "authType: this server delivers with NONE or BASIC");
	registration->auth = strcmp(type, "BASIC") == 0 ? ENDPOINT_AUTH_BASIC : ENDPOINT_AUTH_NONE;
	if (registration->auth == ENDPOINT_AUTH_BASIC && !*registration->key)
		return error_set(err, ERROR_MISSING_FIELD, "key: required with BASIC");
	return true;
}

static bool type_add(struct registration *registration, const char *name)
{
	enum event_type type;

	if (!name || !event_type_find(name, &type))
		return false;
	const char *known = event_type_info(type)->name;
	for (size_t i = 0; i < registration->type_count; i++) {
		if (registration->types[i] == known)
			return true;
	}
	registration->types[registration->type_count++] = known;
	return true;
}

static bool events_read(const json_t *body, struct registration *registration, struct error *err)
{
	json_t *events, *event;
	size_t i;

	if (!json_get_array(body, "events", NULL, &events, err))
		return false;
	if (json_array_size(events) > EVENTS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "events: more than %d names",
				 EVENTS_MAX);
	json_array_foreach(events, i, event)
	{
		if (!type_add(registration, json_string_value(event)))
			return error_set(err, ERROR_CALLBACK_INVALID_EVENT,
					 "events[%zu]: `%.60s` is not an event type", i,
					 json_is_string(event) ? json_string_value(event)
							       : "(not a string)");
	}
	if (registration->type_count > 0 && !*registration->url)
		return error_set(err, ERROR_CALLBACK_INVALID_URL,
				 "url: required when there are events");
	return true;
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
					       "Host",
					       "Transfer-Encoding",
					       "Connection",
					       "Expect",
					       "Upgrade",
					       "TE",
					       "Trailer",
					       "Proxy-Authorization",
					       "Accept-Encoding",
					       "User-Agent",
					       "Keep-Alive"};

	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
		if (text_equal_nocase(name, reserved[i]))
			return true;
	}
	return text_starts_with_nocase(name, "webhook-");
}

static bool header_is_acceptable(const json_t *headers, size_t i, struct error *err)
{
	const json_t *header = json_array_get(headers, i);
	const char *name = json_string_value(json_object_get(header, "key"));
	const char *value = json_string_value(json_object_get(header, "value"));
	const char *problem = NULL;

	if (!name || !value)
		problem = "must have the texts `key` and `value`";
	else if (strlen(name) > CALLBACK_HEADER_KEY_MAX ||
		 strlen(value) > CALLBACK_HEADER_VALUE_MAX)
		problem = "longer than 50 characters (key) or 100 (value)";
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

static bool headers_read(const json_t *body, struct registration *registration, struct error *err)
{
	if (!json_get_array(body, "customHeaders", NULL, &registration->custom_headers, err))
		return false;
	size_t count = json_array_size(registration->custom_headers);
	if (count > CALLBACK_HEADERS_MAX)
		return error_set(err, ERROR_CALLBACK_TOO_MANY_HEADERS,
				 "customHeaders: at most %d pairs", CALLBACK_HEADERS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!header_is_acceptable(registration->custom_headers, i, err))
			return false;
	}
	return true;
}

static bool registration_read(const json_t *body, struct registration *registration,
			      struct error *err)
{
	return url_and_key_read(body, registration, err) && auth_read(body, registration, err) &&
	       events_read(body, registration, err) && headers_read(body, registration, err);
}

static const char *seal_context(struct arena *arena, const char *what,
				const struct endpoint *endpoint)
{
	return arena_printf(arena, "endpoint.%s:%s:%s", what, endpoint->account, endpoint->id);
}

static struct bytes seal_text(const struct callback *callback, struct arena *arena,
			      const char *what, const struct endpoint *endpoint, const char *text)
{
	return keyring_seal(callback->keyring, arena, seal_context(arena, what, endpoint),
			    (struct bytes){(const unsigned char *)text, strlen(text)});
}

static bool unseal_text(const struct callback *callback, struct arena *arena, const char *what,
			const struct endpoint *endpoint, struct bytes sealed, const char **ret_text,
			struct error *err)
{
	struct bytes plain = {0};

	*ret_text = "";
	if (!sealed.data)
		return true;
	if (!keyring_unseal(callback->keyring, arena, seal_context(arena, what, endpoint), sealed,
			    &plain, err))
		return false;
	*ret_text = arena_strndup(arena, (const char *)plain.data, plain.length);
	return true;
}

static json_t *endpoint_to_json(const struct callback *callback, struct arena *arena,
				const struct endpoint *endpoint, struct error *err)
{
	const char *key;

	if (!unseal_text(callback, arena, "key", endpoint, endpoint->key_sealed, &key, err))
		return NULL;
	json_t *events = json_loads(endpoint->events, 0, NULL);
	json_t *headers = json_loads(endpoint->custom_headers, 0, NULL);
	ensure(events && headers);
	return json_pack("{s:s, s:s, s:o, s:s, s:o}", "url", endpoint->url, "key", key, "events",
			 events, "authType",
			 endpoint->auth == ENDPOINT_AUTH_BASIC ? "BASIC" : "NONE", "customHeaders",
			 headers);
}

json_t *callback_read(const struct callback *callback, struct arena *arena, struct error *err)
{
	struct endpoint endpoint;
	bool found;

	if (!endpoint_find_by_origin(session_db(callback->session), arena, callback->account,
				     callback->origin, &endpoint, &found, err))
		return NULL;
	if (!found)
		return json_pack("{s:s, s:s, s:[]}", "url", "", "key", "", "events");
	return endpoint_to_json(callback, arena, &endpoint, err);
}

static const char *json_to_text(struct arena *arena, const json_t *value)
{
	char *text = json_encode(value, NULL);
	const char *kept = arena_strdup(arena, text);

	free(text);
	return kept;
}

static const char *headers_text(struct arena *arena, const json_t *headers)
{
	scoped(json_t) json_t *reduced = json_array(); /* without members nobody knows */

	for (size_t i = 0; i < json_array_size(headers); i++) {
		const json_t *header = json_array_get(headers, i);
		json_array_append_new(reduced,
				      json_pack("{s:O, s:O}", "key", json_object_get(header, "key"),
						"value", json_object_get(header, "value")));
	}
	return json_to_text(arena, reduced);
}

static const char *types_text(struct arena *arena, const struct registration *registration)
{
	scoped(json_t) json_t *names = json_array();

	for (size_t i = 0; i < registration->type_count; i++)
		json_array_append_new(names, json_string(registration->types[i]));
	return json_to_text(arena, names);
}

/* The id, the day of birth and the signing secret of an endpoint stay for its life. */
static void endpoint_make(const struct callback *callback, struct arena *arena,
			  struct wall_time now, struct endpoint *endpoint)
{
	char random[ENDPOINT_ID_RANDOM_LENGTH + 1], secret[WEBHOOK_SECRET_TEXT_MAX] = {0};

	random_base62(random, ENDPOINT_ID_RANDOM_LENGTH);
	webhook_secret_make(secret);
	*endpoint = (struct endpoint){
		.account = callback->account,
		.id = arena_printf(arena, ENDPOINT_ID_PREFIX "%s", random),
		.origin = callback->origin,
		.created = now,
	};
	endpoint->signing_secret_sealed = seal_text(callback, arena, "signing_secret", endpoint,
						    secret);
	explicit_bzero(secret, sizeof(secret));
}

static void endpoint_apply(const struct callback *callback, struct arena *arena,
			   const struct registration *registration, struct wall_time now,
			   struct endpoint *endpoint)
{
	endpoint->url = registration->url;
	endpoint->auth = registration->auth;
	endpoint->key_sealed = *registration->key ? seal_text(callback, arena, "key", endpoint,
							      registration->key)
						  : (struct bytes){NULL, 0};
	endpoint->custom_headers = headers_text(arena, registration->custom_headers);
	endpoint->events = types_text(arena, registration);
	endpoint->updated = now;
}

static bool endpoint_store(const struct callback *callback, struct arena *arena,
			   const struct registration *registration, struct wall_time now,
			   struct endpoint *ret_endpoint, struct error *err)
{
	bool found;

	scoped(txn) struct txn *txn = txn_begin(callback->session, err);
	if (!txn || !endpoint_find_by_origin(txn_db(txn), arena, callback->account,
					     callback->origin, ret_endpoint, &found, err))
		return false;
	if (!found)
		endpoint_make(callback, arena, now, ret_endpoint);
	endpoint_apply(callback, arena, registration, now, ret_endpoint);
	return endpoint_put(txn_db(txn), ret_endpoint, registration->types,
			    registration->type_count, err) &&
	       txn_commit(&txn, err);
}

json_t *callback_replace(const struct callback *callback, struct arena *arena, const json_t *body,
			 struct wall_time now, struct error *err)
{
	struct registration registration = {0};
	struct endpoint endpoint;
	const char *secret;

	if (!registration_read(body, &registration, err) ||
	    !endpoint_store(callback, arena, &registration, now, &endpoint, err) ||
	    !unseal_text(callback, arena, "signing_secret", &endpoint,
			 endpoint.signing_secret_sealed, &secret, err))
		return NULL;
	json_t *answer = endpoint_to_json(callback, arena, &endpoint, err);
	if (answer)
		json_object_set_new(answer, "signingSecret", json_string(secret));
	return answer;
}
