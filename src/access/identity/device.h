/* device.h – recognises, by a signed cookie, a browser on which a person has signed in before.
 *
 * The cookie is not a credential: password and code are still required. Its only effect is that
 * wrong guesses of others do not delay a known device (guess.h). It belongs to one person and
 * ends with that person's password. */
#ifndef GREFFIER_ACCESS_DEVICE_H
#define GREFFIER_ACCESS_DEVICE_H

#include "context/context.h"

#define DEVICE_LIFE_S (400 * 86400) /* RFC 6265bis section 5.5: browsers keep no cookie longer */

/* Makes a new value for the cookie, in the context's arena. */
const char *device_make(const struct context *context, const struct user *user);
/* Returns the id of the calling device when this user knows it, in the context's arena; NULL
 * otherwise. */
const char *device_of(const struct context *context, const struct user *user);

#endif
