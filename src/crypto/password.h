/* password.h – Argon2id for passwords that people choose. Slow on purpose: call it from workers,
 * never from a loop. */
#ifndef GREFFIER_CRYPTO_PASSWORD_H
#define GREFFIER_CRYPTO_PASSWORD_H

#include <stdbool.h>

#include "base/arena.h"

/* Returns the encoded hash (parameters, salt, hash) in `arena`. */
char *password_hash(struct arena *arena, const char *password);
bool password_matches(const char *hash, const char *password);
/* Makes a random password of about 100 bits: five groups of four characters that are easy to
 * read. */
void password_make(char ret_password[25]);

#endif
