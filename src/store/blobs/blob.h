/* blob.h – contents of documents: sealed, read and written in pieces, and stored once per
 * account.
 *
 *   blob_writer ──finish──▶ struct blob ──blob_add, in a txn──▶ referenced ──blob_drop──▶ unreferenced ──sweep──▶ gone
 *
 * A blob is found by its address (crypto/content.h): equal contents of one account are one blob,
 * which counts its references. A blob may have a base, whose content precedes its own. Each
 * version of a document thus stores only what it adds.
 *
 * A small content is stored in its row of the table `blob`, as part of the txn that adds it. A
 * larger content is durable in its place (blob_place.h) before that txn begins, under a random
 * id, so that two writers never use the same id. The table `blob_loose` lists each id that no
 * blob names, not yet or no longer. The sweep deletes what is due there, so that a crash leaves
 * nothing permanently.
 *
 * blob_writer.h writes contents, blob_reader.h reads them, and blob_sweep.h deletes unreferenced
 * ones. A writer and a reader use the given session, which must have no open txn meanwhile. */
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
#define BLOB_INLINE_MAX BLOB_PIECE_SIZE /* maximum bytes of a content stored in its row */
#define BLOB_BASES_MAX 1000	       /* maximum length of a chain of bases */
/* How long an unreferenced blob, or an upload without a blob, stays. */
#define BLOB_UNREFERENCED_S 86400
#define BLOB_READERS_S 3600	       /* how long its bytes stay afterwards, for readers */

/* The data that writers and readers need. Results live in the arena. */
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
	int64_t size; /* bytes of the whole content */
	/* The following members are for blob_add. */
	bool has_base;
	unsigned char base[CONTENT_ADDRESS_BYTES];
	int64_t own_size; /* without the base */
	char id[BLOB_ID_LENGTH + 1];
	struct bytes key_sealed;
	bool lies_in_place;
	struct bytes content; /* sealed; only for a new content that is stored in its row */
};

/* Adds a reference to the blob, and the blob itself unless the account has it. A txn that adds
 * or drops several blobs must order them by address to avoid deadlocks. Fails with
 * ERROR_CONFLICT when the upload has been swept. */
MUST_CHECK bool blob_add(struct txn *txn, const struct blob *blob, struct error *err);
/* Releases a blob after a failed txn that should have added it: bytes that no blob names are
 * swept with the next step. Also safe if the txn was committed. Best effort: otherwise they are
 * swept later. */
void blob_give_up(struct session *session, const struct blob *blob);
/* Adds a reference to an existing blob. Fails with ERROR_CONFLICT when it does not exist. */
MUST_CHECK bool blob_hold(struct txn *txn, const char *account, const unsigned char address[CONTENT_ADDRESS_BYTES],
			  struct error *err);
/* Removes one reference. */
MUST_CHECK bool blob_drop(struct txn *txn, const char *account, const unsigned char address[CONTENT_ADDRESS_BYTES],
			  struct error *err);

#endif
