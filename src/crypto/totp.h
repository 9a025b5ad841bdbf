/* totp.h – time-based one-time passwords (RFC 6238) as authenticator apps expect them: six
 * digits, 30 seconds, SHA-1. */
#ifndef GREFFIER_CRYPTO_TOTP_H
#define GREFFIER_CRYPTO_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/time.h"

#define TOTP_SECRET_BYTES 20 /* RFC 4226 section 4, R6 */

/* Returns the secret in base32 without padding, in `arena`, for people who type it into an app
 * instead of scanning it. */
const char *totp_secret_text(struct arena *arena, struct bytes secret);
/* Tells whether `code` is valid now, one step before or one step after. `*ret_step` is the step
 * it belongs to. Accept the code only when that step is later than the last accepted one, so
 * that no code works twice (RFC 6238 section 5.2). */
bool totp_matches(struct bytes secret, const char *code, struct wall_time now, int64_t *ret_step);

#endif
