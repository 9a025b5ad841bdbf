/* blob.h – the bytes of documents: sealed, written and read in pieces, stored once per account.
 *
 *   blob_writer ──finish──▶ struct blob ──blob_add, in a txn──▶ referenced ──blob_drop──▶ unreferenced ──sweep──▶ gone
 *
 * A blob is found by its address (crypto/content.h): equal contents of one account are one blob. It counts its references.
 * A blob may have a base: its content is the base's content and what follows. So each version of a document stores what it adds.
 *
 * A small content lies in its row of the table `blob`, and is part of the txn that adds it. A larger one is durable in its place
 * (blob_place.h) before that txn begins, under a random id of its own: no two writers meet there. The table `blob_loose` names
 * each id that no blob names: not yet, or no longer. The sweep removes what is due there, so a crash leaves nothing permanently.
 *
 * blob_writer.h writes contents, blob_reader.h reads them, blob_sweep.h removes what nothing refers to. A writer and a reader use the
 * session they were given; the thread has no txn open in it meanwhile. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_H
#define GREFFIER_STORE_BLOBS_BLOB_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "crypto/content.h"
#include "crypto/keyring.h"
#include "store/store.h"

#define BLOB_ID_LENGTH 32
#define BLOB_PIECE_SIZE (256u * 1024) /* bytes of a piece before it is sealed */
#define BLOB_INLINE_MAX BLOB_PIECE_SIZE /* bytes of a content that lies in its row */
#define BLOB_BASES_MAX 1000	       /* blobs below a blob, each the base of the next one */
#define BLOB_UNREFERENCED_S 86400      /* how long a blob stays without a reference, and an upload without a blob */
#define BLOB_READERS_S 3600	       /* how long its bytes stay after that, for those who are reading them */

/* Who writes or reads: results live in the arena. */
struct blob_context {
	struct session *session;
	const struct keyring *keyring;
	struct arena *arena;
	const char *account;
};

/* A finished content. */
struct blob {
	const char *account;
	unsigned char address[CONTENT_ADDRESS_BYTES];
	int64_t size; /* of all of it */
	/* The rest is for blob_add. */
	bool has_base;
	unsigned char base[CONTENT_ADDRESS_BYTES];
	int64_t own_size; /* without its base's */
	char id[BLOB_ID_LENGTH + 1];
	struct bytes key_sealed;
	bool lies_in_place;
	struct bytes content; /* sealed; only of a new one that does not lie in its place */
};

/* Adds a reference to the blob, and the blob itself unless the account has it. A txn that adds or drops several goes by address, so
 * that two of them do not lock each other out. ERROR_CONFLICT when the upload has been swept. */
MUST_CHECK bool blob_add(struct txn *txn, const struct blob *blob, struct error *err);
/* After a txn that was to add it and failed: bytes that no blob names are swept with the next step. Also right when the txn was
 * committed nevertheless. Best effort: without it they are swept later. */
void blob_give_up(struct session *session, const struct blob *blob);
/* Adds a reference to a blob that is there. ERROR_CONFLICT when it is not. */
MUST_CHECK bool blob_hold(struct txn *txn, const char *account, const unsigned char address[CONTENT_ADDRESS_BYTES],
			  struct error *err);
/* Takes one reference away. */
MUST_CHECK bool blob_drop(struct txn *txn, const char *account, const unsigned char address[CONTENT_ADDRESS_BYTES],
			  struct error *err);

#endif
