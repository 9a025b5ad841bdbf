/* buf.h – a growing byte buffer with a maximum size that is set when it is created. */
#ifndef GREFFIER_BASE_BUF_H
#define GREFFIER_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

/* A sequence of bytes owned by someone else. */
struct bytes {
	const unsigned char *data;
	size_t length;
};

struct buf {
	/* NUL-terminated after `length` once something was added, for printing */
	unsigned char *data;
	size_t length;
	size_t capacity;
	size_t limit;
	/* true for limits up to BUF_SMALL: a failed allocation then stops the process (memory.h) */
	bool is_small;
};

#define BUF_SMALL 65536
/* Prepares an empty buffer. `limit` is its maximum length in bytes; use a named constant. */
void buf_init(struct buf *buf, size_t limit);
void buf_done(struct buf *buf); /* frees; the buffer may be used again after buf_init */
/* Appends `length` bytes. Returns false and leaves the buffer unchanged when the limit would be
 * exceeded or memory is short. */
MUST_CHECK bool buf_add(struct buf *buf, const void *data, size_t length);
/* Reserves room for `length` bytes in total, so that adding them copies nothing. Fails like
 * buf_add. */
MUST_CHECK bool buf_reserve(struct buf *buf, size_t length);
MUST_CHECK bool buf_add_text(struct buf *buf, const char *text);
MUST_CHECK bool buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* lends: valid until the next change of the buffer */
struct bytes buf_bytes(const struct buf *buf);
/* Gives the storage to the caller, who calls free() on it, and empties the buffer. Returns NULL
 * when the buffer is empty. */
unsigned char *buf_take(struct buf *buf, size_t *ret_length);

#endif
