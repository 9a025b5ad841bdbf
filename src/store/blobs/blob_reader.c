/* blob_reader.c – see blob_reader.h. */
#include "store/blobs/blob_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/memory.h"
#include "store/blobs/blob_place.h"
#include "store/blobs/blob_table.h"

/* A blob of the chain from the last base to the one that was asked for. */
struct link {
	struct blob blob;
	struct link *next;
};

struct blob_reader {
	struct blob_context context;
	struct link *link;		      /* that is being read; NULL at the end */
	int64_t size, done;		      /* `done`: bytes of that link that were read */
	unsigned char key[CONTENT_KEY_BYTES]; /* that link's */
	bool has_key;
	unsigned char *piece;
	struct blob_hold hold;
};

static const struct blob_place *place(const struct blob_reader *reader)
{
	return blob_place_of(reader->context.session);
}

/* From the blob down to its last base: each one found is put before those above it. */
static bool chain_read(struct blob_reader *reader, const unsigned char *address, struct error *err)
{
	const struct blob_context *context = &reader->context;

	for (unsigned depth = 0; address; depth++) {
		struct link *link = arena_alloc(context->arena, sizeof(*link));
		bool found;
		if (!blob_find(session_db(context->session), context->arena, context->account,
			       address, &link->blob, &found, err))
			return false;
		if (!found && depth == 0)
			return error_set(err, ERROR_DOCUMENT_NOT_FOUND, NULL);
		if (!found || depth > BLOB_BASES_MAX)
			return error_set(err, ERROR_UNEXPECTED, "blob %s has no whole base",
					 reader->link->blob.id);
		link->next = reader->link;
		reader->link = link;
		if (depth == 0)
			reader->size = link->blob.size;
		address = link->blob.has_base ? link->blob.base : NULL;
	}
	return true;
}

struct blob_reader *blob_reader_open(const struct blob_context *context,
				     const unsigned char address[CONTENT_ADDRESS_BYTES],
				     struct error *err)
{
	struct blob_reader *reader = calloc(1, sizeof(*reader));

	ensure(reader);
	reader->context = *context;
	reader->hold.fd = -1;
	reader->piece = memory_try(BLOB_SEALED_SIZE);
	if (!reader->piece)
		(void)error_set(err, ERROR_NO_MEMORY, NULL);
	else if (chain_read(reader, address, err))
		return reader;
	blob_reader_close(reader);
	return NULL;
}

int64_t blob_reader_size(const struct blob_reader *reader)
{
	return reader->size;
}

static bool link_open(struct blob_reader *reader, struct error *err)
{
	const struct blob_context *context = &reader->context;
	const struct blob *blob = &reader->link->blob;
	struct bytes key;

	if (reader->has_key)
		return true;
	if (!keyring_unseal(context->keyring, context->arena,
			    blob_key_context(context->arena, blob), blob->key_sealed, &key, err))
		return false;
	ensure(key.length == sizeof(reader->key));
	memcpy(reader->key, key.data, sizeof(reader->key));
	reader->has_key = true;
	reader->hold = (struct blob_hold){
		.session = context->session, .account = context->account, .id = blob->id, .fd = -1};
	return true;
}

static void link_end(struct blob_reader *reader)
{
	place(reader)->close(&reader->hold);
	reader->link = reader->link->next;
	reader->done = 0;
	reader->has_key = false;
}

/* The sealed piece, whose length is known by the blob's size. */
static bool piece_fetch(struct blob_reader *reader, uint64_t number, size_t length,
			struct error *err)
{
	const struct blob *blob = &reader->link->blob;
	struct bytes sealed;

	if (blob->lies_in_place)
		return place(reader)->read(&reader->hold, number, reader->piece, length, err);
	scoped(arena) struct arena *arena = arena_new();
	if (!blob_content_read(session_db(reader->context.session), arena, blob, &sealed, err))
		return false;
	if (sealed.length != length)
		return error_set(err, ERROR_UNEXPECTED, "blob %s is cut short", blob->id);
	memcpy(reader->piece, sealed.data, length);
	return true;
}

static bool piece_read(struct blob_reader *reader, struct bytes *ret_bytes, struct error *err)
{
	const struct blob *blob = &reader->link->blob;
	const int64_t left = blob->own_size - reader->done;
	const bool is_last = left <= BLOB_PIECE_SIZE;
	const size_t length = is_last ? (size_t)left : BLOB_PIECE_SIZE;
	const uint64_t number = (uint64_t)reader->done / BLOB_PIECE_SIZE;

	if (!link_open(reader, err) ||
	    !piece_fetch(reader, number, length + CONTENT_PIECE_OVERHEAD, err))
		return false;
	if (!content_piece_open(reader->key, number, is_last, reader->piece,
				length + CONTENT_PIECE_OVERHEAD))
		return error_set(err, ERROR_UNEXPECTED,
				 "piece %llu of blob %s is not what was written",
				 (unsigned long long)number, blob->id);
	*ret_bytes = (struct bytes){reader->piece, length};
	reader->done += (int64_t)length;
	return true;
}

bool blob_read(struct blob_reader *reader, struct bytes *ret_bytes, struct error *err)
{
	*ret_bytes = (struct bytes){reader->piece, 0};
	while (reader->link && ret_bytes->length == 0) {
		if (reader->done < reader->link->blob.own_size &&
		    !piece_read(reader, ret_bytes, err))
			return false;
		if (reader->done == reader->link->blob.own_size)
			link_end(reader);
	}
	return true;
}

void blob_reader_close(struct blob_reader *reader)
{
	if (!reader)
		return;
	place(reader)->close(&reader->hold);
	if (reader->piece)
		sodium_memzero(reader->piece, BLOB_SEALED_SIZE);
	free(reader->piece);
	sodium_memzero(reader, sizeof(*reader));
	free(reader);
}

static bool all_read(struct blob_reader *reader, struct bytes *ret_bytes, struct error *err)
{
	unsigned char *all = arena_try_alloc(reader->context.arena, (size_t)reader->size + 1);
	struct bytes piece;
	size_t done = 0;

	if (!all)
		return error_set(err, ERROR_NO_MEMORY, NULL);
	do {
		if (!blob_read(reader, &piece, err))
			return false;
		ensure(done + piece.length <= (size_t)reader->size);
		memcpy(all + done, piece.data, piece.length);
		done += piece.length;
	} while (piece.length > 0);
	*ret_bytes = (struct bytes){all, done};
	return done == (size_t)reader->size ||
	       error_set(err, ERROR_UNEXPECTED, "a blob is shorter than its size says");
}

bool blob_read_all(const struct blob_context *context,
		   const unsigned char address[CONTENT_ADDRESS_BYTES], struct bytes *ret_bytes,
		   struct error *err)
{
	struct blob_reader *reader = blob_reader_open(context, address, err);
	const bool done = reader && all_read(reader, ret_bytes, err);

	blob_reader_close(reader);
	return done;
}
