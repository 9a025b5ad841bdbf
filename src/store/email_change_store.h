/* email_change_store.h – former e-mail addresses of owners, and the links that restore them. */
#ifndef GREFFIER_STORE_EMAIL_CHANGE_STORE_H
#define GREFFIER_STORE_EMAIL_CHANGE_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/store.h"

struct email_change {
	const char *account, *uid;
	struct bytes hash; /* keyed hash of the link's token */
	const char *old_email;
	struct wall_time created, expires;
};

MUST_CHECK bool email_change_insert(struct db *db, const struct email_change *change,
				    struct error *err);
MUST_CHECK bool email_change_find(struct db *db, struct arena *arena, struct bytes hash,
				  struct email_change *ret_change, bool *ret_found,
				  struct error *err);
MUST_CHECK bool email_change_delete(struct db *db, const struct email_change *change,
				    bool *ret_found, struct error *err);
/* Deletes this change and all later changes of the same user. *ret_found is false when this one
 * no longer existed. */
MUST_CHECK bool email_change_undo(struct db *db, const struct email_change *change, bool *ret_found,
				  struct error *err);
/* Tells whether someone other than `uid` may still restore `email`. */
MUST_CHECK bool email_change_reserves(struct db *db, const char *email, const char *uid,
				      struct wall_time now, bool *ret_reserved, struct error *err);
MUST_CHECK bool email_change_prune(struct db *db, struct wall_time now, struct error *err);

#endif
