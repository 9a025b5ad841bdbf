/* audit_store.h – the audit log: who did what to which credential, setting or role. Append-only.
 *
 * Each entry has a number without gaps, and a MAC over itself and the MAC of the entry before
 * it. The table audit_head holds the last number and MAC; appending locks it. The MAC's key is
 * not in the database (access/audit.h). */
#ifndef GREFFIER_STORE_AUDIT_STORE_H
#define GREFFIER_STORE_AUDIT_STORE_H

#include "store/account_store.h"

struct audit_entry {
	const char *account; /* "": the installation itself */
	int64_t sequence;
	struct wall_time at;
	const char *actor_kind; /* USER, CLIENT_APP, OPERATOR, PARTNER, SYSTEM */
	const char *actor;      /* uid, client id, system user … */
	const char *address;    /* "" when there is none */
	const char *action;     /* "client_app.create" */
	const char *target;     /* client id, uid, role id … */
	const char *detail;     /* JSON object */
	struct bytes mac;
};

/* Reads the last number and MAC and locks them until the txn ends. An empty log gives number 0
 * and no MAC. */
MUST_CHECK bool audit_head_lock(struct db *db, struct arena *arena, const char *account,
				int64_t *ret_sequence, struct bytes *ret_mac, struct error *err);
/* Writes the entry and stores its number and MAC as the last ones. */
MUST_CHECK bool audit_append(struct db *db, const struct audit_entry *entry, struct error *err);

struct audit_filter {
	const char *account;
	/* NULL: any; `action` may be a prefix such as "client_app". */
	const char *action, *actor, *target;
	struct wall_time from, to;           /* 0: no bound; `to` is exclusive */
	int64_t after;                       /* only numbers greater than this one */
	bool descending;
	int64_t offset, limit;
};
/* Lists entries. *ret_total may be NULL. */
MUST_CHECK bool audit_list(struct db *db, struct arena *arena, const struct audit_filter *filter,
			   struct audit_entry **ret_entries, size_t *ret_count, int64_t *ret_total,
			   struct error *err);
/* Lists the accounts that have a log after `after`, including "", at most `limit`. */
MUST_CHECK bool audit_accounts(struct db *db, struct arena *arena, const char *after, int64_t limit,
			       const char ***ret_accounts, size_t *ret_count, struct error *err);

#endif
