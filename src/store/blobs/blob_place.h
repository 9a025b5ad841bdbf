/* blob_place.h – where the sealed pieces of large blobs lie: files in the data folder, or rows of the database.
 *
 * Inside src/store/blobs only. An id is written once, from piece 0 on, by one writer. Nothing here is part of anybody's txn. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_PLACE_H
#define GREFFIER_STORE_BLOBS_BLOB_PLACE_H

#include "store/blobs/blob.h"

#define BLOB_SEALED_SIZE (BLOB_PIECE_SIZE + CONTENT_PIECE_OVERHEAD) /* of every piece but the last */

/* What a place keeps between calls. One of each at a time belongs to a writer or a reader. */
struct blob_hold {
	struct session *session;
	const char *account, *id;
	int fd;		 /* files: -1 before the first call */
	struct txn *txn; /* rows: NULL between flushes */
};

struct blob_place {
	/* Pieces come in order. */
	bool (*append)(struct blob_hold *hold, uint64_t number, struct bytes sealed, struct error *err);
	/* No txn stays open. */
	bool (*flush)(struct blob_hold *hold, struct error *err);
	/* All pieces are durable, and found by the id, after a power cut too. */
	bool (*finish)(struct blob_hold *hold, struct error *err);
	/* Reads a piece of `length` bytes. ERROR_UNEXPECTED when it is not there. */
	bool (*read)(struct blob_hold *hold, uint64_t number, unsigned char *ret_sealed, size_t length,
		     struct error *err);
	void (*close)(struct blob_hold *hold); /* at any time, twice too */
	/* Removes all pieces; it is fine when there are none. */
	bool (*remove)(struct session *session, const char *account, const char *id, struct error *err);
};

extern const struct blob_place blob_files, blob_rows;

const struct blob_place *blob_place_of(const struct session *session);

#endif
