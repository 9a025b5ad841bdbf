/* mails.c – see mails.h. */
#include "access/mails.h"

bool mail_to_user(const struct context *context, struct txn *txn, const struct user *user,
		  enum mail_kind kind, const struct mail_value *values, size_t count,
		  struct error *err)
{
	const struct mail_context mail = {context->keyring, context->arena, context->now,
					  context->queue_now};
	const struct mail_recipient recipient = {user->account, user->email, user->first_name,
						 user->language};

	return mail_queue(&mail, txn, &recipient, kind, values, count, err);
}
