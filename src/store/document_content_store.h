/* document_content_store.h – the contents of packages' documents: which blob (blobs/blob.h) holds the bytes of a document.
 *
 * Version 0.3 keeps the bytes in the table document_content. While a node of 0.3 is connected, new contents go there, because it could
 * not read blobs. Afterwards document_contents_move_step makes blobs of them. A document has one or the other. */
#ifndef GREFFIER_STORE_DOCUMENT_CONTENT_STORE_H
#define GREFFIER_STORE_DOCUMENT_CONTENT_STORE_H

#include "store/blobs/blob.h"

#define DOCUMENT_CONTENTS_MAX 100 /* in one call of the functions below */

/* A content, ready to be put by a txn. */
struct document_content {
	const char *document; /* id */
	bool is_blob;
	struct blob blob;
	struct bytes plain; /* when it is no blob; borrowed */
};

/* Before the txn: seals the bytes, and stores them durably if they are large. */
MUST_CHECK bool document_content_prepare(const struct blob_context *context, const char *document,
					 struct bytes bytes, struct document_content *ret_content,
					 struct error *err);
/* After a txn that failed, whatever its outcome: what it did not put is swept with the next step. */
void document_contents_give_up(struct session *session, const struct document_content *contents, size_t count);

/* Which package, in which txn. `now` is store time. */
struct content_place {
	struct txn *txn;
	const char *account, *package;
	struct wall_time now;
};
/* The documents have no content yet. */
MUST_CHECK bool document_contents_insert(const struct content_place *place, const struct document_content *contents,
					 size_t count, struct error *err);
MUST_CHECK bool document_content_replace(const struct content_place *place, const struct document_content *content,
					 struct error *err);
/* Gives the package, which has no contents yet, those that another package's documents were sent with, under the same ids. Copies no
 * bytes. */
MUST_CHECK bool document_contents_copy(const struct content_place *place, const char *from, struct error *err);
/* `documents`: their ids; NULL: all of the package. It is fine when there are none. */
MUST_CHECK bool document_contents_delete(const struct content_place *place, const char *const *documents,
					 size_t count, struct error *err);

/* In the context's arena. */
MUST_CHECK bool document_content_find(const struct blob_context *context, const char *package,
				      const char *document, struct bytes *ret_content, bool *ret_found,
				      struct error *err);

/* Makes a blob of one content of version 0.3, once no such node is connected. *ret_more: there may be others. */
MUST_CHECK bool document_contents_move_step(struct session *session, const struct keyring *keyring,
					    bool *ret_more, struct error *err);

#endif
