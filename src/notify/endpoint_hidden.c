/* endpoint_hidden.c – see endpoint_hidden.h. */
#include "notify/endpoint_hidden.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

#define MASK "?***"
#define STEP_MAX 50 /* rows in a transaction: some milliseconds */

const char *url_masked(struct arena *arena, const char *url)
{
	size_t length = strcspn(url, "?");

	return url[length] ? arena_printf(arena, "%.*s" MASK, (int)length, url) : url;
}

static const char *text_of(struct arena *arena, const json_t *json)
{
	return json_encode_in(arena, json);
}

/* ---- revealing ---- */

/* The hidden URL, when the row's is that one, masked: another node may have replaced it. */
static const char *url_reveal(struct arena *arena, const char *shown, const char *hidden)
{
	return *hidden && strcmp(url_masked(arena, hidden), shown) == 0
		       ? arena_strdup(arena, hidden)
		       : shown;
}

static void options_reveal(struct arena *arena, struct endpoint *endpoint, const json_t *hidden)
{
	const char *url = json_text(hidden, "authorizationServerUrl");
	json_t *parameters = json_object_get(hidden, "customParameters");

	if (!*url && !parameters)
		return;
	scoped(json_t) json_t *options = json_loads(endpoint->options, 0, NULL);
	json_t *oauth = json_object_get(options, "oauthSetting");
	if (!oauth)
		return;
	if (parameters && json_array_size(json_object_get(oauth, "customParameters")) == 0)
		json_object_set(oauth, "customParameters", parameters);
	json_object_set_new(
		oauth, "authorizationServerUrl",
		json_string(url_reveal(arena, json_text(oauth, "authorizationServerUrl"), url)));
	endpoint->options = text_of(arena, options);
}

void endpoint_reveal_with(struct arena *arena, struct endpoint *endpoint,
			  const struct endpoint_secrets *secrets)
{
	if (*secrets->authorization && endpoint->auth == ENDPOINT_AUTH_NONE)
		endpoint->auth = ENDPOINT_AUTH_HEADER;
	if (!*secrets->hidden)
		return;
	scoped(json_t) json_t *hidden = json_loads(secrets->hidden, 0, NULL);
	const json_t *headers = json_object_get(hidden, "customHeaders");
	endpoint->url = url_reveal(arena, endpoint->url, json_text(hidden, "url"));
	if (headers && strcmp(endpoint->custom_headers, "[]") == 0)
		endpoint->custom_headers = text_of(arena, headers);
	options_reveal(arena, endpoint, hidden);
}

bool endpoint_reveal(const struct keyring *keyring, struct arena *arena, struct endpoint *endpoint,
		     struct error *err)
{
	struct endpoint_secrets secrets;

	if (!endpoint->secrets_sealed.data)
		return true;
	if (!endpoint_secrets_open(keyring, arena, endpoint, &secrets, err))
		return false;
	endpoint_reveal_with(arena, endpoint, &secrets);
	return true;
}

/* ---- concealing ---- */

static const char *url_conceal(struct arena *arena, const char *url, json_t *hidden,
			       const char *member)
{
	const char *masked = url_masked(arena, url);

	if (masked != url)
		json_object_set_new(hidden, member, json_string(url));
	return masked;
}

static void options_conceal(struct arena *arena, struct endpoint *endpoint, json_t *hidden)
{
	scoped(json_t) json_t *options = json_loads(endpoint->options, 0, NULL);
	json_t *oauth = json_object_get(options, "oauthSetting");
	json_t *parameters = json_object_get(oauth, "customParameters");

	if (!oauth)
		return;
	if (json_array_size(parameters) > 0) {
		json_object_set(hidden, "customParameters", parameters);
		json_object_set_new(oauth, "customParameters", json_array());
	}
	const char *url = arena_strdup(arena, json_text(oauth, "authorizationServerUrl"));
	json_object_set_new(oauth, "authorizationServerUrl",
			    json_string(url_conceal(arena, url, hidden, "authorizationServerUrl")));
	endpoint->options = text_of(arena, options);
}

static void hide(struct arena *arena, struct endpoint *endpoint, struct endpoint_secrets *secrets)
{
	scoped(json_t) json_t *hidden = json_object();

	endpoint->url = url_conceal(arena, endpoint->url, hidden, "url");
	if (strcmp(endpoint->custom_headers, "[]") != 0) {
		json_object_set_new(hidden, "customHeaders",
				    json_loads(endpoint->custom_headers, 0, NULL));
		endpoint->custom_headers = "[]";
	}
	options_conceal(arena, endpoint, hidden);
	secrets->hidden = json_object_size(hidden) ? text_of(arena, hidden) : "";
}

bool endpoint_conceal(const struct keyring *keyring, struct db *db, struct arena *arena,
		      struct endpoint *endpoint, struct error *err)
{
	struct endpoint_secrets secrets;
	bool older;

	if (!nodes_are_older(db, &older, err) ||
	    !endpoint_secrets_open(keyring, arena, endpoint, &secrets, err))
		return false;
	secrets.hidden = "";
	if (!older)
		hide(arena, endpoint, &secrets);
	/* Version 0.3 knows no such kind: to it the endpoint has none. */
	if (endpoint->auth == ENDPOINT_AUTH_HEADER)
		endpoint->auth = ENDPOINT_AUTH_NONE;
	endpoint->secrets_sealed = endpoint_secrets_seal(keyring, arena, endpoint, &secrets);
	return true;
}

/* ---- rows of an older version ---- */

static bool row_conceal(const struct keyring *keyring, struct db *db, struct arena *arena,
			struct endpoint *endpoint, struct error *err)
{
	if (endpoint->state == ENDPOINT_DELETED) { /* only its URL is still shown */
		endpoint->url = url_masked(arena, endpoint->url);
		endpoint->custom_headers = "[]";
		endpoint->options = "{}";
	} else if (!endpoint_reveal(keyring, arena, endpoint, err) ||
		   !endpoint_conceal(keyring, db, arena, endpoint, err)) {
		return false;
	}
	return endpoint_save_concealed(db, endpoint, err);
}

bool endpoints_conceal_step(struct session *session, const struct keyring *keyring, bool *ret_more,
			    struct error *err)
{
	struct endpoint endpoints[STEP_MAX];
	bool older;
	size_t count;

	*ret_more = false;
	scoped(arena) struct arena *arena = arena_new();
	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !nodes_are_older(txn_db(txn), &older, err))
		return false;
	if (older)
		return true;
	if (!endpoint_list_shown(txn_db(txn), arena, STEP_MAX, endpoints, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!row_conceal(keyring, txn_db(txn), arena, &endpoints[i], err))
			return error_wrap(err, "sealing what endpoint %s of account %s shows",
					  endpoints[i].id, endpoints[i].account);
	}
	*ret_more = count == STEP_MAX;
	return txn_commit(&txn, err);
}
