/* document_files.c – see document_files.h. */
#include "signing/document_files.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "notify/event.h"
#include "signing/archive.h"
#include "signing/consent_pdf.h"
#include "signing/document_contents.h"
#include "signing/document_visibility.h"
#include "signing/package_event.h"
#include "signing/package_version.h"

static bool content_read(const struct context *context, const char *package, const char *document,
			 struct bytes *ret_content, bool *ret_found, struct error *err)
{
	*ret_found = true;
	if (strcmp(document, CONSENT_DOCUMENT_ID) == 0) { /* the same for all: not stored */
		*ret_content = consent_pdf(context->arena);
		return true;
	}
	const struct blob_context blobs = blob_context_of(context);
	return document_content_find(&blobs, package, document, ret_content, ret_found, err);
}

static const char *file_name(struct arena *arena, const char *name)
{
	const size_t length = strlen(name);
	const bool has_ending = length > 4 && text_equal_nocase(name + length - 4, ".pdf");

	return has_ending ? arena_strdup(arena, name) : arena_printf(arena, "%s.pdf", name);
}

/* ---- one document ---- */

static bool view_record(const struct context *context, const struct package_record *package,
			const char *document_id, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn &&
	       package_event_raise(context, txn, EVENT_DOCUMENT_VIEWED, package, NULL, document_id,
				   err) &&
	       txn_commit(&txn, err);
}

bool document_file_read(const struct context *context, const char *package_id,
			const char *document_id, struct document_file *ret_file, struct error *err)
{
	struct stored_package package;
	bool found;

	scoped(json_t) json_t *document = NULL;
	if (!seen_document_read(context, package_id, document_id, &package, &document, err) ||
	    !content_read(context, package_id, document_id, &ret_file->content, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_DOCUMENT_NOT_FOUND, "the document has no content");
	ret_file->name = file_name(context->arena, json_text(document, "name"));
	return !actor_is_signer(context->actor) ||
	       view_record(context, &package.record, document_id, err);
}

/* ---- all of them ---- */

struct collection {
	struct archive_entry entries[PACKAGE_DOCUMENTS_MAX + 1];
	size_t count;
	size_t left; /* bytes */
};

static bool file_collect(const struct context *context, const char *package, const json_t *document,
			 struct collection *collection, struct error *err)
{
	struct archive_entry *entry = &collection->entries[collection->count];
	/* Before it is read: what would be too much takes no memory. */
	const size_t size = (size_t)json_integer_value(json_object_get(document, "size"));
	bool found;

	if (size > collection->left)
		return error_set(
			err, ERROR_BODY_TOO_LARGE,
			"the documents have more than %u bytes together: download them one "
			"by one",
			DOCUMENTS_ARCHIVE_MAX);
	collection->left -= size;
	if (!content_read(context, package, json_text(document, "id"), &entry->content, &found,
			  err))
		return false;
	entry->name = file_name(context->arena, json_text(document, "name"));
	collection->count += found;
	return true;
}

bool documents_archive_read(const struct context *context, const char *package_id,
			    struct document_file *ret_archive, struct error *err)
{
	struct collection *collection = arena_alloc(context->arena, sizeof(*collection));
	struct stored_package package;
	json_t *document;
	size_t i;

	scoped(json_t) json_t *documents = NULL;
	if (!seen_documents_read(context, package_id, &package, &documents, err))
		return false;
	package_version_note(context, &package.record);
	*collection = (struct collection){.left = DOCUMENTS_ARCHIVE_MAX};
	json_array_foreach(documents, i, document)
	{
		if (!file_collect(context, package_id, document, collection, err))
			return false;
	}
	ret_archive->name = arena_printf(context->arena, "%s.zip", package.record.name);
	return archive_make(context->arena, collection->entries, collection->count,
			    &ret_archive->content, err);
}
