/* archive.h – files in one ZIP archive (libzip), in memory. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_ARCHIVE_H
#define GREFFIER_SIGNING_ARCHIVE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

struct archive_entry {
	const char *name; /* without a path */
	struct bytes content;
};

/* Stores the files as they are: PDFs are compressed already. A name that comes again gets a number. The archive lives in `arena`.
 * ERROR_NO_MEMORY. */
MUST_CHECK bool archive_make(struct arena *arena, const struct archive_entry *entries, size_t count,
			     struct bytes *ret_archive, struct error *err);

#endif
