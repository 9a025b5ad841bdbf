/* blob_table.h – what the writer, the reader and the sweep need of the tables of blobs. Implemented by blob.c. Inside src/store/blobs only. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_TABLE_H
#define GREFFIER_STORE_BLOBS_BLOB_TABLE_H

#include "store/blobs/blob.h"

/* Notes an id that no blob names; `due` is when the sweep may remove its bytes. */
MUST_CHECK bool blob_loose_insert(struct db *db, const char *account, const char *id, struct wall_time due,
				  struct error *err);
/* Everything but the content. */
MUST_CHECK bool blob_find(struct db *db, struct arena *arena, const char *account, const unsigned char *address,
			  struct blob *ret_blob, bool *ret_found, struct error *err);
/* Of a blob that does not lie in its place. */
MUST_CHECK bool blob_content_read(struct db *db, struct arena *arena, const struct blob *blob,
				  struct bytes *ret_sealed, struct error *err);
/* What a blob's key is sealed with (keyring_seal). */
const char *blob_key_context(struct arena *arena, const struct blob *blob);

#endif
