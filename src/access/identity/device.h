/* device.h – a browser on which somebody has signed in before, known by a signed cookie.
 *
 * It proves nothing but that: whoever has the cookie still needs the password and the code. Wrong guesses of others do not
 * make a known device wait (guess.h). It names one person, and ends with that person's password. */
#ifndef GREFFIER_ACCESS_DEVICE_H
#define GREFFIER_ACCESS_DEVICE_H

#include "context/context.h"

#define DEVICE_LIFE_S (400 * 86400) /* RFC 6265bis section 5.5: browsers keep no cookie longer */

/* A new one, for the cookie. In the context's arena. */
const char *device_make(const struct context *context, const struct user *user);
/* The id of the device that the call comes from when this user knows it; NULL otherwise. In the context's arena. */
const char *device_of(const struct context *context, const struct user *user);

#endif
