/* registration.c – see registration.h. */
#include "notify/registration.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "notify/custom_headers.h"
#include "notify/target_url.h"

#define EVENTS_MAX 200 /* names in a registration, duplicates included */

/* ---- reading ---- */

/* Those of the callback come first; what is only shown, last. */
static const char *const members[] = {
	"url",
	"key",
	"events",
	"authType",
	"oauthSetting",
	"customHeaders",
	"signingSecret",
	"name",
	"filters",
	"method",
	"payloadFormat",
	"signatures",
	"ordered",
	"onRefusal",
	"stopStatuses",
	"retryWaits",
	"horizonHours",
	"inFlightLimit",
	"rateLimit",
	"connectTimeoutMs",
	"timeoutMs",
	"failureMails",
	"contact",
	"tls",
	"id",
	"origin",
	"packageId",
	"state",
	"stateReason",
	"failingSinceDate",
	"oldSigningSecrets",
	"createdDate",
	"updatedDate",
	"queue",
};
#define CALLBACK_MEMBERS 7
static const char *const oauth_members[] = {
	"clientId",	   "clientSecret", "authorizationServerUrl",
	"scope",	   "grantType",	   "authMechanism",
	"ignoreSsl",	   "username",	   "password",
	"customParameters"};
static const char *const tls_members[] = {"clientCertificate", "clientKey", "caCertificates"};
static const char *const filter_members[] = {"senders", "attributes"};
static const char *const pair_members[] = {"key", "value"};

static bool pairs_check(const json_t *pairs, const char *where, struct error *err)
{
	const json_t *pair;
	size_t i;

	json_array_foreach(pairs, i, pair)
	{
		if (!json_members_check(pair, where, pair_members, ARRAY_SIZE(pair_members), err))
			return false;
	}
	return true;
}

bool registration_members_check(const json_t *body, enum registration_shape shape,
				struct error *err)
{
	const json_t *oauth = json_object_get(body, "oauthSetting");
	size_t count = shape == REGISTRATION_ENDPOINT ? ARRAY_SIZE(members) : CALLBACK_MEMBERS;

	return json_members_check(body, NULL, members, count, err) &&
	       json_members_check(oauth, "oauthSetting", oauth_members, ARRAY_SIZE(oauth_members),
				  err) &&
	       json_members_check(json_object_get(body, "tls"), "tls", tls_members,
				  ARRAY_SIZE(tls_members), err) &&
	       json_members_check(json_object_get(body, "filters"), "filters", filter_members,
				  ARRAY_SIZE(filter_members), err) &&
	       pairs_check(json_object_get(body, "customHeaders"), "customHeaders", err) &&
	       pairs_check(json_object_get(oauth, "customParameters"),
			   "oauthSetting.customParameters", err);
}

static bool text_get(struct arena *arena, const json_t *object, const char *member,
		     const char *where, const char **ret_text, struct error *err)
{
	const char *text;

	if (!json_get_text(object, member, where, &text, err))
		return false;
	*ret_text = text ? arena_strdup(arena, text) : NULL;
	return true;
}

static bool url_and_key_read(struct arena *arena, const json_t *body,
			     struct registration *registration, struct error *err)
{
	if (!text_get(arena, body, "url", NULL, &registration->url, err) ||
	    !text_get(arena, body, "key", NULL, &registration->key, err))
		return false;
	if (!registration->url)
		registration->url = "";
	if (*registration->url && !target_url_check("url", registration->url, err))
		return false;
	return true;
}

/* Once it is known what the key is for. */
static bool key_is_acceptable(const struct registration *registration, struct error *err)
{
	const char *key = registration->key;
	size_t limit = registration->auth == ENDPOINT_AUTH_HEADER ? ENDPOINT_AUTHORIZATION_MAX
								  : ENDPOINT_KEY_MAX;

	return registration->shape == REGISTRATION_REFRESH_TOKEN || !key ||
	       (strlen(key) <= limit && is_header_value(key)) ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "key: at most %zu visible ASCII characters, no space at either end",
			 limit);
}

/* It has the form of OneSpan Sign's API. */
bool registration_header_refuse(struct error *err)
{
	return error_set(err, ERROR_INVALID_FIELD,
			 "authType: HEADER is not for the callback and connectors");
}

/* The classic shape has no authType: a key means BASIC. */
static bool auth_read(const json_t *body, struct registration *registration, struct error *err)
{
	static const char *const names[] = {[ENDPOINT_AUTH_NONE] = "NONE",
					    [ENDPOINT_AUTH_BASIC] = "BASIC",
					    [ENDPOINT_AUTH_OAUTH2] = "OAUTH2",
					    [ENDPOINT_AUTH_HEADER] = "HEADER"};
	bool has_key = registration->key && *registration->key;
	const char *type;

	if (registration->shape == REGISTRATION_REFRESH_TOKEN) {
		registration->auth = ENDPOINT_AUTH_REFRESH_TOKEN;
		return true;
	}
	if (!json_get_text(body, "authType", NULL, &type, err))
		return false;
	registration->auth = has_key ? ENDPOINT_AUTH_BASIC : ENDPOINT_AUTH_NONE;
	for (size_t i = 0; type && i < ARRAY_SIZE(names); i++) {
		if (!names[i] || strcmp(type, names[i]) != 0)
			continue;
		registration->auth = (enum endpoint_auth)i;
		return i != ENDPOINT_AUTH_HEADER || registration->shape == REGISTRATION_ENDPOINT ||
		       registration_header_refuse(err);
	}
	return !type ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "authType: must be NONE, BASIC, OAUTH2 or, for an endpoint, HEADER");
}

