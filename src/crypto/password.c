/* password.c – libsodium's Argon2id at its "interactive" strength. */
#include "crypto/password.h"

#include <sodium.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"

#define GROUPS 5
#define GROUP_LENGTH 4

char *password_hash(struct arena *arena, const char *password)
{
	char hash[crypto_pwhash_STRBYTES];

	ensure(crypto_pwhash_str(hash, password, strlen(password),
				 crypto_pwhash_OPSLIMIT_INTERACTIVE,
				 crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0);
	return arena_strdup(arena, hash);
}

bool password_matches(const char *hash, const char *password)
{
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

void password_make(char ret_password[25])
{
	/* Without those that are taken for one another: 0 o, 1 i l. 4.95 bits each. */
	static const char alphabet[] = "23456789abcdefghjkmnpqrstuvwxyz";
	size_t at = 0;

	for (int group = 0; group < GROUPS; group++) {
		for (int i = 0; i < GROUP_LENGTH; i++)
			ret_password[at++] = alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
		ret_password[at++] = '-';
	}
	ret_password[at - 1] = '\0';
}
