/* document_content_store.c – SQL of the contents of documents. */
#include "store/document_content_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "store/blobs/blob_reader.h"
#include "store/blobs/blob_writer.h"
#include "store/rows.h"

bool document_content_prepare(const struct blob_context *context, const char *document,
			      struct bytes bytes, struct document_content *ret_content,
			      struct error *err)
{
	struct document_content content = {.document = document, .plain = bytes};
	bool older;

	if (!session_beside_older(context->session, session_db(context->session), &older, err))
		return false;
	content.is_blob = !older;
	if (content.is_blob && !blob_make(context, bytes, &content.blob, err))
		return false;
	*ret_content = content;
	return true;
}

void document_contents_give_up(struct session *session, const struct document_content *contents,
			       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (contents[i].is_blob)
			blob_give_up(session, &contents[i].blob);
	}
}

/* ---- references, by address: then no two txns wait for one another ---- */

struct reference {
	const unsigned char *address;
	enum {
		REFERENCE_ADD,
		REFERENCE_HOLD,
		REFERENCE_DROP
	} what;
	const struct blob *added; /* by REFERENCE_ADD, with the blob; REFERENCE_HOLD: it is there */
};

struct references {
	struct reference list[2 * DOCUMENT_CONTENTS_MAX];
	size_t count;
};

static int address_compare(const void *one, const void *other)
{
	return memcmp(((const struct reference *)one)->address,
		      ((const struct reference *)other)->address, CONTENT_ADDRESS_BYTES);
}

static bool reference_write(const struct content_place *place, const struct reference *each,
			    struct error *err)
{
	switch (each->what) {
	case REFERENCE_ADD:
		return blob_add(place->txn, each->added, err);
	case REFERENCE_HOLD:
		return blob_hold(place->txn, place->account, each->address, err);
	case REFERENCE_DROP:
		return blob_drop(place->txn, place->account, each->address, err);
	}
	ensure(false);
}

static bool references_write(const struct content_place *place, struct references *references,
			     struct error *err)
{
	qsort(references->list, references->count, sizeof(references->list[0]), address_compare);
	for (size_t i = 0; i < references->count; i++) {
		if (!reference_write(place, &references->list[i], err))
			return false;
	}
	return true;
}

static void reference_note(struct references *references, struct reference reference)
{
	ensure(references->count < ARRAY_SIZE(references->list));
	references->list[references->count++] = reference;
}

/* ---- writing ---- */

static const char INSERT_BLOB[] =
	"INSERT INTO document_blob (account, package, document, version, address, created_us) "
	"VALUES ($1, $2, $3, 1, $4, $5)";
static const char INSERT_PLAIN[] =
	"INSERT INTO document_content (account, package, document, content, created_us) "
	"VALUES ($1, $2, $3, $4, $5)";

static bool row_insert(const struct content_place *place, const struct document_content *content,
		       struct error *err)
{
	struct bytes address = {content->blob.address, CONTENT_ADDRESS_BYTES};

	return db_run(txn_db(place->txn), content->is_blob ? INSERT_BLOB : INSERT_PLAIN,
		      ARGS(arg_text(place->account), arg_text(place->package),
			   arg_text(content->document),
			   arg_bytes(content->is_blob ? address : content->plain),
			   arg_time(place->now)),
		      NULL, err);
}

static bool rows_insert(const struct content_place *place, const struct document_content *contents,
			size_t count, struct references *references, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!row_insert(place, &contents[i], err))
			return false;
		if (contents[i].is_blob)
			reference_note(references,
				       (struct reference){contents[i].blob.address, REFERENCE_ADD,
							  &contents[i].blob});
	}
	return true;
}

bool document_contents_insert(const struct content_place *place,
			      const struct document_content *contents, size_t count,
			      struct error *err)
{
	struct references references = {.count = 0};

	return rows_insert(place, contents, count, &references, err) &&
	       references_write(place, &references, err);
}

static bool is_among(const char *const *documents, size_t count, const char *document)
{
	bool found = !documents;

	for (size_t i = 0; i < count && !found; i++)
		found = strcmp(documents[i], document) == 0;
	return found;
}

static const char SELECT_ADDRESSES[] =
	"SELECT document, address FROM document_blob WHERE account = $1 AND package = $2";
static const char DELETE_BLOBS[] = "DELETE FROM document_blob WHERE account = $1 AND package = $2 "
				   "AND (CAST($3 AS TEXT) IS NULL OR document = $3)";
