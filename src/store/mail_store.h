/* mail_store.h – the queue of mails. A mail is written in the transaction that causes it. */
#ifndef GREFFIER_STORE_MAIL_STORE_H
#define GREFFIER_STORE_MAIL_STORE_H

#include "store/account_store.h"

struct mail {
	const char *account;
	const char *id;
	const char *recipient; /* an e-mail address */
	const char *subject;
	/* Context "mail:<id>"; emptied when the mail was sent or cancelled. */
	struct bytes body_sealed;
	struct wall_time created;
	/* Next attempt, or the end of the lease during an attempt. Queue time. */
	struct wall_time due;
	int64_t attempts;
	/* Members that only mail_page and mail_find read; they do not read body_sealed. */
	int state; /* enum mail_state */
	const char *last_error;
	bool has_body;
};

enum mail_state { MAIL_WAITING, MAIL_SENT, MAIL_GIVEN_UP, MAIL_CANCELLED, MAIL_STATE_COUNT };

MUST_CHECK bool mail_insert(struct db *db, const struct mail *mail, struct error *err);
/* Claims mails that are due at `now` and sets their due time to `lease`. */
MUST_CHECK bool mail_claim(struct db *db, struct arena *arena, struct wall_time now,
			   struct wall_time lease, int64_t limit, struct mail **ret_mails,
			   size_t *ret_count, struct error *err);
/* Records the result of an attempt. `error` is "" unless it failed. A sent mail loses its body.
 * A mail that was given up keeps it as long as the account keeps mails, because the operator may
 * send it again. */
MUST_CHECK bool mail_finish(struct db *db, const struct mail *mail, enum mail_state state,
			    const char *error, struct error *err);
/* Makes mails due at `now` that would wait beyond `farthest`, at most `limit`: their times come
 * from a wrong clock. In a txn. */
MUST_CHECK bool mail_bring_back(struct db *db, struct wall_time farthest, struct wall_time now,
				int64_t limit, struct error *err);
/* Lists mails of one state older than `before` (NULL: all), newest first. */
MUST_CHECK bool mail_page(struct db *db, struct arena *arena, enum mail_state state,
			  const struct mail *before, int64_t limit, struct mail **ret_mails,
			  size_t *ret_count, struct error *err);
MUST_CHECK bool mail_find(struct db *db, struct arena *arena, const char *account, const char *id,
			  struct mail *ret_mail, bool *ret_found, struct error *err);
/* Makes a mail that waits or was given up due at `now`, with all its attempts. *ret_changed is
 * false when it is in another state. */
MUST_CHECK bool mail_retry(struct db *db, const char *account, const char *id, struct wall_time now,
			   bool *ret_changed, struct error *err);
/* Cancels a mail that waits or was given up, and deletes its body. */
MUST_CHECK bool mail_cancel(struct db *db, const char *account, const char *id, bool *ret_changed,
			    struct error *err);
/* When the first waiting mail is due; 0: none waits. */
MUST_CHECK bool mail_next_due(struct db *db, struct wall_time *ret_due, struct error *err);

#endif
