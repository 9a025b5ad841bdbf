/* address.h – converts an e-mail address for SMTP: the domain becomes A-labels (RFC 5890, UTS
 * 46). Pure.
 *
 * Servers without SMTPUTF8 (RFC 6531) refuse "ann@exämple.org" but accept
 * "ann@xn--exmple-cua.org". Only a local part beyond ASCII needs that extension, and libcurl
 * requests it. libcurl also converts domains, but with the process's locale, which is "C". */
#ifndef GREFFIER_MAIL_ADDRESS_H
#define GREFFIER_MAIL_ADDRESS_H

#include "base/arena.h"

/* Returns the converted address in `arena`. Returns `address` itself when its domain is ASCII,
 * or is not a valid domain; the mail server then reports the error. */
const char *mail_address(struct arena *arena, const char *address);

#endif
