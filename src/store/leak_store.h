/* leak_store.h – reports of leaked credentials, and the credentials of those who may report. */
#ifndef GREFFIER_STORE_LEAK_STORE_H
#define GREFFIER_STORE_LEAK_STORE_H

#include "store/account_store.h"

struct leak_report {
	const char *account;
	struct bytes fingerprint; /* SHA-256 of what was found */
	const char *url;          /* where */
	const char *kind;         /* CLIENT_SECRET, API_KEY … */
	const char *subject;      /* client id, uid */
	const char *source;       /* what kind of place: "commit", "content" … as reported */
	const char *reporter;     /* PARTNER key id, or an operator credential's id */
	const char *action;       /* NOTIFIED, DISABLED, RENEWED, REVOKED */
	struct wall_time reported;
};
/* *ret_first false: this find at this place is on record already. */
MUST_CHECK bool leak_report_insert(struct db *db, const struct leak_report *report, bool *ret_first,
				   struct error *err);
/* Newest first. */
MUST_CHECK bool leak_report_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
				 int64_t limit, struct leak_report **ret_reports, size_t *ret_count,
				 int64_t *ret_total, struct error *err);

struct operator_credential {
	const char *id, *name;
	struct bytes secret_hash;
	struct wall_time created;
	bool manages; /* the installation, over HTTP; otherwise it only reports leaks */
};
#define OPERATOR_CREDENTIALS_MAX 100
MUST_CHECK bool operator_credential_insert(struct db *db, const struct operator_credential *credential,
					   struct error *err);
MUST_CHECK bool operator_credential_find(struct db *db, struct arena *arena, struct bytes hash,
					 struct operator_credential *ret_credential, bool *ret_found,
					 struct error *err);
MUST_CHECK bool operator_credential_list(struct db *db, struct arena *arena,
					 struct operator_credential **ret_credentials,
					 size_t *ret_count, struct error *err);
MUST_CHECK bool operator_credential_delete(struct db *db, const char *id, bool *ret_found,
					   struct error *err);

#endif
