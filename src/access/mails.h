/* mails.h – the mails this server writes, in French and English. Queued in the transaction that causes them; outbound/mailer.h
 * sends them. */
#ifndef GREFFIER_ACCESS_MAILS_H
#define GREFFIER_ACCESS_MAILS_H

#include "access/service.h"

enum mail_kind {
	MAIL_INVITATION,    /* 1: the account's name, 2: the link */
	MAIL_PASSWORD,      /* 1: the account's name, 2: the link */
	MAIL_EMAIL_CHANGED, /* 1: the new address, 2: the link */
	MAIL_BLOCKED,       /* 1: the address of the last attempt, 2: when it ends */
	MAIL_LEAK_NOTIFIED, /* 1: what leaked, 2: where it was found */
	MAIL_LEAK_DISABLED,
	MAIL_LEAK_RENEWED,
	MAIL_DELIVERY_FAILED,  /* 1: where to and what came of it, 2: the JSON, on one line */
	MAIL_ENDPOINT_FAILING, /* 1: the endpoint, 2: since when, and until when it is tried */
	MAIL_ENDPOINT_STOPPED, /* 1: the endpoint, 2: why */
	MAIL_KIND_COUNT,
};

/* To `user`, in the user's language. */
MUST_CHECK bool mail_queue(const struct access_service *service, struct txn *txn, const struct user *user,
			   enum mail_kind kind, const char *first, const char *second,
			   struct error *err);

#endif