static bool auth_is_complete(const struct registration *registration, struct error *err)
{
	/* The original's shape says all of it each time; of an endpoint the stored key may stay:
	 * key_apply. */
	bool may_stay = registration->shape == REGISTRATION_ENDPOINT && !registration->key;

	if (registration->auth == ENDPOINT_AUTH_BASIC && !may_stay &&
	    !(registration->key && *registration->key))
		return error_set(err, ERROR_MISSING_FIELD, "key: required with BASIC");
	if (registration->auth == ENDPOINT_AUTH_HEADER && !may_stay &&
	    !(registration->key && *registration->key))
		return error_set(err, ERROR_MISSING_FIELD, "key: required with HEADER");
	if (registration->auth == ENDPOINT_AUTH_OAUTH2 && !*registration->options.oauth.client_id)
		return error_set(err, ERROR_MISSING_FIELD, "oauthSetting: required with OAUTH2");
	return true;
}

/* Named twice, a type counts once. */
static void type_add(struct registration *registration, enum event_type type)
{
	const char *known = event_type_info(type)->name;

	for (size_t i = 0; i < registration->type_count; i++) {
		if (registration->types[i] == known)
			return;
	}
	registration->types[registration->type_count++] = known;
}

bool registration_types_read(const json_t *body, struct registration *registration,
			     struct error *err)
{
	json_t *events, *event;
	size_t i;

	if (!json_get_array(body, "events", NULL, &events, err))
		return false;
	if (json_array_size(events) > EVENTS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "events: at most %d names are allowed",
				 EVENTS_MAX);
	json_array_foreach(events, i, event)
	{
		const char *name = json_string_value(event);
		char where[32];
		enum event_type type;

		snprintf(where, sizeof(where), "events[%zu]", i);
		if (!event_type_read(name ? name : "(not a string)", where,
				     ERROR_CALLBACK_INVALID_EVENT, &type, err))
			return false;
		type_add(registration, type);
	}
	return true;
}

void registration_types_load(const char *events, struct registration *registration)
{
	scoped(json_t) json_t *names = json_loads(events, 0, NULL);
	json_t *name;
	size_t i;

	json_array_foreach(names, i, name)
	{
		enum event_type type;
		if (json_is_string(name) && event_type_find(json_string_value(name), &type))
			type_add(registration, type);
	}
}

static bool events_read(const json_t *body, struct registration *registration, struct error *err)
{
	bool needs_url = registration->shape == REGISTRATION_ENDPOINT;

	if (!registration_types_read(body, registration, err))
		return false;
	if (!*registration->url && (needs_url || registration->type_count > 0))
		return error_set(err, ERROR_CALLBACK_INVALID_URL, "%s",
				 needs_url ? "url: required"
					   : "url: required when there are events");
	return true;
}

static bool oauth_secret_get(struct arena *arena, const json_t *oauth, const char *member,
			     const char **ret_text, struct error *err)
{
	if (!text_get(arena, oauth, member, "oauthSetting", ret_text, err))
		return false;
	const char *text = *ret_text;
	return !text ||
	       (utf8_length(text) <= OAUTH_TEXT_MAX && !text_has_control_characters(text)) ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "oauthSetting.%s: at most %d characters, no control characters", member,
			 OAUTH_TEXT_MAX);
}

static bool secrets_read(struct arena *arena, const json_t *body, struct registration *registration,
			 struct error *err)
{
	json_t *oauth, *tls;

	if (!json_get_object(body, "oauthSetting", NULL, &oauth, err) ||
	    !json_get_object(body, "tls", NULL, &tls, err))
		return false;
	return (!oauth ||
		(oauth_secret_get(arena, oauth, "clientSecret", &registration->client_secret,
				  err) &&
		 oauth_secret_get(arena, oauth, "password", &registration->password, err))) &&
	       (!tls || text_get(arena, tls, "clientKey", "tls", &registration->client_key, err));
}

static bool options_read(struct arena *arena, const json_t *body, struct registration *registration,
			 struct error *err)
{
	registration->name = "";
	if (registration->shape != REGISTRATION_ENDPOINT)
		return oauth_setting_read(arena, body, &registration->options.oauth, err);
	if (!text_get(arena, body, "name", NULL, &registration->name, err))
		return false;
	if (!registration->name)
		registration->name = "";
	return text_check("name", registration->name, ENDPOINT_NAME_MAX, true, err) &&
	       endpoint_options_read(arena, body, &registration->options, err);
}

bool registration_read(struct arena *arena, const json_t *body, enum registration_shape shape,
		       struct registration *ret_registration, struct error *err)
{
	*ret_registration = (struct registration){.shape = shape};
	return url_and_key_read(arena, body, ret_registration, err) &&
	       auth_read(body, ret_registration, err) && key_is_acceptable(ret_registration, err) &&
	       options_read(arena, body, ret_registration, err) &&
	       auth_is_complete(ret_registration, err) &&
	       events_read(body, ret_registration, err) &&
	       secrets_read(arena, body, ret_registration, err) &&
	       custom_headers_read(arena, body,
				   shape == REGISTRATION_ENDPOINT ? ENDPOINT_HEADER_VALUE_MAX
								  : CUSTOM_HEADER_VALUE_MAX,
				   &ret_registration->custom_headers, err);
}
