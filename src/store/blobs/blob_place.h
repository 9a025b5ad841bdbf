/* blob_place.h – storage for the sealed pieces of large blobs: files in the data folder, or rows
 * of the database. Inside src/store/blobs only.
 *
 * An id is written once, from piece 0 on, by one writer. These operations are not part of the
 * caller's txn. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_PLACE_H
#define GREFFIER_STORE_BLOBS_BLOB_PLACE_H

#include "store/blobs/blob.h"

/* Of each piece except the last. */
#define BLOB_SEALED_SIZE (BLOB_PIECE_SIZE + CONTENT_PIECE_OVERHEAD)

/* State of a place between calls. Each belongs to one writer or reader. */
struct blob_hold {
	struct session *session;
	const char *account, *id;
	int fd;		 /* files: -1 before the first call */
	struct txn *txn; /* rows: NULL between flushes */
};

struct blob_place {
	/* Appends the next piece in order. */
	bool (*append)(struct blob_hold *hold, uint64_t number, struct bytes sealed, struct error *err);
	/* Ends any open txn. */
	bool (*flush)(struct blob_hold *hold, struct error *err);
	/* Makes all pieces durable and readable by the id, also after a power cut. */
	bool (*finish)(struct blob_hold *hold, struct error *err);
	/* Reads a piece of `length` bytes. Fails with ERROR_UNEXPECTED when it does not exist. */
	bool (*read)(struct blob_hold *hold, uint64_t number, unsigned char *ret_sealed, size_t length,
		     struct error *err);
	void (*close)(struct blob_hold *hold); /* may be called at any time and repeatedly */
	/* Deletes all pieces. Not an error when there are none. */
	bool (*remove)(struct session *session, const char *account, const char *id, struct error *err);
};

extern const struct blob_place blob_files, blob_rows;

const struct blob_place *blob_place_of(const struct session *session);

#endif