static const char DELETE_PLAIN[] =
	"DELETE FROM document_content WHERE account = $1 AND package = $2 "
	"AND (CAST($3 AS TEXT) IS NULL OR document = $3)";

static bool addresses_read(const struct content_place *place, struct arena *arena,
			   const char *const *documents, size_t count,
			   struct references *references, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		txn_db(place->txn), SELECT_ADDRESSES,
		ARGS(arg_text(place->account), arg_text(place->package)), err);

	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		if (is_among(documents, count, rows_text(rows, "document", arena)))
			reference_note(references,
				       (struct reference){rows_bytes(rows, "address", arena).data,
							  REFERENCE_DROP, NULL});
	}
	return err->code == ERROR_NONE;
}

static bool rows_delete(const struct content_place *place, const char *document, bool has_blobs,
			struct error *err)
{
	const struct arg args[] = {arg_text(place->account), arg_text(place->package),
				   arg_text(document)};
	struct db *db = txn_db(place->txn);

	return (!has_blobs || db_run(db, DELETE_BLOBS, args, ARRAY_SIZE(args), NULL, err)) &&
	       db_run(db, DELETE_PLAIN, args, ARRAY_SIZE(args), NULL, err);
}

/* The references that go are noted; their addresses live in `arena`. */
static bool rows_remove(const struct content_place *place, struct arena *arena,
			const char *const *documents, size_t count, struct references *references,
			struct error *err)
{
	if (!addresses_read(place, arena, documents, count, references, err))
		return false;
	if (!documents)
		return rows_delete(place, NULL, references->count > 0, err);
	for (size_t i = 0; i < count; i++) {
		if (!rows_delete(place, documents[i], references->count > 0, err))
			return false;
	}
	return true;
}

bool document_contents_delete(const struct content_place *place, const char *const *documents,
			      size_t count, struct error *err)
{
	struct references references = {.count = 0};

	scoped(arena) struct arena *arena = arena_new();
	return rows_remove(place, arena, documents, count, &references, err) &&
	       references_write(place, &references, err);
}

bool document_content_replace(const struct content_place *place,
			      const struct document_content *content, struct error *err)
{
	struct references references = {.count = 0};

	scoped(arena) struct arena *arena = arena_new();
	return rows_remove(place, arena, &content->document, 1, &references, err) &&
	       rows_insert(place, content, 1, &references, err) &&
	       references_write(place, &references, err);
}

/* In this order: a content that becomes a blob between the two statements is copied by the first,
 * and passed over by the second. */
static const char COPY_PLAIN[] =
	"INSERT INTO document_content (account, package, document, content, created_us) "
	"SELECT account, CAST($1 AS TEXT), document, content, CAST($2 AS BIGINT) "
	"FROM document_content WHERE account = $3 AND package = $4";
static const char SELECT_SENT[] =
	"SELECT document, address FROM document_blob AS sent "
	"WHERE account = $1 AND package = $2 AND version = 1 AND NOT EXISTS (SELECT 1 "
	"FROM document_content AS copied WHERE copied.account = $1 AND copied.package = $3 "
	"AND copied.document = sent.document)";

static bool sent_read(const struct content_place *place, const char *from, struct arena *arena,
		      struct document_content ret_sent[DOCUMENT_CONTENTS_MAX], size_t *ret_count,
		      struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		txn_db(place->txn), SELECT_SENT,
		ARGS(arg_text(place->account), arg_text(from), arg_text(place->package)), err);

	*ret_count = 0;
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		struct document_content *each = &ret_sent[*ret_count];
		struct bytes address = rows_bytes(rows, "address", arena);
		ensure(++*ret_count <= DOCUMENT_CONTENTS_MAX &&
		       address.length == sizeof(each->blob.address));
		*each = (struct document_content){.document = rows_text(rows, "document", arena),
						  .is_blob = true};
		memcpy(each->blob.address, address.data, address.length);
	}
	return err->code == ERROR_NONE;
}

