/* registration_apply.c – a registration put on an endpoint, with what is stored and stays. The
 * other part of registration.h. */
#include "notify/registration.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "crypto/pem.h"
#include "crypto/random.h"
#include "notify/custom_headers.h"
#include "notify/refresh_key.h"

#define MARK_LENGTH 22 /* 130 random bits */

/* A secret that is kept, and what is got with it, must go where it went before: who may change a
 * URL may not learn it that way. */
static bool url_stays(const struct registration *registration, const struct endpoint *endpoint)
{
	return endpoint->url && strcmp(endpoint->url, registration->url) == 0;
}

static bool oauth_secrets_choose(const struct registration *registration,
				 const struct endpoint *endpoint,
				 const struct oauth_setting *stored,
				 struct endpoint_secrets *secrets, struct error *err)
{
	const struct oauth_setting *given = &registration->options.oauth;
	bool same = url_stays(registration, endpoint) &&
		    strcmp(stored->client_id, given->client_id) == 0 &&
		    strcmp(stored->url, given->url) == 0 && stored->ignore_ssl == given->ignore_ssl;

	if (registration->client_secret || !same)
		secrets->client_secret = registration->client_secret ? registration->client_secret
								     : "";
	if (registration->password || !same)
		secrets->password = registration->password ? registration->password : "";
	if (registration->auth != ENDPOINT_AUTH_OAUTH2)
		return true;
	if (given->grant == OAUTH_PASSWORD && !*secrets->password)
		return error_set(err, ERROR_MISSING_FIELD, "oauthSetting.password");
	if (given->grant == OAUTH_CLIENT_CREDENTIALS && !*secrets->client_secret)
		return error_set(
			err, ERROR_MISSING_FIELD,
			"oauthSetting.clientSecret: give it (again) with a new url, clientId, "
			"authorizationServerUrl or ignoreSsl");
	return true;
}

static bool client_key_choose(const struct registration *registration,
			      struct endpoint_secrets *secrets, struct error *err)
{
	const char *certificate = registration->options.client_certificate;

	if (registration->client_key)
		secrets->client_key = registration->client_key;
	if (!*certificate)
		secrets->client_key = "";
	else if (!*secrets->client_key)
		return error_set(err, ERROR_MISSING_FIELD,
				 "tls.clientKey: required with tls.clientCertificate");
	else if (!pem_key_is_affordable(certificate))
		return error_set(err, ERROR_INVALID_FIELD,
				 "tls.clientCertificate: its key may have %d bits (RSA), or be "
				 "of an elliptic curve",
				 PEM_RSA_BITS_MAX);
	else if (!pem_key_fits(certificate, secrets->client_key))
		return error_set(err, ERROR_INVALID_FIELD,
				 "tls.clientKey: not the private key (PEM, not encrypted) of "
				 "tls.clientCertificate");
	return true;
}

/* The original's shape says nothing of most options: they stay. */
static struct endpoint_options options_choose(const struct registration *registration,
					      const struct endpoint_options *stored)
{
	struct endpoint_options options = *stored;

	if (registration->shape == REGISTRATION_ENDPOINT)
		return registration->options;
	options.oauth = registration->options.oauth;
	return options;
}

/* Whether what is stored can stay the key: like other secrets, it goes only where it went before.
 */
static bool key_may_stay(const struct registration *registration, const struct endpoint *endpoint)
{
	return endpoint->auth == ENDPOINT_AUTH_BASIC && endpoint->key_sealed.data &&
	       url_stays(registration, endpoint);
}

static bool key_apply(const struct context *context, const struct registration *registration,
		      struct endpoint *endpoint, struct error *err)
{
	const char *key = registration->key ? registration->key : "";

	if (registration->auth == ENDPOINT_AUTH_REFRESH_TOKEN) {
		bool stays = endpoint->key_sealed.data && url_stays(registration, endpoint);
		if (!*key && stays)
			return true;
		if ((*key || registration->type_count > 0) &&
		    !refresh_key_check(context->arena, key, err))
			return false;
	}
	if (registration->auth == ENDPOINT_AUTH_BASIC && !*key)
		return key_may_stay(registration, endpoint) ||
		       error_set(err, ERROR_MISSING_FIELD,
				 "key: required with BASIC; give it (again) with a new url");
	if (registration->auth == ENDPOINT_AUTH_HEADER) /* with the other secrets */
		key = "";
	endpoint->key_sealed = endpoint_text_seal(context->keyring, context->arena, endpoint, "key",
						  key);
	return true;
}

/* The header of an endpoint of authType HEADER stays while its URL does, as other secrets do. */
static bool authorization_choose(const struct registration *registration,
				 const struct endpoint *endpoint, struct endpoint_secrets *secrets,
				 struct error *err)
{
	const char *key = registration->key ? registration->key : "";

