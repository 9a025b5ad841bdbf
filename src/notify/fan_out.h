/* fan_out.h – makes the deliveries that were too many for the transaction of their events: store/fan_out_store.h.
 *
 * Piece by piece, each a transaction of about FAN_OUT_PIECE_MS with its commit, and one piece for each account in turn. Between two pieces all others
 * have their turn at the writer. */
#ifndef GREFFIER_NOTIFY_FAN_OUT_H
#define GREFFIER_NOTIFY_FAN_OUT_H

#include "base/time.h"
#include "store/account_store.h"
#include "store/store.h"

#define FAN_OUT_PIECE_MS 50

/* Where a node is with all fan-outs. Begins as zeros. */
struct fan_out_round {
	char account[ACCOUNT_ID_LENGTH + 1]; /* whose piece was the last */
	size_t events;                       /* that the next piece looks at, at most */
	int64_t work_us;                     /* how long it may work before its commit */
};

/* Makes a piece, if there is one to make. `now` is queue time. *ret_next: when the next may be due. */
MUST_CHECK bool fan_out_step(struct session *session, struct fan_out_round *round,
			     struct wall_time now, struct wall_time *ret_next, struct error *err);

#endif
