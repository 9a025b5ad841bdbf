/* fuzz_authorization.c – the Authorization header, or (after a `!`) the session cookie. Stresses
 * the forms of credentials: nothing made up passes without a look-up, so there is no store here. */
#include <stdint.h>

#include "access/identity/authenticator.h"
#include "base/arena.h"
#include "base/ensure.h"
#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char key[32] = {42};
	static const struct access_config config = {.base_url = "http://localhost"};
	struct actor actor;
	struct rate_verdict rate;
	struct error err = {0};

	crypto_start();
	struct arena *arena = arena_new();
	struct keyring *keyring = keyring_from_key(key);
	const struct authenticator authenticator = {
		.keyring = keyring,
		.config = &config,
		.cache = identity_cache_new(),
		.registry = token_registry_new(keyring, NULL),
		.limits = rate_limit_new(),
	};
	const char *text = arena_strndup(arena, (const char *)data, size);
	const struct credentials credentials = {
		.authorization = size > 0 && data[0] == '!' ? NULL : text,
		.session = text + (*text ? 1 : 0),
		.address = "127.0.0.1",
		.now = wall_from_us(1),
	};
	enum auth_result result = authenticate(&authenticator, NULL, &credentials, &actor, &rate,
					       &err);
	/* A well-formed API key may need the store; nothing may pass. */
	ensure(result != AUTH_OK);
	ensure(result != AUTH_REFUSED || error_http_status(err.code) == 401);
	identity_cache_free(authenticator.cache);
	token_registry_free(authenticator.registry);
	rate_limit_free(authenticator.limits);
	keyring_free(keyring);
	arena_free(arena);
	return 0;
}
