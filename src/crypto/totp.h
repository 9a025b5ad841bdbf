/* totp.h – time-based one-time passwords (RFC 6238): six digits, 30 seconds, SHA-1, as every authenticator app has them. */
#ifndef GREFFIER_CRYPTO_TOTP_H
#define GREFFIER_CRYPTO_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/time.h"

#define TOTP_SECRET_BYTES 20 /* RFC 4226 section 4, R6 */

/* Base32 without padding, in `arena`: what people type into an app when they cannot scan. */
const char *totp_secret_text(struct arena *arena, struct bytes secret);
/* Whether `code` is right now, or was or will be within one step. *ret_step is the step it belongs to: accept it only when
 * it is later than the last one accepted (RFC 6238 section 5.2: one time means one time). */
bool totp_matches(struct bytes secret, const char *code, struct wall_time now, int64_t *ret_step);

#endif
