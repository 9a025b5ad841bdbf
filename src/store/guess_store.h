/* guess_store.h – wrong guesses in a row, by person and by where they came from. */
#ifndef GREFFIER_STORE_GUESS_STORE_H
#define GREFFIER_STORE_GUESS_STORE_H

#include "store/store.h"

struct guess_key {
	const char *account, *subject;
	const char *source; /* "": all addresses together */
};

struct guess_count {
	int64_t failed;
	struct wall_time last, blocked_until; /* 0: never */
};

/* Reads the count, and keeps others away from it until the txn ends. Without a row it is zero; one is made then. */
MUST_CHECK bool guess_count_lock(struct db *db, const struct guess_key *key,
				 struct guess_count *ret_count, struct error *err);
/* After guess_count_lock. */
MUST_CHECK bool guess_count_save(struct db *db, const struct guess_key *key,
				 const struct guess_count *count, struct error *err);
MUST_CHECK bool guess_count_delete(struct db *db, const struct guess_key *key, struct error *err);
/* From everywhere. */
MUST_CHECK bool guess_count_delete_all(struct db *db, const char *account, const char *subject,
				       struct error *err);
/* Those of one place whose last guess was before `before`; of all addresses together, before `in_all_before`. What stands for an
 * address that nobody has goes with the former, unless there were many: strangers can make any number of those. */
MUST_CHECK bool guess_count_prune(struct db *db, struct wall_time before,
				  struct wall_time in_all_before, struct error *err);

#endif
