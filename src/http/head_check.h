/* head_check.h – what RFC 9112 demands of the raw bytes of a head, and llhttp does not check in every mode.
 *
 * Refused: a line that ends without CR LF (section 2.2), a folded header (section 5.2), a request line with other than
 * two spaces (section 3), a NUL. Proxies disagree about such bytes, and what they disagree about smuggles requests.
 * Pure. Inside src/http only. */
#ifndef GREFFIER_HTTP_HEAD_CHECK_H
#define GREFFIER_HTTP_HEAD_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

struct head_check {
	int at; /* enum in head_check.c; 0 at the start */
	unsigned spaces; /* of the request line */
};

/* Takes bytes up to the end of the head: *ret_used says how many, *ret_complete whether the head ends there.
 * False: *ret_reason says what is wrong (a constant). */
MUST_CHECK bool head_check_feed(struct head_check *check, const unsigned char *data, size_t length,
				size_t *ret_used, bool *ret_complete, const char **ret_reason);
/* Whether anything but empty lines has come (section 2.2 allows some before a request). */
bool head_check_has_begun(const struct head_check *check);

#endif
