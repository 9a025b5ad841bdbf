/* target_url.h – checks URLs that this server will send requests to. Pure. */
#ifndef GREFFIER_NOTIFY_TARGET_URL_H
#define GREFFIER_NOTIFY_TARGET_URL_H

#include "base/error.h"

#define TARGET_URL_MAX 2048 /* characters */

/* Fails with ERROR_CALLBACK_INVALID_URL, which names `member`: the URL is not absolute, has
 * another scheme than http or https, contains user information or anything but visible ASCII, or
 * is too long. Addresses are checked when connecting: outbound/guard.h. */
MUST_CHECK bool target_url_check(const char *member, const char *url, struct error *err);

#endif
