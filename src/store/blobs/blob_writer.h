/* blob_writer.h – takes a content in pieces, seals it, and puts it in its place. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_WRITER_H
#define GREFFIER_STORE_BLOBS_BLOB_WRITER_H

#include "store/blobs/blob.h"

/* Begins a content. `base`: the address of the blob it continues; NULL for none. NULL on failure: ERROR_NOT_FOUND when there is no
 * such base. */
struct blob_writer;
struct blob_writer *blob_writer_open(const struct blob_context *context, const unsigned char *base,
				     struct error *err);
/* Takes the next bytes, as many as come. Holds one piece in memory. On PostgreSQL the pieces that one call fills are one txn. */
MUST_CHECK bool blob_write(struct blob_writer *writer, struct bytes bytes, struct error *err);
/* The content is whole. When this returns true, all bytes that do not lie in `ret_blob` are durable. */
MUST_CHECK bool blob_finish(struct blob_writer *writer, struct blob *ret_blob, struct error *err);
/* What was not finished, or is never added, is swept later. NULL is fine. */
void blob_writer_close(struct blob_writer *writer);
DEFINE_SCOPED(blob_writer, blob_writer_close)

/* The three above for bytes that are all there. */
MUST_CHECK bool blob_make(const struct blob_context *context, struct bytes bytes, struct blob *ret_blob,
			  struct error *err);

#endif
