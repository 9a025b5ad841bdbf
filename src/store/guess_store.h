/* guess_store.h – counts of consecutive failed sign-ins, per person and per source address. */
#ifndef GREFFIER_STORE_GUESS_STORE_H
#define GREFFIER_STORE_GUESS_STORE_H

#include "store/store.h"

struct guess_key {
	const char *account, *subject;
	const char *source; /* "": total over all addresses */
};

struct guess_count {
	int64_t failed;
	struct wall_time last, blocked_until; /* 0: never */
};

/* Reads the count and locks it until the txn ends. Creates a count of zero when there is none. */
MUST_CHECK bool guess_count_lock(struct db *db, const struct guess_key *key,
				 struct guess_count *ret_count, struct error *err);
/* Saves a count that guess_count_lock has locked. */
MUST_CHECK bool guess_count_save(struct db *db, const struct guess_key *key,
				 const struct guess_count *count, struct error *err);
MUST_CHECK bool guess_count_delete(struct db *db, const struct guess_key *key, struct error *err);
/* Deletes a person's counts of all addresses. */
MUST_CHECK bool guess_count_delete_all(struct db *db, const char *account, const char *subject,
				       struct error *err);
/* Deletes counts whose last guess is too old: per address before `before`, over all addresses
 * before `in_all_before`. Counts for an e-mail address that no user has are deleted at the
 * earlier limit unless they are high, because strangers can create any number of them. */
MUST_CHECK bool guess_count_prune(struct db *db, struct wall_time before,
				  struct wall_time in_all_before, struct error *err);

#endif
