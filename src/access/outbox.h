/* outbox.h – the mail queue of all accounts for the operator, without contents and with masked
 * addresses. */
#ifndef GREFFIER_ACCESS_OUTBOX_H
#define GREFFIER_ACCESS_OUTBOX_H

#include <jansson.h>

#include "context/context.h"

#define OUTBOX_PAGE_MAX 100

/* Lists mails of one state (WAITING, SENT, GIVEN_UP, CANCELLED) as {results, next}, newest
 * first. `after` is `next` of the previous page; NULL: the first page. New reference. */
json_t *outbox_list(const struct context *context, const char *state, const char *after,
		    int64_t limit, struct error *err);
/* Sends a mail of the context's account at once, with all its attempts. Fails with
 * ERROR_RESOURCE_NOT_FOUND, or with ERROR_WRONG_STATE when it was sent or cancelled or its
 * content is gone. New reference. */
json_t *outbox_retry(const struct context *context, const char *id, struct error *err);
/* Cancels a mail that has not been sent. */
json_t *outbox_cancel(const struct context *context, const char *id, struct error *err);

#endif
