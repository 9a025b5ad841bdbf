/* holders.h – the access tokens that endpoints' authorization servers gave, in memory: one holder for each endpoint that uses one.
 *
 * Found by a map, because each delivery asks. A holder without a use is forgotten (HOLDER_IDLE_S), so that endpoints that are
 * deleted or no longer called leave nothing behind; what that costs is one token request. Pure memory, told the time: queue time
 * (store_clock.h). Belongs to the ledger's thread. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_HOLDERS_H
#define GREFFIER_OUTBOUND_HOLDERS_H

#include "base/map.h"
#include "outbound/job.h"

#define HOLDER_IDLE_S 3600

struct holder { /* of a token, for one endpoint */
	struct map_entry link;
	char *account, *endpoint;
	int64_t registered_us; /* a token serves the registration it was fetched for */
	char *token;	       /* NULL: none */
	struct wall_time expires, used;
	bool is_accepted; /* a receiver has taken it */
	bool fetching;
	bool is_passing; /* of settings that are not stored: for one probe, found by nobody */
	struct sending *waiting, **waiting_last; /* jobs */
};

struct holders;

struct holders *holders_new(void);
void holders_free(struct holders *holders); /* nobody may be waiting */
size_t holders_count(const struct holders *holders);

/* The holder of the endpoint as it is registered now, made when there is none: a token that was fetched for another registration
 * is forgotten. Stands until it is idle; one that fetches or is waited for stands in any case. */
struct holder *holder_get(struct holders *holders, const struct endpoint *endpoint, struct wall_time now);
/* NULL when there is none. */
struct holder *holder_find(const struct holders *holders, const char *account, const char *endpoint);
/* One for settings that are not stored: its token must reach no delivery, and no delivery's token a probe of such settings. The
 * caller frees it. */
struct holder *holder_new_passing(const struct endpoint *endpoint);
void holder_free_passing(struct holder *holder);

/* The job waits for the token. */
void holder_wait(struct holder *holder, struct sending *job);
/* All that wait, in the order they came; it no longer fetches. */
struct sending *holder_release(struct holder *holder);

bool holder_has_token(const struct holder *holder, struct wall_time now);
/* The token is copied; NULL: none. */
void holder_keep(struct holder *holder, const char *token, struct wall_time expires);
/* Wiped. */
void holder_forget(struct holder *holder);

#endif
