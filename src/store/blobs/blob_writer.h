/* blob_writer.h – seals a content that arrives in pieces, and stores it. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_WRITER_H
#define GREFFIER_STORE_BLOBS_BLOB_WRITER_H

#include "store/blobs/blob.h"

/* Begins a content. `base` is the address of the blob that it continues; NULL for none. Returns
 * NULL on failure; ERROR_NOT_FOUND when there is no such base. */
struct blob_writer;
struct blob_writer *blob_writer_open(const struct blob_context *context, const unsigned char *base,
				     struct error *err);
/* Takes the next bytes, in any number. Holds one piece in memory. On PostgreSQL the pieces
 * completed by one call are one txn. */
MUST_CHECK bool blob_write(struct blob_writer *writer, struct bytes bytes, struct error *err);
/* Ends the content. After success all bytes that are not in `ret_blob` are durable. */
MUST_CHECK bool blob_finish(struct blob_writer *writer, struct blob *ret_blob, struct error *err);
/* Closes the writer. A content that is not finished or never added is swept later. NULL is
 * accepted. */
void blob_writer_close(struct blob_writer *writer);
DEFINE_SCOPED(blob_writer, blob_writer_close)

/* Does all three steps for bytes in memory. */
MUST_CHECK bool blob_make(const struct blob_context *context, struct bytes bytes, struct blob *ret_blob,
			  struct error *err);

#endif
