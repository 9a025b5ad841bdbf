/* tally.h – counts attempts in memory, and hands them to a cycle of the ledger every few seconds: statistics cost no transaction of
 * their own, and no row for each attempt.
 *
 * What a crash loses is the last TALLY_WRITE_EVERY_S seconds of statistics, and more where more than TALLY_WRITE_MAX endpoints are
 * sent to at once; an orderly stop loses nothing. The attempts themselves are on record. The same holds when the connection to the
 * database breaks during a commit: nothing is ever counted twice. One thread owns it. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_TALLY_H
#define GREFFIER_OUTBOUND_TALLY_H

#include "outbound/job.h"

#define TALLY_WRITE_EVERY_S 2
#define TALLY_WRITE_MAX 64 /* entries in one cycle: of an endpoint and a minute, or of an account and a minute */

struct tally;

struct tally *tally_new(const char *node);
void tally_free(struct tally *tally); /* NULL is fine */

/* An attempt that is on record. `shown`: store time; `now`: queue time. */
void tally_note(struct tally *tally, const struct job *job, const struct verdict_record *verdict,
		bool stale, struct wall_time shown, struct wall_time now);
/* When there is something to be written, in queue time; INT64_MAX: there is nothing. */
struct wall_time tally_due(const struct tally *tally);
/* Writes what has waited for longest, or at the end (`all`) everything. In the cycle's txn, after all else. */
MUST_CHECK bool tally_write(struct tally *tally, struct db *db, struct wall_time now, bool all,
			    struct error *err);
/* Whether that was committed. If nobody knows, it counts as written. */
void tally_settle(struct tally *tally, struct wall_time now, bool written);

#endif
