/* error.h – one closed list of errors and one text, in a struct the caller owns.
 *
 * What can fail returns bool, is MUST_CHECK, leaves its ret_ arguments alone on failure and fills
 * `err`. Inner code returns; the edge (an API answer, the command line, a thread's loop) logs, once. */
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
	/* For developers: names the member at fault, never a secret. May be empty. */
	char technical[512];
	/* Of ERROR_TOO_MANY_REQUESTS: how long to wait. */
	int64_t wait_s;
};

/* Both return false, so that `return error_set(err, …);` is a whole failure path.
 * error_set replaces what err held. `format` may be NULL when there is nothing to add. */
bool error_set(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/* ERROR_TOO_MANY_REQUESTS with the time to wait. */
bool error_set_wait(struct error *err, int64_t wait_s, const char *technical);
/* Adds context in front of `technical`, keeps the code. */
bool error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

int error_http_status(enum error_code code);
const char *error_key(enum error_code code);     /* "error.validation.invalidJson" */
const char *error_message(enum error_code code); /* constant English sentence */
const char *error_name(enum error_code code);    /* "Validation Error", from the status */
/* 0 none, 1 the caller's mistake, 2 usage, 3 ours or the system's, 4 the data folder is gone. */
int error_exit_code(enum error_code code);

#endif
