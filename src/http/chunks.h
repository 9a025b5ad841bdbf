/* chunks.h – a body in chunks (RFC 9112 section 7.1), read strictly: every line ends with CR LF, sizes are hexadecimal digits
 * and nothing else, extensions and trailers are bounded and dropped. Pure. Inside src/http only. */
#ifndef GREFFIER_HTTP_CHUNKS_H
#define GREFFIER_HTTP_CHUNKS_H

#include <stdint.h>

#include "base/buf.h"

#define CHUNK_SIZE_DIGITS_MAX 8        /* 4 GiB: more than any body limit */
#define CHUNK_EXTENSIONS_MAX 4096      /* bytes of all extensions of a body */
#define CHUNK_TRAILERS_MAX 4096        /* bytes of all trailers */

struct chunks {
	int at; /* enum in chunks.c; 0 at the start */
	uint32_t left;
	unsigned digits;
	size_t extensions, trailers;
};

enum chunks_result {
	CHUNKS_MORE,    /* all bytes are used */
	CHUNKS_DATA,    /* *ret_data is a run of the body; go on behind *ret_used */
	CHUNKS_END,     /* the body is complete */
	CHUNKS_REFUSED, /* *ret_reason says why, a constant */
};

/* `*ret_data` is a view into `data`. */
enum chunks_result chunks_feed(struct chunks *chunks, const unsigned char *data, size_t length,
			       size_t *ret_used, struct bytes *ret_data, const char **ret_reason);

#endif
