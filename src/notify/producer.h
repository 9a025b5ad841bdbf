/* producer.h – appends events of trusted systems: an e-signature platform, a recorder, a mail
 * gateway. */
#ifndef GREFFIER_NOTIFY_PRODUCER_H
#define GREFFIER_NOTIFY_PRODUCER_H

#include <jansson.h>

#include "context/context.h"

#define PRODUCER_BATCH_MAX 500          /* events per request */
#define PRODUCER_TEXT_MAX 255           /* bytes of packageId, sessionUser and message */
#define PRODUCER_EXTRA_TEXT_MAX 2000    /* bytes of each text of an extra member */
#define PRODUCER_EXTRA_TEXTS_MAX 20     /* texts of an extra member that is an array */
/* Bytes of all extra members as JSON: escapes make it longer, and payload.c has a limit. */
#define PRODUCER_EXTRA_MAX (48 * 1024)
#define IDEMPOTENCY_KEY_MAX 255         /* characters */
/* Missing deliveries of an account's fan-out at which its producers must wait: some minutes of
 * SQLite's writer. */
#define PRODUCER_OWED_MAX 2000000

/* Appends events. `body` is one event {name, packageId, sessionUser, message, documentId,
 * further members of its type} or {"events": [...]}. All are appended in one transaction with
 * consecutive numbers, or none.
 *
 * With an idempotency key (NULL for none) a repeated request gets the earlier answer, and
 * *ret_repeated is true. A different request with the same key fails with
 * ERROR_IDEMPOTENCY_KEY_REUSED. Fails with ERROR_TOO_MANY_REQUESTS while deliveries of earlier
 * events are far behind. Returns {"events": [{"id", "sequence", "name"}]} as JSON text in the
 * arena. */
MUST_CHECK bool producer_append(const struct context *context, const json_t *body,
				const char *idempotency_key, const char **ret_answer,
				bool *ret_repeated, struct error *err);

#endif
