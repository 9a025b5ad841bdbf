/* address.h – an address as SMTP carries it: the domain as A-labels (RFC 5890, UTS 46). Pure.
 *
 * Servers without SMTPUTF8 (RFC 6531) refuse "ann@exämple.org" and take "ann@xn--exmple-cua.org". Only a local part beyond
 * ASCII needs that extension; libcurl asks for it. libcurl converts domains too, but by the process's locale, which is "C". */
#ifndef GREFFIER_MAIL_ADDRESS_H
#define GREFFIER_MAIL_ADDRESS_H

#include "base/arena.h"

/* In `arena`; `address` itself when its domain is ASCII, or cannot be a domain: then the server says so. */
const char *mail_address(struct arena *arena, const char *address);

#endif
