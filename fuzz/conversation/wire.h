/* wire.h – one request and its answer over a new connection to the server. */
#ifndef GREFFIER_FUZZ_WIRE_H
#define GREFFIER_FUZZ_WIRE_H

#include <stdbool.h>

#include "base/buf.h"

#define ANSWER_MAX (4u << 20)

struct answer {
	int status; /* 0: none came in time */
	struct buf bytes; /* the whole of it; text is NUL-terminated */
	const char *body; /* within; "" when there is none */
};

/* `request` is sent as it is. Waits up to `patience_ms` for the end of the answer. Free with answer_done. */
struct answer wire_ask(unsigned port, struct bytes request, int patience_ms);
void answer_done(struct answer *answer);

#endif
