/* catcher_store.h – catchers, which are test receivers inside this server, and the requests that
 * they keep. */
#ifndef GREFFIER_STORE_CATCHER_STORE_H
#define GREFFIER_STORE_CATCHER_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/store.h"

struct catcher {
	const char *account, *id;
	struct bytes token_hash;   /* keyed hash of the last part of the URL */
	struct bytes token_sealed; /* context "catcher.token:<account>:<id>" */
	int64_t answer;            /* HTTP status that it answers with */
	int64_t caught;            /* all requests so far, including those no longer kept */
	struct wall_time created, expires; /* store time */
};

struct caught {
	int64_t number; /* counts from 1 in its catcher */
	struct wall_time received;
	struct bytes sealed; /* context "caught:<account>:<catcher>:<number>" */
};

MUST_CHECK bool catcher_insert(struct db *db, const struct catcher *catcher, struct error *err);
/* Finds a catcher that has not expired at `now`. */
MUST_CHECK bool catcher_find(struct db *db, struct arena *arena, const char *account, const char *id,
			     struct wall_time now, struct catcher *ret_catcher, bool *ret_found,
			     struct error *err);
MUST_CHECK bool catcher_find_by_token(struct db *db, struct arena *arena, struct bytes hash,
				      struct wall_time now, struct catcher *ret_catcher,
				      bool *ret_found, struct error *err);
/* Lists catchers, oldest first, at most `limit`. */
MUST_CHECK bool catcher_list(struct db *db, struct arena *arena, const char *account,
			     struct wall_time now, size_t limit, struct catcher **ret_catchers,
			     size_t *ret_count, struct error *err);
MUST_CHECK bool catcher_set_answer(struct db *db, const struct catcher *catcher, int64_t answer,
				   struct error *err);
/* Deletes a catcher and the requests that it keeps. In a txn. */
MUST_CHECK bool catcher_delete(struct db *db, const char *account, const char *id,
			       struct error *err);

/* Assigns the number of the next request and locks the catcher's row until the txn ends.
 * *ret_found is false when the catcher is gone. */
MUST_CHECK bool catcher_take_number(struct db *db, const struct catcher *catcher,
				    int64_t *ret_number, bool *ret_found, struct error *err);
/* Stores a request and deletes older ones, so that `keep` remain. In the same txn as
 * catcher_take_number. */
MUST_CHECK bool caught_insert(struct db *db, const struct catcher *catcher,
			      const struct caught *caught, int64_t keep, struct error *err);
/* Lists requests with a number greater than `after`, newest first, at most `limit`. */
MUST_CHECK bool caught_list(struct db *db, struct arena *arena, const struct catcher *catcher,
			    int64_t after, size_t limit, struct caught **ret_caught,
			    size_t *ret_count, struct error *err);

/* Deletes expired catchers and the requests that they keep. */
MUST_CHECK bool catcher_prune(struct db *db, struct wall_time now, struct error *err);

#endif
