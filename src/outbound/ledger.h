/* ledger.h – claims deliveries that are due and records their outcomes. The only part of
 * outbound/ that uses the store. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_LEDGER_H
#define GREFFIER_OUTBOUND_LEDGER_H

#include "outbound/job.h"

struct ledger;

/* Makes a ledger. `send` takes a list of sendings; it is called on the ledger's thread after
 * ledger_start. */
struct ledger *ledger_new(const struct outbound_config *config,
			  void (*send)(struct sending *sendings, void *arg), void *arg,
			  struct error *err);
MUST_CHECK bool ledger_start(struct ledger *ledger, struct error *err);
/* Wakes the ledger because a delivery may be due. From any thread. */
void ledger_wake(struct ledger *ledger);
/* Takes a probe (job.h), which is sent once its token is available. From any thread. */
void ledger_probe(struct ledger *ledger, struct job *job);
/* Returns the roster's view of an endpoint (roster_turn). From any thread; cheap. */
struct endpoint_turn ledger_turn(const struct ledger *ledger, const char *account,
				 const char *endpoint, struct wall_time now);
/* Checks endpoints on hold again, because endpoints have changed. From any thread. */
void ledger_look_again(struct ledger *ledger);
/* Stops claiming and waits at most `patience` until every job has returned and is recorded. */
void ledger_quiesce(struct ledger *ledger, struct duration patience);
/* Records the jobs that have returned since, which must be all, and ends the thread. NULL is
 * accepted. */
void ledger_finish_and_free(struct ledger *ledger);

#endif
