/* head_check.h – checks the raw bytes of a head for what llhttp does not check in every mode
 * (RFC 9112).
 *
 * Refused are a line that does not end with CR LF (section 2.2), a folded header (section 5.2),
 * a request line without exactly two spaces (section 3), and a NUL. Proxies interpret such bytes
 * differently, and each difference allows request smuggling. Pure. Inside src/http only. */
#ifndef GREFFIER_HTTP_HEAD_CHECK_H
#define GREFFIER_HTTP_HEAD_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

struct head_check {
	int at; /* enum in head_check.c; 0 at the start */
	unsigned spaces; /* in the request line */
};

/* Checks bytes up to the end of the head. `*ret_used` is their number; `*ret_complete` is true
 * when the head ends there. Returns false when the head is refused; `*ret_reason` (a constant)
 * says why. */
MUST_CHECK bool head_check_feed(struct head_check *check, const unsigned char *data, size_t length,
				size_t *ret_used, bool *ret_complete, const char **ret_reason);
/* True once anything but empty lines has come. RFC 9112 section 2.2 allows empty lines before a
 * request. */
bool head_check_has_begun(const struct head_check *check);

#endif
