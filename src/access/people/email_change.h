/* email_change.h – changing somebody's e-mail address.
 *
 * With the address comes the account: whoever reads its mail can ask for a link for a new password. So the owner's address
 * changes only in a session that somebody has signed in to, with password and code entered anew. The old address gets a mail
 * with a link that takes it back (password_choose), and is kept for that person until the link expires.
 *
 * Links that were sent to an address end when it is no longer that person's. */
#ifndef GREFFIER_ACCESS_EMAIL_CHANGE_H
#define GREFFIER_ACCESS_EMAIL_CHANGE_H

#include <jansson.h>

#include "access/identity/guess.h"
#include "store/email_change_store.h"

#define EMAIL_CHANGE_LIFE_S (7 * 86400)

/* What the owner has entered anew. */
struct email_proof {
	bool is_given;
	struct user user; /* as it was proven */
	struct guess guess;
	int64_t step;
};

/* Proves password and code of `body`, when it changes the address of the owner and the owner calls; otherwise nothing is proven
 * and the answer is true. Not inside a txn. ERROR_NO_PERMISSION outside a session that was signed in to; ERROR_PASSWORD_REQUIRED;
 * those of password_prove. */
MUST_CHECK bool email_proof_make(const struct context *context, const char *uid,
				 const json_t *body, struct email_proof *ret_proof,
				 struct error *err);
/* In the txn that changes the address: takes the proof, ends the old address's links, tells the old address of the owner, invites
 * the new one of an invited user. ERROR_NO_PERMISSION when the owner's changes without a proof. */
MUST_CHECK bool email_change_record(const struct context *context, struct txn *txn,
				    const struct account *account, const struct user *before,
				    const struct user *after, const struct email_proof *proof,
				    struct error *err);
/* With the link of the mail: the address is the old one again. Fills the user in. ERROR_INVALID_CREDENTIALS. */
MUST_CHECK bool email_take_back(const struct context *context, struct txn *txn,
				struct bytes hash, struct user *ret_user, struct error *err);

/* Nobody's yet, and nobody's to take back: ERROR_CONFLICT when somebody of this account has it, else ERROR_SENDER_OF_ANOTHER. */
MUST_CHECK bool email_is_free(const struct context *context, struct db *db, const char *email,
			      const char *uid, struct error *err);
/* How often an account can learn that an address belongs to another one: ERROR_TOO_MANY_REQUESTS. Before email_is_free. */
MUST_CHECK bool email_may_ask(const struct context *context, struct error *err);
/* It has learnt it: counted and on record. Keeps *err unless the store fails. Not inside a txn. */
void email_asked(const struct context *context, const char *email, struct error *err);

#endif
