/* ledger.h – the only part of outbound/ that knows the store: claims what is due, records what came of it.
 * Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_LEDGER_H
#define GREFFIER_OUTBOUND_LEDGER_H

#include "outbound/job.h"

struct ledger;

/* `send` takes a list of what is ready to be sent; called on the ledger's thread, once it is started. */
struct ledger *ledger_new(const struct outbound_config *config,
			  void (*send)(struct sending *sendings, void *arg), void *arg,
			  struct error *err);
MUST_CHECK bool ledger_start(struct ledger *ledger, struct error *err);
/* Something may be due. From any thread. */
void ledger_wake(struct ledger *ledger);
/* Takes a probe (job.h), which is sent as soon as there is a token for it. From any thread. */
void ledger_probe(struct ledger *ledger, struct job *job);
/* What the roster says of an endpoint (roster_turn). From any thread; cheap. */
struct endpoint_turn ledger_turn(const struct ledger *ledger, const char *account,
				 const char *endpoint, struct wall_time now);
/* Endpoints have changed: what is on hold is looked at again. From any thread. */
void ledger_look_again(struct ledger *ledger);
/* Claims nothing more, and waits until every job is back and recorded, for `patience` at most. */
void ledger_quiesce(struct ledger *ledger, struct duration patience);
/* Records what has come back since; every job must have. Ends the thread. NULL is fine. */
void ledger_finish_and_free(struct ledger *ledger);

#endif
