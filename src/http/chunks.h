/* chunks.h – a strict reader of chunked bodies (RFC 9112 section 7.1).
 *
 * Every line must end with CR LF, and a size is hexadecimal digits and nothing else. Extensions
 * and trailers are limited in length and ignored. Pure. Inside src/http only. */
#ifndef GREFFIER_HTTP_CHUNKS_H
#define GREFFIER_HTTP_CHUNKS_H

#include <stdint.h>

#include "base/buf.h"

#define CHUNK_SIZE_DIGITS_MAX 8        /* 4 GiB: more than any body limit */
#define CHUNK_EXTENSIONS_MAX 4096      /* total bytes of the extensions of one body */
#define CHUNK_TRAILERS_MAX 4096        /* total bytes of the trailers of one body */

struct chunks {
	int at; /* enum in chunks.c; 0 at the start */
	uint32_t left;
	unsigned digits;
	size_t extensions, trailers;
};

enum chunks_result {
	CHUNKS_MORE,    /* all bytes were used; give it more */
	CHUNKS_DATA,    /* *ret_data is a piece of the body; continue after *ret_used */
	CHUNKS_END,     /* the body is complete */
	CHUNKS_REFUSED, /* *ret_reason says why (a constant) */
};

/* Reads the next bytes of a chunked body. `*ret_data` points into `data`. */
enum chunks_result chunks_feed(struct chunks *chunks, const unsigned char *data, size_t length,
			       size_t *ret_used, struct bytes *ret_data, const char **ret_reason);

#endif
