/* buf.h – a growing byte buffer with a limit given at birth. */
#ifndef GREFFIER_BASE_BUF_H
#define GREFFIER_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

/* A run of bytes somebody else owns. */
struct bytes {
	const unsigned char *data;
	size_t length;
};

struct buf {
	unsigned char *data; /* NUL-terminated past `length` once anything was added, for printing */
	size_t length;
	size_t capacity;
	size_t limit;
	bool is_small; /* no stranger's size (memory.h): set for limits up to BUF_SMALL */
};

#define BUF_SMALL 65536
/* `limit` in bytes; choose a named constant. */
void buf_init(struct buf *buf, size_t limit);
void buf_done(struct buf *buf); /* frees; the buffer may be used again after buf_init */
/* False when the limit would be passed or there is no memory: the buffer is then unchanged. */
MUST_CHECK bool buf_add(struct buf *buf, const void *data, size_t length);
/* Makes room for `length` bytes in all, so that they are added without a copy. False as above. */
MUST_CHECK bool buf_reserve(struct buf *buf, size_t length);
MUST_CHECK bool buf_add_text(struct buf *buf, const char *text);
MUST_CHECK bool buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
struct bytes buf_bytes(const struct buf *buf); /* lends: valid until the next change */
/* Gives the storage to the caller (free() it) and empties the buffer; NULL when empty. */
unsigned char *buf_take(struct buf *buf, size_t *ret_length);

#endif
