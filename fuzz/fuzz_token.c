/* fuzz_token.c – bodies of the token endpoint, from the bytes to the answer without a store.
 * Stresses the UTF-16 path and members of every type. */
#include <stdint.h>

#include "api/core/routes.h"
#include "base/ensure.h"
#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char key[32] = {42};
	struct error err = {0};
	struct http_response response = {0};

	crypto_start();
	struct keyring *keyring = keyring_from_key(key);
	static const struct access_config config = {.base_url = "http://localhost"};
	const struct authenticator authenticator = {
		.keyring = keyring,
		.config = &config,
		.cache = identity_cache_new(),
		.limits = rate_limit_new(),
	};
	struct http_request request = {.arena = arena_new(), .body = {data, size}, .query = ""};
	struct call call = {
		.request = &request,
		.arena = request.arena,
		.authenticator = &authenticator,
		.keyring = keyring,
		.address = "127.0.0.1",
	};
	/* A well-formed client id needs the store; nothing may pass. */
	ensure(!on_tokens_post(&call, &response, &err));
	ensure(call.needs_store || error_http_status(err.code) == 400 ||
	       error_http_status(err.code) == 401);
	identity_cache_free(authenticator.cache);
	rate_limit_free(authenticator.limits);
	http_response_done(&response);
	keyring_free(keyring);
	arena_free(request.arena);
	return 0;
}
