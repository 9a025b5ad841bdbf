/* holders.h – caches the access tokens of endpoints, one holder per endpoint that uses tokens.
 * Inside src/outbound only.
 *
 * Each delivery looks up a holder, so they are in a map. A holder without use is removed after
 * HOLDER_IDLE_S, so that deleted endpoints leave nothing behind; the next use then costs one
 * token request. Memory only, with queue time (store_clock.h) as an argument. Belongs to the
 * ledger's thread. */
#ifndef GREFFIER_OUTBOUND_HOLDERS_H
#define GREFFIER_OUTBOUND_HOLDERS_H

#include "base/map.h"
#include "outbound/job.h"

#define HOLDER_IDLE_S 3600

struct holder { /* the token of one endpoint */
	struct map_entry link;
	char *account, *endpoint;
	/* A token is valid only for the registration for which it was requested. */
	int64_t registered_us;
	char *token;	       /* NULL: none */
	struct wall_time expires, used;
	bool is_accepted; /* a receiver has accepted it */
	bool fetching;
	/* For settings that are not stored: used by one probe and never found by others. */
	bool is_passing;
	struct sending *waiting, **waiting_last; /* jobs */
};

struct holders;

struct holders *holders_new(void);
void holders_free(struct holders *holders); /* no job may be waiting */
size_t holders_count(const struct holders *holders);

/* Returns the holder of the endpoint as registered now, and makes one when there is none. Drops
 * a token that was requested for another registration. The holder exists until it is idle; one
 * that fetches, or that jobs wait for, always stays. */
struct holder *holder_get(struct holders *holders, const struct endpoint *endpoint, struct wall_time now);
/* Returns NULL when there is none. */
struct holder *holder_find(const struct holders *holders, const char *account, const char *endpoint);
/* Makes a holder for settings that are not stored: its token must not reach deliveries, and
 * tokens of deliveries must not reach its probe. The caller frees it. */
struct holder *holder_new_passing(const struct endpoint *endpoint);
void holder_free_passing(struct holder *holder);

/* Lets the job wait for the token. */
void holder_wait(struct holder *holder, struct sending *job);
/* Returns all waiting jobs in order of arrival and ends fetching. */
struct sending *holder_release(struct holder *holder);

bool holder_has_token(const struct holder *holder, struct wall_time now);
/* Stores a copy of the token; NULL: none. */
void holder_keep(struct holder *holder, const char *token, struct wall_time expires);
/* Wipes and removes the token. */
void holder_forget(struct holder *holder);

#endif
