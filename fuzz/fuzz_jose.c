/* fuzz_jose.c – client assertions and access tokens as strangers send them: header, claims,
 * signature. Stresses the form check before cjose and cjose itself. Nothing made up verifies. */
#include <stdint.h>
#include <string.h>

#include "access/credentials/client_assertion.h"
#include "base/arena.h"
#include "base/ensure.h"
#include "crypto/jose.h"
#include "crypto/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char jwk[] =
		"{\"kty\":\"EC\",\"crv\":\"P-256\","
		"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
		"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"; /* RFC 7515 appendix A.3
									   */
	const char *algorithm, *kid;

	crypto_start();
	struct arena *arena = arena_new();
	struct jose_key *key = jose_key_load(
		(struct bytes){(const unsigned char *)jwk, strlen(jwk)});
	const char *token = arena_strndup(arena, (const char *)data, size);
	bool has_header = jose_header(arena, token, &algorithm, &kid);
	json_t *claims = jose_verify(key, "ES256", token);
	/* The RFC's own example is in the corpus; whatever verifies has its payload. */
	ensure(!claims || has_header);
	json_decref(claims);
	(void)assertion_subject(arena, token);
	jose_key_free(key);
	arena_free(arena);
	return 0;
}
