/* sender.h – a thread that sends queued mails to an SMTP server or writes them to a folder.
 *
 * A mail is claimed under a lease and recorded as sent afterwards, so that a crash may repeat a
 * mail but never loses one. Without a server and a folder, mails stay in the queue until one is
 * configured. */
#ifndef GREFFIER_MAIL_SENDER_H
#define GREFFIER_MAIL_SENDER_H

#include "base/error.h"
#include "crypto/keyring.h"
#include "store/store.h"

struct mail_sender;

/* Attempts over about a day before a mail is given up. */
#define MAIL_ATTEMPTS_MAX 8

struct mail_sender_config {
	struct store *store;
	const struct keyring *keyring;
	const char *smtp_url;      /* "smtp://mail.acme.example:587", "smtps://…"; "" for none */
	const char *smtp_user;     /* "" for none */
	const char *smtp_password; /* "" for none */
	const char *from;          /* sender address */
	/* Each mail becomes a file NAME.eml there; "" for none. Takes precedence over the
	 * server. */
	const char *folder;
	double retry_scale;        /* divides the waiting times; 1 in production */
};

/* Starts the thread. Call it after curl_global_init (outbound.h). The texts must outlive the
 * sender. */
struct mail_sender *mail_sender_start(const struct mail_sender_config *config, struct error *err);
/* Called on STORE_TOPIC_MAIL. From any thread. */
void mail_sender_wake(struct mail_sender *sender);
/* Stops the thread after the mail in progress. NULL is accepted. */
void mail_sender_stop_and_free(struct mail_sender *sender);

#endif
