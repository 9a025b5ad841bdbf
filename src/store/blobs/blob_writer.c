/* blob_writer.c – see blob_writer.h. */
#include "store/blobs/blob_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/memory.h"
#include "crypto/random.h"
#include "store/blobs/blob_place.h"
#include "store/blobs/blob_reader.h"
#include "store/blobs/blob_table.h"
#include "store/store_clock.h"

struct blob_writer {
	struct blob_context context;
	struct blob blob; /* as far as it is known */
	struct content_address address;
	unsigned char key[CONTENT_KEY_BYTES];
	/* The piece that is being filled. It is sealed when more bytes follow, because the last
	 * piece is sealed as such. */
	unsigned char *piece;
	size_t filled;
	uint64_t number; /* of that piece */
	struct blob_hold hold;
	bool is_noted; /* in blob_loose */
	bool is_finished;
};

static const struct blob_place *place(const struct blob_writer *writer)
{
	return blob_place_of(writer->context.session);
}

/* The address is that of the whole content, so the base's bytes come first. */
static bool base_take(struct blob_writer *writer, const unsigned char *base, struct error *err)
{
	struct bytes bytes;

	scoped(blob_reader) struct blob_reader *reader = blob_reader_open(&writer->context, base,
									  err);
	if (!reader)
		return false;
	do {
		if (!blob_read(reader, &bytes, err))
			return false;
		content_address_add(&writer->address, bytes);
	} while (bytes.length > 0);
	writer->blob.has_base = true;
	writer->blob.size = blob_reader_size(reader);
	memcpy(writer->blob.base, base, sizeof(writer->blob.base));
	return true;
}

struct blob_writer *blob_writer_open(const struct blob_context *context, const unsigned char *base,
				     struct error *err)
{
	scoped(blob_writer) struct blob_writer *writer = calloc(1, sizeof(*writer));

	ensure(writer);
	writer->context = *context;
	writer->blob.account = context->account;
	random_hex(writer->blob.id, BLOB_ID_LENGTH);
	content_key_make(writer->key);
	content_address_start(&writer->address, context->keyring, context->account);
	writer->hold = (struct blob_hold){.session = context->session,
					  .account = context->account,
					  .id = writer->blob.id,
					  .fd = -1};
	writer->piece = memory_try(BLOB_SEALED_SIZE);
	if (!writer->piece) {
		(void)error_set(err, ERROR_NO_MEMORY, NULL);
		return NULL;
	}
	if (base && !base_take(writer, base, err))
		return NULL;
	struct blob_writer *ready = writer;
	writer = NULL;
	return ready;
}

/* Before the first byte lies in its place: so the sweep finds what a crash leaves. */
static bool loose_note(struct blob_writer *writer, struct error *err)
{
	struct session *session = writer->context.session;

	if (writer->is_noted)
		return true;
	scoped(txn) struct txn *txn = txn_begin(session, err);
	struct wall_time due = wall_add(session_queue_now(session),
					duration_s(BLOB_UNREFERENCED_S));
	if (!txn ||
	    !blob_loose_insert(txn_db(txn), writer->blob.account, writer->blob.id, due, err) ||
	    !txn_commit(&txn, err))
		return false;
	/* A deferred commit is waited for: session_db does. */
	(void)session_db(session);
	writer->is_noted = true;
	return true;
}

static struct bytes piece_seal(struct blob_writer *writer, bool is_last)
{
	content_piece_seal(writer->key, writer->number++, is_last,
			   (struct bytes){writer->piece, writer->filled}, writer->piece);
	struct bytes sealed = {writer->piece, writer->filled + CONTENT_PIECE_OVERHEAD};
	writer->filled = 0;
	return sealed;
}

static bool piece_put(struct blob_writer *writer, bool is_last, struct error *err)
{
	const uint64_t number = writer->number;

	if (!loose_note(writer, err))
		return false;
	writer->blob.lies_in_place = true;
	return place(writer)->append(&writer->hold, number, piece_seal(writer, is_last), err);
}

bool blob_write(struct blob_writer *writer, struct bytes bytes, struct error *err)
{
	content_address_add(&writer->address, bytes);
	writer->blob.own_size += (int64_t)bytes.length;
	while (bytes.length > 0) {
		if (writer->filled == BLOB_PIECE_SIZE && !piece_put(writer, false, err))
			return false;
		size_t room = BLOB_PIECE_SIZE - writer->filled;
		size_t taken = bytes.length < room ? bytes.length : room;
		memcpy(writer->piece + writer->filled, bytes.data, taken);
		writer->filled += taken;
		bytes.data += taken;
		bytes.length -= taken;
	}
	return place(writer)->flush(&writer->hold, err);
}

/* The last piece: into its place behind the others, or into the blob. */
static bool rest_put(struct blob_writer *writer, struct error *err)
{
	if (writer->blob.lies_in_place)
		return piece_put(writer, true, err) && place(writer)->finish(&writer->hold, err);
	struct bytes sealed = piece_seal(writer, true);
	unsigned char *copy = arena_try_memdup(writer->context.arena, sealed.data, sealed.length);
	writer->blob.content = (struct bytes){copy, sealed.length};
	return copy || error_set(err, ERROR_NO_MEMORY, NULL);
}

bool blob_finish(struct blob_writer *writer, struct blob *ret_blob, struct error *err)
{
	const struct blob_context *context = &writer->context;
	struct blob *blob = &writer->blob;

	if (!rest_put(writer, err))
		return false;
	content_address_end(&writer->address, blob->address);
	blob->size += blob->own_size;
	blob->key_sealed = keyring_seal(context->keyring, context->arena,
					blob_key_context(context->arena, blob),
					(struct bytes){writer->key, sizeof(writer->key)});
	*ret_blob = *blob;
	writer->is_finished = true;
	return true;
}

void blob_writer_close(struct blob_writer *writer)
{
	struct error ignored = {0};

	if (!writer)
		return;
	place(writer)->close(&writer->hold);
	/* At once, because the disk may be full. The sweep looks again. */
	if (writer->is_noted && !writer->is_finished)
		(void)!place(writer)->remove(writer->context.session, writer->blob.account,
					     writer->blob.id, &ignored);
	if (writer->piece)
		sodium_memzero(writer->piece, BLOB_SEALED_SIZE);
	free(writer->piece);
	sodium_memzero(writer, sizeof(*writer));
	free(writer);
}

bool blob_make(const struct blob_context *context, struct bytes bytes, struct blob *ret_blob,
	       struct error *err)
{
	scoped(blob_writer) struct blob_writer *writer = blob_writer_open(context, NULL, err);

	return writer && blob_write(writer, bytes, err) && blob_finish(writer, ret_blob, err);
}
