/* email_change.h – changes a user's e-mail address.
 *
 * The address controls the account: its reader can ask for a link for a new password. The
 * owner's address therefore changes only in a signed-in session, with password and code entered
 * again. The old address gets a mail with a link that restores it (password_choose), and stays
 * reserved for that person until the link expires. Links sent to an address end when it no
 * longer belongs to that person. */
#ifndef GREFFIER_ACCESS_EMAIL_CHANGE_H
#define GREFFIER_ACCESS_EMAIL_CHANGE_H

#include <jansson.h>

#include "access/identity/guess.h"
#include "store/email_change_store.h"

#define EMAIL_CHANGE_LIFE_S (7 * 86400)

/* What the owner has entered again. */
struct email_proof {
	bool is_given;
	struct user user; /* as it was verified */
	struct guess guess;
	int64_t step;
};

/* Verifies password and code of `body` when the owner changes the own address. Otherwise it
 * succeeds without a proof. Not inside a txn. Fails with ERROR_NO_PERMISSION outside a signed-in
 * session, with ERROR_PASSWORD_REQUIRED, and like password_prove. */
MUST_CHECK bool email_proof_make(const struct context *context, const char *uid,
				 const json_t *body, struct email_proof *ret_proof,
				 struct error *err);
/* In the txn that changes the address: uses the proof, ends the links of the old address,
 * informs the owner's old address, and invites an invited user's new address. Fails with
 * ERROR_NO_PERMISSION when the owner's address changes without a proof. */
MUST_CHECK bool email_change_record(const struct context *context, struct txn *txn,
				    const struct account *account, const struct user *before,
				    const struct user *after, const struct email_proof *proof,
				    struct error *err);
/* Restores the old address with the link of the mail and fills in the user. Fails with
 * ERROR_INVALID_CREDENTIALS. */
MUST_CHECK bool email_take_back(const struct context *context, struct txn *txn,
				struct bytes hash, struct user *ret_user, struct error *err);

/* Checks that the address is neither used nor reserved. Fails with ERROR_CONFLICT when a user of
 * this account has it, and otherwise with ERROR_SENDER_OF_ANOTHER. */
MUST_CHECK bool email_is_free(const struct context *context, struct db *db, const char *email,
			      const char *uid, struct error *err);
/* Limits how often an account can learn that an address belongs to another one:
 * ERROR_TOO_MANY_REQUESTS. Call it before email_is_free. */
MUST_CHECK bool email_may_ask(const struct context *context, struct error *err);
/* Counts and records that the account has learnt it. Keeps *err unless the store fails. Not
 * inside a txn. */
void email_asked(const struct context *context, const char *email, struct error *err);

#endif
