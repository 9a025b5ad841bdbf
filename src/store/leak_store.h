/* leak_store.h – reports of leaked credentials, and the credentials of reporters and operators. */
#ifndef GREFFIER_STORE_LEAK_STORE_H
#define GREFFIER_STORE_LEAK_STORE_H

#include "store/account_store.h"

struct leak_report {
	const char *account;
	struct bytes fingerprint; /* SHA-256 of the leaked text */
	const char *url;          /* where it was found */
	const char *kind;         /* CLIENT_SECRET, API_KEY … */
	const char *subject;      /* client id, uid */
	const char *source;       /* kind of place, as reported: "commit", "content" … */
	const char *reporter;     /* the PARTNER's key id, or the id of an operator credential */
	const char *action;       /* NOTIFIED, DISABLED, RENEWED, REVOKED */
	struct wall_time reported;
};
/* Stores a report. *ret_first is false when this credential at this place was reported before. */
MUST_CHECK bool leak_report_insert(struct db *db, const struct leak_report *report, bool *ret_first,
				   struct error *err);
/* Lists reports, newest first. */
MUST_CHECK bool leak_report_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
				 int64_t limit, struct leak_report **ret_reports, size_t *ret_count,
				 int64_t *ret_total, struct error *err);

struct operator_credential {
	const char *id, *name;
	struct bytes secret_hash;
	struct wall_time created;
	/* May manage the installation over HTTP; otherwise it may only report leaks. */
	bool manages;
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
