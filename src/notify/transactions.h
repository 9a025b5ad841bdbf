/* transactions.h – names of the transactions that events refer to, and a search by name or id. */
#ifndef GREFFIER_NOTIFY_TRANSACTIONS_H
#define GREFFIER_NOTIFY_TRANSACTIONS_H

#include <jansson.h>

#include "context/context.h"

#define TRANSACTIONS_MAX 100       /* ids per call */
#define TRANSACTIONS_FOUND_MAX 20 /* results of a search */

/* Returns {"results": [{id, name, status, updatedDate}]} for those of the ids, separated by
 * commas, that are packages of this server. */
json_t *transactions_read(const struct context *context, const char *ids, struct error *err);
/* Finds transactions with the text in their name or description, last changed first. The one
 * with that id comes first, even when only events refer to it; it then has no name, status and
 * date. */
json_t *transactions_find(const struct context *context, const char *text, struct error *err);

#endif
