/* delivery_export.h – the log of deliveries as a file: the columns of the list, without contents
 * of messages. */
#ifndef GREFFIER_NOTIFY_DELIVERY_EXPORT_H
#define GREFFIER_NOTIFY_DELIVERY_EXPORT_H

#include <jansson.h>

#include "base/buf.h"
#include "store/delivery_store.h"

#define DELIVERY_EXPORT_MAX 10000 /* deliveries */
#define DELIVERY_EXPORT_BYTES_MAX ((size_t)32 * 1024 * 1024)

struct delivery_export {
	struct delivery_page page;
	bool is_whole; /* it contains all matches of the whole log */
};
/* Reads the deliveries. Limit and offset of `filter` are ignored. */
MUST_CHECK bool delivery_export_read(struct db *db, struct arena *arena,
				     const struct delivery_filter *filter,
				     struct delivery_export *ret_export, struct error *err);
/* Returns {"count", "complete", "results"} and "lookedBackTo" (record_json.h). "count" counts
 * all matches. */
json_t *delivery_export_json(const struct delivery_export *export);
/* Writes a line of titles and the deliveries (base/csv.h). Returns false when the buffer's limit
 * is exceeded. */
MUST_CHECK bool delivery_export_csv(const struct delivery_export *export, struct buf *buf);

#endif
