/* tally.h – counts attempts in memory for statistics. Inside src/outbound only.
 *
 * The counts are added to a cycle of the ledger every few seconds, so that statistics need no
 * separate transaction and no row per attempt.
 *
 * A crash loses the statistics of the last TALLY_WRITE_EVERY_S seconds, or more when more than
 * TALLY_WRITE_MAX endpoints are active at once. An orderly stop loses nothing, and the attempts
 * themselves are always recorded. When the database connection breaks during a commit, counts
 * may be lost but never counted twice. One thread owns it. */
#ifndef GREFFIER_OUTBOUND_TALLY_H
#define GREFFIER_OUTBOUND_TALLY_H

#include "outbound/job.h"

#define TALLY_WRITE_EVERY_S 2
/* Entries per cycle; an entry is one endpoint or account and one minute. */
#define TALLY_WRITE_MAX 64

struct tally;

struct tally *tally_new(const char *node);
void tally_free(struct tally *tally); /* NULL is fine */

/* Counts a recorded attempt. `shown` is store time, `now` queue time. */
void tally_note(struct tally *tally, const struct job *job, const struct verdict_record *verdict,
		bool stale, struct wall_time shown, struct wall_time now);
/* When something must be written, in queue time; INT64_MAX: nothing. */
struct wall_time tally_due(const struct tally *tally);
/* Writes the entries that have waited longest, or all of them with `all`. At the end of the
 * cycle's txn. */
MUST_CHECK bool tally_write(struct tally *tally, struct db *db, struct wall_time now, bool all,
			    struct error *err);
/* Records whether that txn was committed. Pass true when it is unknown. */
void tally_settle(struct tally *tally, struct wall_time now, bool written);

#endif
