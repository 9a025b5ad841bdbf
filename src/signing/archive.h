/* archive.h – makes a ZIP archive of files in memory (libzip). Inside src/signing only. */
#ifndef GREFFIER_SIGNING_ARCHIVE_H
#define GREFFIER_SIGNING_ARCHIVE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

struct archive_entry {
	const char *name; /* without a path */
	struct bytes content;
};

/* Stores the files uncompressed, because PDFs are compressed already. A repeated name gets a
 * number. The archive lives in `arena`. Fails with ERROR_NO_MEMORY. */
MUST_CHECK bool archive_make(struct arena *arena, const struct archive_entry *entries, size_t count,
			     struct bytes *ret_archive, struct error *err);

#endif
