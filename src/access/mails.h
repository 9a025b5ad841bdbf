/* mails.h – queues a mail (mail/mail.h) for a user in the transaction that causes it. */
#ifndef GREFFIER_ACCESS_MAILS_H
#define GREFFIER_ACCESS_MAILS_H

#include "context/context.h"
#include "mail/mail.h"
#include "store/user_store.h"

/* Queues a mail in the user's language. `values` are those named in mails.def. */
MUST_CHECK bool mail_to_user(const struct context *context, struct txn *txn,
			     const struct user *user, enum mail_kind kind, const struct mail_value *values,
			     size_t count, struct error *err);
#define MAIL_TO_USER(context, txn, user, kind, err, ...)                                           \
	mail_to_user(context, txn, user, kind, (const struct mail_value[]){__VA_ARGS__},           \
		     ARRAY_SIZE(((const struct mail_value[]){__VA_ARGS__})), err)

#endif
