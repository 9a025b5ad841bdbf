/* oauth_setting.c – `oauthSetting`: how to ask an authorization server for the token that
 * notifications carry. The other part of endpoint_options.h. */
#include "notify/endpoint_options.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/text.h"
#include "base/words.h"
#include "notify/target_url.h"

#define WHERE "oauthSetting"

static const char *const grant_names[OAUTH_GRANT_COUNT] = {"CLIENT_CREDENTIALS", "PASSWORD"};
static const char *const mechanism_names[OAUTH_MECHANISM_COUNT] = {"HEADER", "BASIC_AUTH", "BODY"};

static bool text_read(struct arena *arena, const json_t *setting, const char *member,
		      const char **ret_text, struct error *err)
{
	const char *text;

	if (!json_get_text(setting, member, WHERE, &text, err))
		return false;
	if (!text)
		return true;
	if (utf8_length(text) > OAUTH_TEXT_MAX || text_has_control_characters(text))
		return error_set(err, ERROR_INVALID_FIELD,
				 WHERE ".%s: at most %d characters, no control characters", member,
				 OAUTH_TEXT_MAX);
	*ret_text = arena_strdup(arena, text);
	return true;
}

static bool setting_word_read(struct arena *arena, const json_t *setting, const char *member,
			      const char *const *words, size_t count, int *ret_word,
			      struct error *err)
{
	const char *text = NULL;

	if (!text_read(arena, setting, member, &text, err))
		return false;
	const int at = word_find_nocase(text, words, count);
	if (at != WORD_NONE)
		*ret_word = at;
	return at != WORD_NONE || !text || !*text ||
	       error_set(err, ERROR_INVALID_FIELD, WHERE ".%s: `%.60s` is not one of its values",
			 member, text);
}

/* What the request says by itself cannot be said again. */
static bool parameter_is_ours(const char *name)
{
	static const char *const ours[] = {"grant_type", "client_id", "client_secret", "scope",
					   "username",	 "password",  "refresh_token"};

	return word_find(name, ours, ARRAY_SIZE(ours)) != WORD_NONE;
}

static bool parameters_read(struct arena *arena, const json_t *json, struct oauth_setting *setting,
			    struct error *err)
{
	json_t *array, *pair;
	size_t i;

	if (!json_get_array(json, "customParameters", WHERE, &array, err))
		return false;
	if (json_array_size(array) > OAUTH_PARAMETERS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, WHERE ".customParameters: at most %d",
				 OAUTH_PARAMETERS_MAX);
	json_array_foreach(array, i, pair)
	{
		const char *key = json_string_value(json_object_get(pair, "key"));
		const char *value = json_string_value(json_object_get(pair, "value"));
		if (!key || !*key || !value || strlen(key) > OAUTH_TEXT_MAX ||
		    strlen(value) > OAUTH_TEXT_MAX || parameter_is_ours(key))
			return error_set(err, ERROR_INVALID_FIELD,
					 WHERE ".customParameters[%zu]: the texts `key` and "
					       "`value`, and no parameter that the setting gives",
					 i);
		setting->parameters[i].key = arena_strdup(arena, key);
		setting->parameters[i].value = arena_strdup(arena, value);
	}
	setting->parameter_count = json_array_size(array);
	return true;
}

static bool words_read(struct arena *arena, const json_t *json, struct oauth_setting *setting,
		       struct error *err)
{
	int grant = OAUTH_CLIENT_CREDENTIALS, mechanism = OAUTH_HEADER;

	if (!setting_word_read(arena, json, "grantType", grant_names, OAUTH_GRANT_COUNT, &grant,
			       err) ||
	    !setting_word_read(arena, json, "authMechanism", mechanism_names, OAUTH_MECHANISM_COUNT,
			       &mechanism, err) ||
	    !json_get_bool(json, "ignoreSsl", WHERE, &setting->ignore_ssl, err))
		return false;
	setting->grant = (enum oauth_grant)grant;
	setting->mechanism = (enum oauth_mechanism)mechanism;
	return true;
}

bool oauth_setting_read(struct arena *arena, const json_t *body, struct oauth_setting *ret_setting,
			struct error *err)
{
	json_t *json;

	*ret_setting = (struct oauth_setting){
		.client_id = "", .url = "", .scope = "", .username = ""};
	if (!json_get_object(body, WHERE, NULL, &json, err))
		return false;
	if (!json)
		return true;
	if (!text_read(arena, json, "clientId", &ret_setting->client_id, err) ||
	    !text_read(arena, json, "authorizationServerUrl", &ret_setting->url, err) ||
	    !text_read(arena, json, "scope", &ret_setting->scope, err) ||
	    !text_read(arena, json, "username", &ret_setting->username, err) ||
	    !words_read(arena, json, ret_setting, err) ||
	    !parameters_read(arena, json, ret_setting, err))
		return false;
	if (!*ret_setting->client_id)
		return error_set(err, ERROR_MISSING_FIELD, WHERE ".clientId");
	if (!*ret_setting->url)
		return error_set(err, ERROR_MISSING_FIELD, WHERE ".authorizationServerUrl");
	if (ret_setting->grant == OAUTH_PASSWORD && !*ret_setting->username)
		return error_set(err, ERROR_MISSING_FIELD, WHERE ".username");
	return target_url_check(WHERE ".authorizationServerUrl", ret_setting->url, err);
}

json_t *oauth_setting_to_json(const struct oauth_setting *setting)
{
	json_t *parameters = json_array();

	for (size_t i = 0; i < setting->parameter_count; i++)
		json_array_append_new(parameters,
				      json_pack("{s:s, s:s}", "key", setting->parameters[i].key,
						"value", setting->parameters[i].value));
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "clientId",
				 setting->client_id, "authorizationServerUrl", setting->url,
				 "scope", setting->scope, "grantType", grant_names[setting->grant],
				 "authMechanism", mechanism_names[setting->mechanism], "ignoreSsl",
				 setting->ignore_ssl, "customParameters", parameters);
	ensure(json);
	if (*setting->username)
		json_object_set_new(json, "username", json_string(setting->username));
	return json;
}
