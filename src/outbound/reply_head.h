/* reply_head.h – the head of a receiver's reply as a record shows it. Pure. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_REPLY_HEAD_H
#define GREFFIER_OUTBOUND_REPLY_HEAD_H

#include "base/arena.h"
#include "base/buf.h"

/* Status line and headers, one a line, as valid UTF-8 of at most ATTEMPT_REPLY_HEAD_MAX bytes: spaces for control characters,
 * U+FFFD for what is not UTF-8. Values of cookies and of headers whose names tell of keys, tokens or the like are "***", and so are
 * their folded lines and the query of a URL. `head` is a stranger's bytes, perhaps cut anywhere. In `arena`; "" for nothing. */
const char *reply_head_text(struct arena *arena, struct bytes head);

#endif