bool document_contents_copy(const struct content_place *place, const char *from, struct error *err)
{
	struct references references = {.count = 0};
	size_t count;

	scoped(arena) struct arena *arena = arena_new();
	struct document_content *sent = arena_alloc(arena, DOCUMENT_CONTENTS_MAX * sizeof(*sent));
	if (!db_run(txn_db(place->txn), COPY_PLAIN,
		    ARGS(arg_text(place->package), arg_time(place->now), arg_text(place->account),
			 arg_text(from)),
		    NULL, err) ||
	    !sent_read(place, from, arena, sent, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!row_insert(place, &sent[i], err))
			return false;
		reference_note(&references,
			       (struct reference){sent[i].blob.address, REFERENCE_HOLD, NULL});
	}
	return references_write(place, &references, err);
}

/* ---- reading ---- */

static const char SELECT_ADDRESS[] =
	"SELECT address FROM document_blob WHERE account = $1 AND package = $2 AND document = $3 "
	"ORDER BY version DESC LIMIT 1";
static const char SELECT_PLAIN[] = "SELECT content FROM document_content "
				   "WHERE account = $1 AND package = $2 AND document = $3";

/* One column of the document's row; no data when there is none. */
static bool column_find(const struct blob_context *context, const char *sql, const char *column,
			const char *package, const char *document, struct bytes *ret_bytes,
			struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		session_db(context->session), sql,
		ARGS(arg_text(context->account), arg_text(package), arg_text(document)), err);
	bool found;

	*ret_bytes = (struct bytes){NULL, 0};
	if (!rows || !rows_first(rows, &found, err))
		return false;
	return !found || rows_large_bytes(rows, column, context->arena, ret_bytes, err);
}

bool document_content_find(const struct blob_context *context, const char *package,
			   const char *document, struct bytes *ret_content, bool *ret_found,
			   struct error *err)
{
	struct bytes plain, address;

	/* In this order: a content that is moved between the two statements is found by the second.
	 */
	if (!column_find(context, SELECT_PLAIN, "content", package, document, &plain, err) ||
	    (!plain.data &&
	     !column_find(context, SELECT_ADDRESS, "address", package, document, &address, err)))
		return false;
	*ret_found = plain.data || address.data;
	if (plain.data)
		*ret_content = plain;
	return plain.data || !address.data ||
	       blob_read_all(context, address.data, ret_content, err);
}

/* ---- contents of version 0.3 ---- */

static const char SELECT_ANY_PLAIN[] =
	"SELECT account, package, document, content, created_us FROM document_content "
	"ORDER BY account, package, document LIMIT 1";

struct plain {
	const char *account, *package, *document;
	struct bytes content;
	struct wall_time created;
};

static bool plain_find(struct session *session, struct arena *arena, struct plain *ret_plain,
		       bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(session_db(session), SELECT_ANY_PLAIN, NO_ARGS,
						  err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	*ret_plain = (struct plain){.account = rows_text(rows, "account", arena),
				    .package = rows_text(rows, "package", arena),
				    .document = rows_text(rows, "document", arena),
				    .created = rows_time(rows, "created_us")};
	return rows_large_bytes(rows, "content", arena, &ret_plain->content, err);
}

/* Not one that was replaced or deleted since it was read. */
static const char TAKE_PLAIN[] = "DELETE FROM document_content WHERE account = $1 "
				 "AND package = $2 AND document = $3 AND created_us = $4";

static bool plain_move(struct session *session, const struct plain *plain,
		       const struct document_content *content, struct error *err)
{
	int64_t changed;

	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !db_run(txn_db(txn), TAKE_PLAIN,
			    ARGS(arg_text(plain->account), arg_text(plain->package),
				 arg_text(plain->document), arg_time(plain->created)),
			    &changed, err))
		return false;
	if (changed == 0)
		return true;
	const struct content_place place = {txn, plain->account, plain->package, plain->created};
	return document_contents_insert(&place, content, 1, err) && txn_commit(&txn, err);
}

bool document_contents_move_step(struct session *session, const struct keyring *keyring,
				 bool *ret_more, struct error *err)
{
	struct document_content content;
	struct plain plain;

	scoped(arena) struct arena *arena = arena_new();
	if (!plain_find(session, arena, &plain, ret_more, err))
		return false;
	if (!*ret_more)
		return true;
	const struct blob_context context = {session, keyring, arena, plain.account};
	if (!document_content_prepare(&context, plain.document, plain.content, &content, err))
		return false;
	if (!content.is_blob) { /* a node of 0.3 is connected */
		*ret_more = false;
		return true;
	}
	return plain_move(session, &plain, &content, err) ||
	       error_wrap(err, "document %s of package %s of account %s", plain.document,
			  plain.package, plain.account);
}
