/* transactions.h – what the transactions that events speak of are called, and finding one by its name or id. */
#ifndef GREFFIER_NOTIFY_TRANSACTIONS_H
#define GREFFIER_NOTIFY_TRANSACTIONS_H

#include <jansson.h>

#include "context/context.h"

#define TRANSACTIONS_MAX 100       /* ids of one call */
#define TRANSACTIONS_FOUND_MAX 20 /* by a search */

/* {"results": [{id, name, status, updatedDate}]} of those ids (with commas between them) that are packages of this server. */
json_t *transactions_read(const struct context *context, const char *ids, struct error *err);
/* The same of those that have the text in their name or description, the last changed first. Before them the one with that id: also
 * when only events speak of it, then without name, status and date. */
json_t *transactions_find(const struct context *context, const char *text, struct error *err);

#endif
