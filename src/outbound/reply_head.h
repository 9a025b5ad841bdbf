/* reply_head.h – writes the head of a receiver's reply for the record. Pure. Inside src/outbound
 * only. */
#ifndef GREFFIER_OUTBOUND_REPLY_HEAD_H
#define GREFFIER_OUTBOUND_REPLY_HEAD_H

#include "base/arena.h"
#include "base/buf.h"

/* Returns status line and headers, one per line, as valid UTF-8 of at most
 * ATTEMPT_REPLY_HEAD_MAX bytes in `arena`; "" for an empty head. Control characters become
 * spaces and invalid UTF-8 becomes U+FFFD.
 *
 * The values of cookies, and of headers whose names suggest keys or tokens, become "***",
 * including their folded lines. So do queries of URLs. `head` comes from outside and may be cut
 * anywhere. */
const char *reply_head_text(struct arena *arena, struct bytes head);

#endif
