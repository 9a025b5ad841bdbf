/* refresh_key.c – see refresh_key.h. */
#include "notify/refresh_key.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "notify/target_url.h"

/* A host, perhaps with a port: it is put between https:// and a path of ours. */
static bool host_is_acceptable(struct arena *arena, const char *host)
{
	struct error ignored = {0};

	return *host && !strpbrk(host, "/?#@\\ ") &&
	       target_url_check("host", arena_printf(arena, "https://%s/", host), &ignored);
}

bool refresh_key_read(struct arena *arena, const char *key, struct refresh_key *ret_key,
		      struct error *err)
{
	struct error ignored = {0};
	struct bytes plain;
	scoped(json_t) json_t *json = NULL;

	if (strlen(key) <= REFRESH_KEY_MAX && base64_decode(arena, key, strlen(key), &plain))
		json = json_decode_object(plain, &ignored);
	if (!json)
		return error_set(err, ERROR_CALLBACK_INVALID_CONNECTOR_KEY,
				 "key: must be base64 of a JSON object with host, client_id and "
				 "refresh_token");
	*ret_key = (struct refresh_key){
		.host = arena_strdup(arena, json_text(json, "host")),
		.client_id = arena_strdup(arena, json_text(json, "client_id")),
		.refresh_token = arena_strdup(arena, json_text(json, "refresh_token")),
	};
	if (!*ret_key->client_id || !*ret_key->refresh_token)
		return error_set(err, ERROR_CALLBACK_INVALID_CONNECTOR_KEY,
				 "key: its JSON must have the texts host, client_id and "
				 "refresh_token");
	return host_is_acceptable(arena, ret_key->host) ||
	       error_set(err, ERROR_CALLBACK_INVALID_CONNECTOR_KEY,
			 "key: its host must be a host name");
}

bool refresh_key_check(struct arena *arena, const char *key, struct error *err)
{
	struct refresh_key ignored;
	return refresh_key_read(arena, key, &ignored, err);
}

const char *refresh_key_write(struct arena *arena, const struct refresh_key *key)
{

	scoped(json_t)
		json_t *json = json_pack("{s:s, s:s, s:s}", "host", key->host, "client_id",
					 key->client_id, "refresh_token", key->refresh_token);
	ensure(json);
	const struct bytes text = json_encode_bytes(arena, json);
	return base64_encode(arena, text.data, text.length);
}
