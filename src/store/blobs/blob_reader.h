/* blob_reader.h – reads a content in pieces, its base first. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_READER_H
#define GREFFIER_STORE_BLOBS_BLOB_READER_H

#include "store/blobs/blob.h"

/* Opens a content at its beginning. Returns NULL on failure; ERROR_NOT_FOUND when the account
 * has no such blob. */
struct blob_reader;
struct blob_reader *blob_reader_open(const struct blob_context *context,
				     const unsigned char address[CONTENT_ADDRESS_BYTES], struct error *err);
int64_t blob_reader_size(const struct blob_reader *reader);
/* Lends the next bytes, at most BLOB_PIECE_SIZE, until the next call; no bytes at the end. Fails
 * with ERROR_UNEXPECTED when they differ from what was written. */
MUST_CHECK bool blob_read(struct blob_reader *reader, struct bytes *ret_bytes, struct error *err);
void blob_reader_close(struct blob_reader *reader);
DEFINE_SCOPED(blob_reader, blob_reader_close)

/* Reads the whole content into the arena. Fails with ERROR_NOT_FOUND or ERROR_NO_MEMORY. */
MUST_CHECK bool blob_read_all(const struct blob_context *context,
			      const unsigned char address[CONTENT_ADDRESS_BYTES], struct bytes *ret_bytes,
			      struct error *err);

#endif
