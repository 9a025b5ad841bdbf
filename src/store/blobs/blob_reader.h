/* blob_reader.h – reads a content in pieces, its base first. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_READER_H
#define GREFFIER_STORE_BLOBS_BLOB_READER_H

#include "store/blobs/blob.h"

/* Opens a content for reading from its beginning. NULL on failure: ERROR_NOT_FOUND when the account has no such blob. */
struct blob_reader;
struct blob_reader *blob_reader_open(const struct blob_context *context,
				     const unsigned char address[CONTENT_ADDRESS_BYTES], struct error *err);
int64_t blob_reader_size(const struct blob_reader *reader);
/* Lends the next bytes, BLOB_PIECE_SIZE at most, until the next call; no bytes at the end. ERROR_UNEXPECTED when they are not what was
 * written. */
MUST_CHECK bool blob_read(struct blob_reader *reader, struct bytes *ret_bytes, struct error *err);
void blob_reader_close(struct blob_reader *reader);
DEFINE_SCOPED(blob_reader, blob_reader_close)

/* All of it at once, in the arena. ERROR_NOT_FOUND, ERROR_NO_MEMORY. */
MUST_CHECK bool blob_read_all(const struct blob_context *context,
			      const unsigned char address[CONTENT_ADDRESS_BYTES], struct bytes *ret_bytes,
			      struct error *err);

#endif
