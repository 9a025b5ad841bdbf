/* producer.h – events that trusted systems append: an e-signature platform, a recorder, a mail gateway. */
#ifndef GREFFIER_NOTIFY_PRODUCER_H
#define GREFFIER_NOTIFY_PRODUCER_H

#include <jansson.h>

#include "context/context.h"

#define PRODUCER_BATCH_MAX 500          /* events of a request */
#define PRODUCER_TEXT_MAX 255           /* bytes of packageId, sessionUser and message */
#define PRODUCER_EXTRA_TEXT_MAX 2000    /* bytes of each text of an extra member */
#define PRODUCER_EXTRA_TEXTS_MAX 20     /* texts of an extra member that is an array */
#define PRODUCER_EXTRA_MAX (48 * 1024)  /* bytes of all extra members as JSON: what is escaped grows, and payload.c has its limit */
#define IDEMPOTENCY_KEY_MAX 255         /* characters */
/* Deliveries that an account's fan-out may owe before its producers have to wait: some minutes of SQLite's writer. */
#define PRODUCER_OWED_MAX 2000000

/* `body`: one event {name, packageId, sessionUser, message, documentId, and the catalogue's members of its type}, or
 * {"events": [...]}. All are appended in one transaction and get consecutive places in the account's sequence, or none is.
 * With a key (NULL for none), a request that was made before is answered as it was then, and *ret_repeated set;
 * ERROR_IDEMPOTENCY_KEY_REUSED when it was another. ERROR_TOO_MANY_REQUESTS while deliveries of earlier events are far behind. {"events": [{"id", "sequence", "name"}]}, as JSON text in the arena. */
MUST_CHECK bool producer_append(const struct context *context, const json_t *body,
				const char *idempotency_key, const char **ret_answer,
				bool *ret_repeated, struct error *err);

#endif
