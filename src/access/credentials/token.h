/* token.h – API tokens: opaque to clients and verified without a database.
 *
 *   grf_at_ base62( version | prefix 3 | client id body 16 | epoch 4 | expires_ms 8 | user uid 12 | nonce 7 | MAC 16 ) checksum
 *
 * The MAC is keyed (crypto/keyring.h), so nobody else can make a token. A token ends when it
 * expires, and at once when its app's epoch changes (revoked, secret renewed); authenticator.h
 * compares the epoch. Pure except for the nonce. */
#ifndef GREFFIER_ACCESS_TOKEN_H
#define GREFFIER_ACCESS_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "crypto/credential.h"
#include "crypto/keyring.h"
#include "store/account_store.h"

#define TOKEN_ID_LENGTH 14

struct token {
	char client_id[CREDENTIAL_LENGTH_MAX + 1];
	uint32_t epoch;
	struct wall_time expires; /* whole milliseconds */
	char user[USER_UID_LENGTH + 1];
	char id[TOKEN_ID_LENGTH + 1]; /* its nonce in hexadecimal; set by token_decode */
};

/* Encodes a token. `token->client_id` must be a well-formed client id. */
void token_encode(const struct keyring *keyring, const struct token *token,
		  char ret_text[CREDENTIAL_LENGTH_MAX + 1]);
/* Decodes a token. Returns false unless this installation made it. Does not check `expires`,
 * because the caller has the clock. */
bool token_decode(const struct keyring *keyring, const char *text, struct token *ret_token);

#endif
