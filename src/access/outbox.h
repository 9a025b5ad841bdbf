/* outbox.h – the mails of all accounts, as the operator sees and steers them: never what they say, and their addresses masked. */
#ifndef GREFFIER_ACCESS_OUTBOX_H
#define GREFFIER_ACCESS_OUTBOX_H

#include <jansson.h>

#include "context/context.h"

#define OUTBOX_PAGE_MAX 100

/* {results, next} of one state (WAITING, SENT, GIVEN_UP, CANCELLED), newest first. `after`: `next` of the page before; NULL: the
 * first. New reference. */
json_t *outbox_list(const struct context *context, const char *state, const char *after,
		    int64_t limit, struct error *err);
/* A mail of the context's account, sent at once with all its attempts again. ERROR_RESOURCE_NOT_FOUND; ERROR_WRONG_STATE: it was
 * sent or cancelled, or its contents are gone. New reference. */
json_t *outbox_retry(const struct context *context, const char *id, struct error *err);
/* One that is not sent yet never is. */
json_t *outbox_cancel(const struct context *context, const char *id, struct error *err);

#endif