	if (registration->auth != ENDPOINT_AUTH_HEADER)
		secrets->authorization = "";
	else if (*key)
		secrets->authorization = key;
	else if (!*secrets->authorization || !url_stays(registration, endpoint))
		return error_set(err, ERROR_MISSING_FIELD,
				 "key: required with HEADER; give it (again) with a new url");
	return true;
}

/* Options without a member in OneSpan Sign's form: GET cannot show them and POST cannot set them.
 */
static bool fits_its_origin(const struct context *context, const struct registration *registration,
			    const struct endpoint *endpoint, struct error *err)
{
	const char *ignored;

	if (registration->shape != REGISTRATION_ENDPOINT ||
	    strcmp(endpoint->origin, ENDPOINT_ORIGIN_NONE) == 0)
		return true;
	scoped(json_t) json_t *headers = json_loads(registration->custom_headers, 0, NULL);
	scoped(json_t) json_t *body = json_pack("{s:O}", "customHeaders", headers);
	return (registration->auth != ENDPOINT_AUTH_HEADER || registration_header_refuse(err)) &&
	       custom_headers_read(context->arena, body, CUSTOM_HEADER_VALUE_MAX, &ignored, err);
}

static const char *types_text(struct arena *arena, const struct registration *registration)
{
	scoped(json_t) json_t *names = json_array();

	for (size_t i = 0; i < registration->type_count; i++)
		json_array_append_new(names, json_string(registration->types[i]));
	return json_encode_in(arena, names);
}

/* Senders may be named by e-mail address; kept are uids, which stay. */
static bool sender_resolve(const struct context *context, const char *named, size_t i,
			   const char **ret_uid, struct error *err)
{
	struct db *db = session_db(context->session);
	struct user user;
	bool found, is_member = false;

	if (!(strchr(named, '@') ? user_find_by_email(db, context->arena, named, &user, &found, err)
				 : user_find(db, context->arena, named, &user, &found, err)) ||
	    (found &&
	     !user_is_member(db, context->arena, context->account, &user, &is_member, err)))
		return false;
	*ret_uid = user.uid;
	return is_member || error_set(err, ERROR_INVALID_FIELD,
				      "filters.senders[%zu]: no user of this account", i);
}

static bool senders_resolve(const struct context *context, const char **filter, struct error *err)
{
	scoped(json_t) json_t *json = **filter ? json_loads(*filter, 0, NULL) : NULL;
	json_t *senders = json_object_get(json, "senders"), *sender;
	const char *uid;
	size_t i;

	json_array_foreach(senders, i, sender)
	{
		if (!sender_resolve(context, json_string_value(sender), i, &uid, err))
			return false;
		json_array_set_new(senders, i, json_string(uid));
	}
	if (!senders)
		return true;
	*filter = json_encode_in(context->arena, json);
	return true;
}

/* Also when it is the one that is stored: access/version.h. */
static bool secret_is_given(const struct registration *registration)
{
	return registration->client_secret || registration->password || registration->client_key ||
	       (registration->auth == ENDPOINT_AUTH_HEADER && registration->key &&
		*registration->key);
}

static const char *mark_make(struct arena *arena)
{
	char mark[MARK_LENGTH + 1];

	random_base62(mark, MARK_LENGTH);
	return arena_strdup(arena, mark);
}

bool registration_apply(const struct context *context, const struct registration *registration,
			struct endpoint *endpoint, struct error *err)
{
	struct endpoint_secrets secrets;
	struct endpoint_options stored, options;

	endpoint_options_load(context->arena, endpoint->options ? endpoint->options : "{}",
			      &stored);
	if (!endpoint_secrets_open(context->keyring, context->arena, endpoint, &secrets, err) ||
	    !oauth_secrets_choose(registration, endpoint, &stored.oauth, &secrets, err) ||
	    (registration->shape == REGISTRATION_ENDPOINT &&
	     !client_key_choose(registration, &secrets, err)) ||
	    !fits_its_origin(context, registration, endpoint, err) ||
	    !authorization_choose(registration, endpoint, &secrets, err) ||
	    !key_apply(context, registration, endpoint, err))
		return false;
	if (secret_is_given(registration))
		secrets.mark = mark_make(context->arena);
	options = options_choose(registration, &stored);
	if (!senders_resolve(context, &options.filter, err))
		return false;
	endpoint->name = registration->shape == REGISTRATION_ENDPOINT || !endpoint->name
				 ? registration->name
				 : endpoint->name;
	endpoint->url = registration->url;
	endpoint->auth = registration->auth;
	endpoint->custom_headers = registration->custom_headers;
	endpoint->events = types_text(context->arena, registration);
	endpoint->options = endpoint_options_text(context->arena, &options);
	endpoint->secrets_sealed = endpoint_secrets_seal(context->keyring, context->arena, endpoint,
							 &secrets);
	endpoint->updated = context->now;
	return true;
}
