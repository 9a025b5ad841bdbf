/* history_store.h – the previous values of changes in an account's configuration, each stored
 * with an entry of the audit log. */
#ifndef GREFFIER_STORE_HISTORY_STORE_H
#define GREFFIER_STORE_HISTORY_STORE_H

#include "store/audit_store.h"

struct configuration_change {
	const char *account;
	int64_t sequence; /* number of the audit entry */
	int kind;         /* enum history_kind (access/accounts/history.h) */
	const char *subject;
	struct bytes change_sealed;
};

/* Number of the account's last audit entry, in the txn that has just written it. 0: there is
 * none. */
MUST_CHECK bool audit_last(struct db *db, const char *account, int64_t *ret_sequence,
			   struct error *err);
MUST_CHECK bool configuration_change_insert(struct db *db, const struct configuration_change *change,
					    struct error *err);
/* Finds a change and its audit entry. */
MUST_CHECK bool configuration_change_find(struct db *db, struct arena *arena, const char *account,
					  int64_t sequence, struct configuration_change *ret_change,
					  struct audit_entry *ret_entry, bool *ret_found,
					  struct error *err);
/* Lists the numbers of changes of one kind below `before` (0: all), newest first. `subject` NULL
 * selects all subjects. */
MUST_CHECK bool configuration_change_list(struct db *db, const char *account, int kind,
					  const char *subject, int64_t before, int64_t limit,
					  int64_t *ret_sequences, size_t *ret_count,
					  struct error *err);

#endif
