/* delivery_export.h – the log of deliveries as a file: what the list shows of each, and nothing that was said. */
#ifndef GREFFIER_NOTIFY_DELIVERY_EXPORT_H
#define GREFFIER_NOTIFY_DELIVERY_EXPORT_H

#include <jansson.h>

#include "base/buf.h"
#include "store/delivery_store.h"

#define DELIVERY_EXPORT_MAX 10000 /* deliveries */
#define DELIVERY_EXPORT_BYTES_MAX ((size_t)32 * 1024 * 1024)

struct delivery_export {
	struct delivery_page page;
	bool is_whole; /* all that match in the whole log */
};
/* Reads them; limit and offset of `filter` are ignored. */
MUST_CHECK bool delivery_export_read(struct db *db, struct arena *arena,
				     const struct delivery_filter *filter,
				     struct delivery_export *ret_export, struct error *err);
/* {"count", "complete", "results"}, and "lookedBackTo" (record_json.h); "count" is of all that match. */
json_t *delivery_export_json(const struct delivery_export *export);
/* With a line of titles; base/csv.h. False when it would be longer than the buffer's limit. */
MUST_CHECK bool delivery_export_csv(const struct delivery_export *export, struct buf *buf);

#endif
