/* mails.c – see mails.h. */
#include "access/mails.h"

bool mail_to_user(const struct access_service *service, struct txn *txn, const struct user *user,
		  enum mail_kind kind, const struct mail_value *values, size_t count,
		  struct error *err)
{
	const struct mail_context context = {service->keyring, service->arena, service->now,
					     service_queue_now(service)};
	const struct mail_recipient recipient = {user->account, user->email, user->first_name,
						 user->language};

	return mail_queue(&context, txn, &recipient, kind, values, count, err);
}
