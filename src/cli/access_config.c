/* access_config.c – from settings to what access needs to know. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "cli/command.h"

#define PARTNER_KEYS_MAX 65536 /* bytes of the file */

const char *base_url_of(const struct settings *settings, struct arena *arena, const char *listen)
{
	const char *given = setting_text(settings, SETTING_BASE_URL);
	const bool tls = *setting_text(settings, SETTING_TLS_CERTIFICATE) != '\0';
	size_t length = strlen(given);

	if (!*given)
		return arena_printf(arena, "%s://%s", tls ? "https" : "http", listen);
	while (length > 0 && given[length - 1] == '/')
		length--;
	return arena_strndup(arena, given, length);
}

static bool file_read(struct arena *arena, const char *option, const char *path, size_t limit,
		      const char **ret_text, struct error *err)
{
	char *text = arena_alloc(arena, limit + 1);

	FILE *file = fopen(path, "re");
	if (!file)
		return error_set(err, ERROR_CONFIGURATION, "--%s: cannot read %s: %s", option, path,
				 strerror(errno));
	size_t length = fread(text, 1, limit, file);
	fclose(file);
	text[length] = '\0';
	*ret_text = text;
	return true;
}

static bool partner_keys_read(const struct settings *settings, struct arena *arena,
			      const char **ret_keys, struct error *err)
{
	const char *path = setting_text(settings, SETTING_PARTNER_KEYS);

	*ret_keys = "{}";
	if (!*path)
		return true;
	if (!file_read(arena, "partner-keys", path, PARTNER_KEYS_MAX, ret_keys, err))
		return false;
	json_t *keys = json_loads(*ret_keys, 0, NULL);
	bool right = json_is_array(json_object_get(keys, "public_keys"));
	json_decref(keys);
	return right || error_set(err, ERROR_CONFIGURATION,
				  "--partner-keys: %s is not {\"public_keys\": [...]}", path);
}

bool smtp_password_read(const struct settings *settings, struct arena *arena,
			const char **ret_password, struct error *err)
{
	const char *path = setting_text(settings, SETTING_SMTP_PASSWORD_FILE), *text = "";

	*ret_password = "";
	if (!*path)
		return true;
	if (!file_read(arena, "smtp-password-file", path, 1024, &text, err))
		return false;
	*ret_password = arena_strndup(arena, text, strcspn(text, "\r\n"));
	return true;
}

bool access_config_read(const struct settings *settings, struct arena *arena, const char *base_url,
			struct access_config *ret_config, struct error *err)
{
	struct access_config config = {
		.token_life = duration_s(setting_number(settings, SETTING_TOKEN_LIFE)),
		.oauth_token_life = duration_s(setting_number(settings, SETTING_OAUTH_TOKEN_LIFE)),
		.authentication_token_life = duration_s(
			setting_number(settings, SETTING_AUTHENTICATION_TOKEN_LIFE)),
		.session_idle = duration_s(setting_number(settings, SETTING_SESSION_IDLE)),
		.token_rate = setting_number(settings, SETTING_TOKEN_RATE),
		.app_rate = setting_number(settings, SETTING_APP_RATE),
		.hops_limit = (unsigned)setting_number(settings, SETTING_HOPS_LIMIT),
		.endpoints_limit = (unsigned)setting_number(settings, SETTING_ENDPOINTS_LIMIT),
		.hide_api_keys = setting_is_on(settings, SETTING_HIDE_API_KEYS, false),
		.base_url = base_url,
		.redirect_hosts = setting_text(settings, SETTING_REDIRECT_HOSTS),
	};

	if (!features_parse(setting_text(settings, SETTING_DEFAULT_FEATURES), "--default-features",
			    &config.default_features, err)) {
		err->code = ERROR_USAGE;
		return false;
	}
	if (!partner_keys_read(settings, arena, &config.partner_keys, err))
		return false;
	*ret_config = config;
	return true;
}
