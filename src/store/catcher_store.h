/* catcher_store.h – receivers inside this server, and the requests they keep. */
#ifndef GREFFIER_STORE_CATCHER_STORE_H
#define GREFFIER_STORE_CATCHER_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/store.h"

struct catcher {
	const char *account, *id;
	struct bytes token_hash;   /* keyed hash of the URL's last part */
	struct bytes token_sealed; /* context "catcher.token:<account>:<id>" */
	int64_t answer;            /* HTTP status */
	int64_t caught;            /* since it was made, those that are gone included */
	struct wall_time created, expires; /* store time */
};

struct caught {
	int64_t number; /* 1, 2 … in its catcher */
	struct wall_time received;
	struct bytes sealed; /* context "caught:<account>:<catcher>:<number>" */
};

MUST_CHECK bool catcher_insert(struct db *db, const struct catcher *catcher, struct error *err);
/* Of those that have not expired at `now`. */
MUST_CHECK bool catcher_find(struct db *db, struct arena *arena, const char *account, const char *id,
			     struct wall_time now, struct catcher *ret_catcher, bool *ret_found,
			     struct error *err);
MUST_CHECK bool catcher_find_by_token(struct db *db, struct arena *arena, struct bytes hash,
				      struct wall_time now, struct catcher *ret_catcher,
				      bool *ret_found, struct error *err);
/* The oldest first, `limit` at most. */
MUST_CHECK bool catcher_list(struct db *db, struct arena *arena, const char *account,
			     struct wall_time now, size_t limit, struct catcher **ret_catchers,
			     size_t *ret_count, struct error *err);
MUST_CHECK bool catcher_set_answer(struct db *db, const struct catcher *catcher, int64_t answer,
				   struct error *err);
/* With all that it keeps. In a txn. */
MUST_CHECK bool catcher_delete(struct db *db, const char *account, const char *id,
			       struct error *err);

/* The number of the next request, whose row is locked until the end of the txn; *ret_found false when the catcher is gone. */
MUST_CHECK bool catcher_take_number(struct db *db, const struct catcher *catcher,
				    int64_t *ret_number, bool *ret_found, struct error *err);
/* Keeps it, and the `keep` - 1 before it. In the same txn. */
MUST_CHECK bool caught_insert(struct db *db, const struct catcher *catcher,
			      const struct caught *caught, int64_t keep, struct error *err);
/* Newest first: those with a number greater than `after`, `limit` at most. */
MUST_CHECK bool caught_list(struct db *db, struct arena *arena, const struct catcher *catcher,
			    int64_t after, size_t limit, struct caught **ret_caught,
			    size_t *ret_count, struct error *err);

/* Removes those that have expired, with all that they keep. */
MUST_CHECK bool catcher_prune(struct db *db, struct wall_time now, struct error *err);

#endif
