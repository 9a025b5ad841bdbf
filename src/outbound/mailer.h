/* mailer.h – sends the mails that wait in the store, on a thread of its own: to an SMTP server, or into a folder.
 *
 * A mail is claimed under a lease and recorded after it was sent, so a crash may repeat one, and loses none. Without a server
 * and without a folder mails wait; nothing is lost when one is set later. */
#ifndef GREFFIER_OUTBOUND_MAILER_H
#define GREFFIER_OUTBOUND_MAILER_H

#include "base/error.h"
#include "crypto/keyring.h"
#include "store/store.h"

struct mailer;

/* Attempts before a mail is given up; over about a day. */
#define MAIL_ATTEMPTS_MAX 8

struct mailer_config {
	struct store *store;
	const struct keyring *keyring;
	const char *smtp_url;      /* "smtp://mail.acme.example:587", "smtps://…"; "" for none */
	const char *smtp_user;     /* "" for none */
	const char *smtp_password; /* "" for none */
	const char *from;          /* address */
	const char *folder;        /* each mail a file NAME.eml; "" for none. Beats the server */
	double retry_scale;        /* divides the waits; 1 in production */
};

/* After curl_global_init (outbound.h). The texts must live as long as the mailer. */
struct mailer *mailer_start(const struct mailer_config *config, struct error *err);
/* STORE_TOPIC_MAIL. From any thread. */
void mailer_wake(struct mailer *mailer);
/* Ends after the mail under way. NULL is fine. */
void mailer_stop_and_free(struct mailer *mailer);

#endif
