/* document_content_store.h – contents of packages' documents: the blob (blobs/blob.h) that holds
 * the bytes of a document.
 *
 * Version 0.3 stores the bytes in the table document_content. While a node of 0.3 is connected,
 * new contents are stored there, because it cannot read blobs. document_contents_move_step later
 * makes blobs of them. A document has one or the other. */
#ifndef GREFFIER_STORE_DOCUMENT_CONTENT_STORE_H
#define GREFFIER_STORE_DOCUMENT_CONTENT_STORE_H

#include "store/blobs/blob.h"

#define DOCUMENT_CONTENTS_MAX 100 /* per call of the functions below */

/* A content that is ready for a txn. */
struct document_content {
	const char *document; /* id */
	bool is_blob;
	struct blob blob;
	struct bytes plain; /* when it is not a blob; borrowed */
};

/* Before the txn: seals the bytes, and stores them durably when they are large. */
MUST_CHECK bool document_content_prepare(const struct blob_context *context, const char *document,
					 struct bytes bytes, struct document_content *ret_content,
					 struct error *err);
/* After a failed txn, whatever its outcome: contents that it did not store are swept with the
 * next step. */
void document_contents_give_up(struct session *session, const struct document_content *contents, size_t count);

/* The package and the txn. `now` is store time. */
struct content_place {
	struct txn *txn;
	const char *account, *package;
	struct wall_time now;
};
/* Stores contents of documents that have none yet. */
MUST_CHECK bool document_contents_insert(const struct content_place *place, const struct document_content *contents,
					 size_t count, struct error *err);
MUST_CHECK bool document_content_replace(const struct content_place *place, const struct document_content *content,
					 struct error *err);
/* Gives a new package the original contents of another package's documents under the same ids.
 * Copies no bytes. */
MUST_CHECK bool document_contents_copy(const struct content_place *place, const char *from, struct error *err);
/* Deletes contents; `documents` are ids, NULL means all of the package. Not an error when there
 * are none. */
MUST_CHECK bool document_contents_delete(const struct content_place *place, const char *const *documents,
					 size_t count, struct error *err);

/* Reads a content into the context's arena. */
MUST_CHECK bool document_content_find(const struct blob_context *context, const char *package,
				      const char *document, struct bytes *ret_content, bool *ret_found,
				      struct error *err);

/* Makes a blob of one content of version 0.3, once no such node is connected. *ret_more is true
 * when there may be others. */
MUST_CHECK bool document_contents_move_step(struct session *session, const struct keyring *keyring,
					    bool *ret_more, struct error *err);

#endif
