/* target_url.h – what may stand where a URL is given that this server shall call. Pure. */
#ifndef GREFFIER_NOTIFY_TARGET_URL_H
#define GREFFIER_NOTIFY_TARGET_URL_H

#include "base/error.h"

#define TARGET_URL_MAX 2048 /* characters */

/* ERROR_CALLBACK_INVALID_URL, naming `member`: not absolute, neither http nor https, with user information, too long, or
 * with anything but visible ASCII. Addresses are judged when they are connected to: outbound/guard.h. */
MUST_CHECK bool target_url_check(const char *member, const char *url, struct error *err);

#endif
