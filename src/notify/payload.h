/* payload.h – the body of a notification: seven members, in the order listeners have always seen them,
 * null where unused, and the extra members of the few types that have some. */
#ifndef GREFFIER_NOTIFY_PAYLOAD_H
#define GREFFIER_NOTIFY_PAYLOAD_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/event_store.h"

/* UTF-8 JSON in `arena`. The same event always gives the same bytes. */
struct bytes payload_build(struct arena *arena, const struct event *event);

#endif
