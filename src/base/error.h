/* error.h – a closed list of error codes, and one error text in a struct that the caller owns.
 *
 * A function that can fail returns bool and is MUST_CHECK. On failure it fills `err` and leaves
 * its ret_ arguments unchanged. Inner code returns the error; the edge (an API answer, the
 * command line, a thread's loop) reports it once. */
#ifndef GREFFIER_BASE_ERROR_H
#define GREFFIER_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

enum error_code {
	ERROR_NONE = 0,
#define ERROR(code, status, key, message) ERROR_##code,
#include "base/error.def"
#undef ERROR
	ERROR_COUNT
};

struct error {
	enum error_code code;
	/* For developers: names the member at fault and never contains a secret. May be empty. */
	char technical[512];
	/* With ERROR_TOO_MANY_REQUESTS: seconds to wait before the next request. */
	int64_t wait_s;
};

/* Sets code and text, and replaces any earlier error in `err`. `format` may be NULL. Always
 * returns false, so that `return error_set(err, …);` is a complete failure path. */
bool error_set(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/* Sets ERROR_TOO_MANY_REQUESTS with the seconds to wait. Always returns false. */
bool error_set_wait(struct error *err, int64_t wait_s, const char *technical);
/* Puts context in front of `technical` and keeps the code. Always returns false. */
bool error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

int error_http_status(enum error_code code);
const char *error_key(enum error_code code);     /* "error.validation.invalidJson" */
const char *error_message(enum error_code code); /* a constant English sentence */
const char *error_name(enum error_code code);    /* "Validation Error": derived from the status */
/* Exit code of the command line: 0 no error, 1 mistake of the caller, 2 wrong usage, 3 failure
 * of this server or of the system, 4 the data folder is gone. */
int error_exit_code(enum error_code code);

#endif
