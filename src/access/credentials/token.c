/* token.c – the bytes of an API token. */
#include "access/credentials/token.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "crypto/random.h"

#define TOKEN_VERSION 2

struct __attribute__((packed)) token_bytes {
	unsigned char version;
	char prefix[CREDENTIAL_PREFIX_LENGTH]; /* of the client id: the installation's may change */
	unsigned char client_id[CLIENT_ID_BYTES];
	uint32_t epoch; /* big-endian, as the next */
	uint64_t expires_ms;
	char user[USER_UID_LENGTH];
	unsigned char nonce[7]; /* two tokens of one millisecond differ */
	unsigned char mac[MAC_BYTES];
};
_Static_assert(sizeof(struct token_bytes) == API_TOKEN_BYTES, "the form of API tokens");
#define TOKEN_MAC_COVERS offsetof(struct token_bytes, mac)

void token_encode(const struct keyring *keyring, const struct token *token,
		  char ret_text[CREDENTIAL_LENGTH_MAX + 1])
{
	struct token_bytes bytes = {
		.version = TOKEN_VERSION,
		.epoch = htobe32(token->epoch),
		.expires_ms = htobe64((uint64_t)wall_ms(token->expires)),
	};
	ensure(credential_decode(CREDENTIAL_CLIENT_ID, token->client_id, bytes.client_id));
	memcpy(bytes.prefix, token->client_id, CREDENTIAL_PREFIX_LENGTH);
	memcpy(bytes.user, token->user, USER_UID_LENGTH);
	random_bytes(bytes.nonce, sizeof(bytes.nonce));
	keyring_mac(keyring, &bytes, TOKEN_MAC_COVERS, bytes.mac);
	credential_encode(keyring_credential_prefix(keyring), CREDENTIAL_API_TOKEN, &bytes,
			  ret_text);
}

bool token_decode(const struct keyring *keyring, const char *text, struct token *ret_token)
{
	struct token_bytes bytes;
	char prefix[CREDENTIAL_PREFIX_LENGTH + 1] = "";

	if (!credential_decode(CREDENTIAL_API_TOKEN, text, &bytes) ||
	    !keyring_mac_is(keyring, &bytes, TOKEN_MAC_COVERS, bytes.mac) ||
	    bytes.version != TOKEN_VERSION)
		return false;
	memcpy(prefix, bytes.prefix, CREDENTIAL_PREFIX_LENGTH);
	credential_encode(prefix, CREDENTIAL_CLIENT_ID, bytes.client_id, ret_token->client_id);
	ret_token->epoch = be32toh(bytes.epoch);
	ret_token->expires = wall_from_us((int64_t)be64toh(bytes.expires_ms) * 1000);
	memcpy(ret_token->user, bytes.user, USER_UID_LENGTH);
	ret_token->user[USER_UID_LENGTH] = '\0';
	for (size_t i = 0; i < sizeof(bytes.nonce); i++)
		snprintf(ret_token->id + 2 * i, 3, "%02x", bytes.nonce[i]);
	return true;
}
