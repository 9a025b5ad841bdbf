/* blob_table.h – the tables of blobs for writer, reader and sweep. Implemented by blob.c. Inside
 * src/store/blobs only. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_TABLE_H
#define GREFFIER_STORE_BLOBS_BLOB_TABLE_H

#include "store/blobs/blob.h"

/* Records an id that no blob names; the sweep may delete its bytes after `due`. */
MUST_CHECK bool blob_loose_insert(struct db *db, const char *account, const char *id, struct wall_time due,
				  struct error *err);
/* Reads everything except the content. */
MUST_CHECK bool blob_find(struct db *db, struct arena *arena, const char *account, const unsigned char *address,
			  struct blob *ret_blob, bool *ret_found, struct error *err);
/* Reads the content of a blob that is stored in its row. */
MUST_CHECK bool blob_content_read(struct db *db, struct arena *arena, const struct blob *blob,
				  struct bytes *ret_sealed, struct error *err);
/* Returns the context with which a blob's key is sealed (keyring_seal). */
const char *blob_key_context(struct arena *arena, const struct blob *blob);

#endif
