/* audit_store.h – who did what to which credential, setting or role: append-only.
 *
 * Each entry carries a number without gap and a MAC over itself and the MAC before it; the table audit_head has the last of
 * both, and is what appending locks. The MAC's key is not in the database (access/audit.h). */
#ifndef GREFFIER_STORE_AUDIT_STORE_H
#define GREFFIER_STORE_AUDIT_STORE_H

#include "store/account_store.h"

struct audit_entry {
	const char *account; /* "": the installation's */
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

/* The last number and MAC, locked until the txn ends. Number 0 and no MAC: the log is empty. */
MUST_CHECK bool audit_head_lock(struct db *db, struct arena *arena, const char *account,
				int64_t *ret_sequence, struct bytes *ret_mac, struct error *err);
/* Writes the entry and makes it the head. */
MUST_CHECK bool audit_append(struct db *db, const struct audit_entry *entry, struct error *err);

struct audit_filter {
	const char *account;
	const char *action, *actor, *target; /* NULL: any; `action` may be the first part: "client_app" */
	struct wall_time from, to;           /* 0: open; `to` is exclusive */
	int64_t after;                       /* number greater than this */
	bool descending;
	int64_t offset, limit;
};
/* *ret_total may be NULL. */
MUST_CHECK bool audit_list(struct db *db, struct arena *arena, const struct audit_filter *filter,
			   struct audit_entry **ret_entries, size_t *ret_count, int64_t *ret_total,
			   struct error *err);
/* The accounts that have a log, "" among them. */
MUST_CHECK bool audit_accounts(struct db *db, struct arena *arena, const char *after, int64_t limit,
			       const char ***ret_accounts, size_t *ret_count, struct error *err);

#endif
