/* fuzz_authorization.c – the Authorization header. Stresses the forms of credentials: nothing made
 * up passes without a look-up, so there is no store here. */
#include <stdint.h>

#include "access/authenticator.h"
#include "base/arena.h"
#include "base/ensure.h"
#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char key[32] = {42};
	struct caller caller;
	struct error err = {0};

	crypto_start();
	struct arena *arena = arena_new();
	struct keyring *keyring = keyring_from_key(key);
	const struct authenticator authenticator = {
		.keyring = keyring,
		.cache = identity_cache_new(),
		.token_life = duration_s(1800),
	};
	const char *header = arena_strndup(arena, (const char *)data, size);
	enum auth_result result = authenticate(&authenticator, NULL, header, wall_from_us(1),
					       &caller, &err);
	/* A well-formed API key may need the store; nothing may pass. */
	ensure(result != AUTH_OK);
	ensure(result != AUTH_REFUSED || error_http_status(err.code) == 401);
	identity_cache_free(authenticator.cache);
	keyring_free(keyring);
	arena_free(arena);
	return 0;
}
