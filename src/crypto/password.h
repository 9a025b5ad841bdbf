/* password.h – Argon2id for what people choose and type. Slow on purpose: workers only, never a loop. */
#ifndef GREFFIER_CRYPTO_PASSWORD_H
#define GREFFIER_CRYPTO_PASSWORD_H

#include <stdbool.h>

#include "base/arena.h"

/* The encoded hash (parameters, salt, hash), in `arena`. */
char *password_hash(struct arena *arena, const char *password);
bool password_matches(const char *hash, const char *password);
/* Five groups of four easily read characters, about 100 bits. */
void password_make(char ret_password[25]);

#endif
