/* sender.h – sends the mails that wait in the store, on a thread of its own: to an SMTP server, or into a folder.
 *
 * A mail is claimed under a lease and recorded after it was sent, so a crash may repeat one, and loses none. Without a server
 * and without a folder mails wait; nothing is lost when one is set later. */
#ifndef GREFFIER_MAIL_SENDER_H
#define GREFFIER_MAIL_SENDER_H

#include "base/error.h"
#include "crypto/keyring.h"
#include "store/store.h"

struct mail_sender;

/* Attempts before a mail is given up; over about a day. */
#define MAIL_ATTEMPTS_MAX 8

struct mail_sender_config {
	struct store *store;
	const struct keyring *keyring;
	const char *smtp_url;      /* "smtp://mail.acme.example:587", "smtps://…"; "" for none */
	const char *smtp_user;     /* "" for none */
	const char *smtp_password; /* "" for none */
	const char *from;          /* address */
	const char *folder;        /* each mail a file NAME.eml; "" for none. Beats the server */
	double retry_scale;        /* divides the waits; 1 in production */
};

/* After curl_global_init (outbound.h). The texts must live as long as the sender. */
struct mail_sender *mail_sender_start(const struct mail_sender_config *config, struct error *err);
/* STORE_TOPIC_MAIL. From any thread. */
void mail_sender_wake(struct mail_sender *sender);
/* Ends after the mail under way. NULL is fine. */
void mail_sender_stop_and_free(struct mail_sender *sender);

#endif
