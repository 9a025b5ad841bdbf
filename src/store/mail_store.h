/* mail_store.h – mails that wait to be sent. Written in the transaction that causes them. */
#ifndef GREFFIER_STORE_MAIL_STORE_H
#define GREFFIER_STORE_MAIL_STORE_H

#include "store/account_store.h"

struct mail {
	const char *account;
	const char *id;
	const char *recipient; /* an e-mail address */
	const char *subject;
	struct bytes body_sealed; /* context "mail:<id>"; emptied when it is sent or cancelled */
	struct wall_time created;
	struct wall_time due; /* next attempt; while one is under way, the end of its lease. Queue time */
	int64_t attempts;
	/* What mail_page and mail_find read besides; body_sealed is not read. */
	int state; /* enum mail_state */
	const char *last_error;
	bool has_body;
};

enum mail_state { MAIL_WAITING, MAIL_SENT, MAIL_GIVEN_UP, MAIL_CANCELLED, MAIL_STATE_COUNT };

MUST_CHECK bool mail_insert(struct db *db, const struct mail *mail, struct error *err);
/* Takes those that are due at `now` and puts their due time to `lease`. */
MUST_CHECK bool mail_claim(struct db *db, struct arena *arena, struct wall_time now,
			   struct wall_time lease, int64_t limit, struct mail **ret_mails,
			   size_t *ret_count, struct error *err);
/* What came of an attempt; `error` "" unless it failed. What is sent has no body any more; what is given up keeps it for as
 * long as the account keeps mails, because the operator may send it again. */
MUST_CHECK bool mail_finish(struct db *db, const struct mail *mail, enum mail_state state,
			    const char *error, struct error *err);
/* Those that would wait beyond `farthest` are due at `now`: their times are of a clock that was wrong. `limit` at most. In a txn. */
MUST_CHECK bool mail_bring_back(struct db *db, struct wall_time farthest, struct wall_time now,
				int64_t limit, struct error *err);
/* Of one state, newest first, of those older than `before` (NULL: of all). */
MUST_CHECK bool mail_page(struct db *db, struct arena *arena, enum mail_state state,
			  const struct mail *before, int64_t limit, struct mail **ret_mails,
			  size_t *ret_count, struct error *err);
MUST_CHECK bool mail_find(struct db *db, struct arena *arena, const char *account, const char *id,
			  struct mail *ret_mail, bool *ret_found, struct error *err);
/* One that waits or was given up: due at `now`, with all its attempts again. *ret_changed false: it is in another state. */
MUST_CHECK bool mail_retry(struct db *db, const char *account, const char *id, struct wall_time now,
			   bool *ret_changed, struct error *err);
/* One that waits or was given up: it is not sent, and its body is gone. */
MUST_CHECK bool mail_cancel(struct db *db, const char *account, const char *id, bool *ret_changed,
			    struct error *err);
/* When the first waiting one is due; 0: none waits. */
MUST_CHECK bool mail_next_due(struct db *db, struct wall_time *ret_due, struct error *err);

#endif
