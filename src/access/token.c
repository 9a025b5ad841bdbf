/* token.c – the bytes of an API token. */
#include "access/token.h"

#include <endian.h>
#include <string.h>

#include "base/ensure.h"
#include "crypto/random.h"

#define TOKEN_VERSION 1
#define CLIENT_ID_BYTES 16

struct __attribute__((packed)) token_bytes {
	unsigned char version;
	unsigned char client_id[CLIENT_ID_BYTES];
	uint32_t epoch; /* big-endian, as the next */
	uint64_t expires_ms;
	char user[USER_UID_LENGTH];
	unsigned char nonce[7]; /* two tokens of one millisecond differ */
	unsigned char mac[MAC_BYTES];
};
#define TOKEN_MAC_COVERS offsetof(struct token_bytes, mac)

void token_encode(const struct keyring *keyring, const struct token *token,
		  char ret_text[CREDENTIAL_LENGTH_MAX + 1])
{
	struct token_bytes bytes = {
		.version = TOKEN_VERSION,
		.epoch = htobe32(token->epoch),
		.expires_ms = htobe64((uint64_t)wall_ms(token->expires)),
	};
	ensure(credential_decode(CREDENTIAL_CLIENT_ID, token->client_id, bytes.client_id,
				 CLIENT_ID_BYTES));
	memcpy(bytes.user, token->user, USER_UID_LENGTH);
	random_bytes(bytes.nonce, sizeof(bytes.nonce));
	keyring_mac(keyring, &bytes, TOKEN_MAC_COVERS, bytes.mac);
	credential_encode(CREDENTIAL_API_TOKEN, &bytes, sizeof(bytes), ret_text);
}

bool token_decode(const struct keyring *keyring, const char *text, struct token *ret_token)
{
	struct token_bytes bytes;

	if (!credential_decode(CREDENTIAL_API_TOKEN, text, &bytes, sizeof(bytes)) ||
	    !keyring_mac_is(keyring, &bytes, TOKEN_MAC_COVERS, bytes.mac) ||
	    bytes.version != TOKEN_VERSION)
		return false;
	credential_encode(CREDENTIAL_CLIENT_ID, bytes.client_id, CLIENT_ID_BYTES,
			  ret_token->client_id);
	ret_token->epoch = be32toh(bytes.epoch);
	ret_token->expires = wall_from_us((int64_t)be64toh(bytes.expires_ms) * 1000);
	memcpy(ret_token->user, bytes.user, USER_UID_LENGTH);
	ret_token->user[USER_UID_LENGTH] = '\0';
	return true;
}
