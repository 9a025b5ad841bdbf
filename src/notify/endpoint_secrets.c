/* endpoint_secrets.c – see endpoint_secrets.h. */
#include "notify/endpoint_secrets.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"

static const char *context_of(struct arena *arena, const struct endpoint *endpoint,
			      const char *what)
{
	return arena_printf(arena, "endpoint.%s:%s:%s", what, endpoint->account, endpoint->id);
}

bool endpoint_text_open(const struct keyring *keyring, struct arena *arena,
			const struct endpoint *endpoint, const char *what, struct bytes sealed,
			const char **ret_text, struct error *err)
{
	struct bytes plain = {0};

	*ret_text = "";
	if (!sealed.data)
		return true;
	if (!keyring_unseal(keyring, arena, context_of(arena, endpoint, what), sealed, &plain, err))
		return false;
	*ret_text = arena_strndup(arena, (const char *)plain.data, plain.length);
	return true;
}

struct bytes endpoint_text_seal(const struct keyring *keyring, struct arena *arena,
				const struct endpoint *endpoint, const char *what, const char *text)
{
	if (!*text)
		return (struct bytes){NULL, 0};
	return keyring_seal(keyring, arena, context_of(arena, endpoint, what),
			    (struct bytes){(const unsigned char *)text, strlen(text)});
}

static const char *text_of(struct arena *arena, const json_t *json, const char *member)
{
	return arena_strdup(arena, json_text(json, member));
}

bool endpoint_secrets_open(const struct keyring *keyring, struct arena *arena,
			   const struct endpoint *endpoint, struct endpoint_secrets *ret_secrets,
			   struct error *err)
{
	const char *text;
	json_t *old;
	size_t i;

	*ret_secrets = (struct endpoint_secrets){.client_secret = "",
						 .password = "",
						 .client_key = "",
						 .authorization = "",
						 .mark = "",
						 .hidden = ""};
	if (!endpoint_text_open(keyring, arena, endpoint, "secrets", endpoint->secrets_sealed,
				&text, err))
		return false;
	if (!*text)
		return true;
	scoped(json_t) json_t *json = json_loads(text, 0, NULL);
	ensure(json);
	ret_secrets->client_secret = text_of(arena, json, "clientSecret");
	ret_secrets->password = text_of(arena, json, "password");
	ret_secrets->client_key = text_of(arena, json, "clientKey");
	ret_secrets->authorization = text_of(arena, json, "authorization");
	ret_secrets->mark = text_of(arena, json, "mark");
	ret_secrets->hidden = text_of(arena, json, "hidden");
	json_array_foreach(json_object_get(json, "old"), i, old)
	{
		if (ret_secrets->old_count == OLD_SIGNING_SECRETS_MAX)
			break; /* stored under a larger limit */
		ret_secrets->old[ret_secrets->old_count++] = (struct old_signing_secret){
			text_of(arena, old, "secret"),
			wall_from_us(json_integer_value(json_object_get(old, "expires_us")))};
	}
	return true;
}

struct bytes endpoint_secrets_seal(const struct keyring *keyring, struct arena *arena,
				   const struct endpoint *endpoint,
				   const struct endpoint_secrets *secrets)
{
	json_t *old = json_array();

	for (size_t i = 0; i < secrets->old_count; i++)
		json_array_append_new(old, json_pack("{s:s, s:I}", "secret", secrets->old[i].secret,
						     "expires_us",
						     (json_int_t)secrets->old[i].expires.us));
	scoped(json_t) json_t *json = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "clientSecret", secrets->client_secret,
		"password", secrets->password, "clientKey", secrets->client_key, "authorization",
		secrets->authorization, "mark", secrets->mark, "hidden", secrets->hidden, "old",
		old);
	ensure(json);
	if (!*secrets->client_secret && !*secrets->password && !*secrets->client_key &&
	    !*secrets->authorization && !*secrets->hidden && secrets->old_count == 0)
		return (struct bytes){NULL, 0};
	size_t length;
	char *text = json_encode(json, &length);
	struct bytes sealed = keyring_seal(keyring, arena, context_of(arena, endpoint, "secrets"),
					   (struct bytes){(unsigned char *)text, length});
	explicit_bzero(text, length);
	free(text);
	return sealed;
}
