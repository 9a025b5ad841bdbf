/* fan_out.h – makes the deliveries that were too many for the transaction of their events:
 * store/fan_out_store.h.
 *
 * Each piece is a transaction of about FAN_OUT_PIECE_MS including its commit. Accounts with an
 * open fan-out take turns, and between two pieces other transactions use the writer. */
#ifndef GREFFIER_NOTIFY_FAN_OUT_H
#define GREFFIER_NOTIFY_FAN_OUT_H

#include "base/time.h"
#include "store/account_store.h"
#include "store/store.h"

#define FAN_OUT_PIECE_MS 50

/* A node's position among all fan-outs. Initially zero. */
struct fan_out_round {
	char account[ACCOUNT_ID_LENGTH + 1]; /* account of the last piece */
	size_t events;                       /* maximum number of events in the next piece */
	int64_t work_us;                     /* time the next piece may work before its commit */
};

/* Makes one piece, if any is missing. `now` is queue time. *ret_next is when the next may be
 * due. */
MUST_CHECK bool fan_out_step(struct session *session, struct fan_out_round *round,
			     struct wall_time now, struct wall_time *ret_next, struct error *err);

#endif
