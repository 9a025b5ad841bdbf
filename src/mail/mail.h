/* mail.h – composes mails and queues them in the transaction that causes them.
 *
 * mails.def lists the mails; templates/ has their texts in two languages. mail/sender.h sends
 * queued mails. */
#ifndef GREFFIER_MAIL_MAIL_H
#define GREFFIER_MAIL_MAIL_H

#include "base/arena.h"
#include "base/macros.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "store/store.h"

enum mail_kind {
#define MAIL(kind, values) MAIL_##kind,
#include "mail/mails.def"
#undef MAIL
	MAIL_KIND_COUNT
};

/* One value for a template. */
struct mail_value {
	const char *name;      /* "ACCOUNT" stands for $ACCOUNT; in the text */
	const char *text;      /* NULL: `time` is used */
	struct wall_time time; /* written as a date in the recipient's language, in UTC */
};
#define MAIL_TEXT(name, text) ((struct mail_value){name, text, {0}})
#define MAIL_TIME(name, time) ((struct mail_value){name, NULL, time})

struct mail_recipient {
	const char *account;
	const char *email;
	const char *first_name;
	const char *language; /* "fr" or "fr-CA"; anything else means English */
};

/* What queueing a mail needs. */
struct mail_context {
	const struct keyring *keyring;
	struct arena *arena;
	struct wall_time now;       /* store time */
	struct wall_time queue_now; /* queue time: store/store_clock.h */
};

struct mail_composed {
	const char *subject;
	const char *body; /* plain text, UTF-8, line feeds */
};

/* Fills the templates of `kind` and returns the mail in `arena`. Stops the process unless
 * `values` are exactly those named in mails.def. */
struct mail_composed mail_compose(struct arena *arena, const struct mail_recipient *recipient,
				  enum mail_kind kind, const struct mail_value *values, size_t count);

/* Composes the mail and queues it with a sealed body. Announces STORE_TOPIC_MAIL. */
MUST_CHECK bool mail_queue(const struct mail_context *context, struct txn *txn,
			   const struct mail_recipient *recipient, enum mail_kind kind,
			   const struct mail_value *values, size_t count, struct error *err);

#endif
