/* document_contents.c – see document_contents.h. */
#include "signing/document_contents.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "signing/file_match.h"

static bool base64_take(struct arena *arena, const json_t *document, size_t at,
			struct bytes *ret_content, struct error *err)
{
	const json_t *text = json_object_get(document, "base64Content");

	if (!text || json_is_null(text))
		return true;
	if (!json_is_string(text) || !base64_decode_loose(arena, json_string_value(text),
							  json_string_length(text), ret_content))
		return error_set(err, ERROR_INVALID_DOCUMENT,
				 "documents[%zu].base64Content: not base64", at);
	return true;
}

/* A document wants a file when nothing else is its content. */
static const char *name_if_wanting(const json_t *document, struct bytes content)
{
	return content.data || json_object_get(document, "external") ||
			       strcmp(json_text(document, "id"), CONSENT_DOCUMENT_ID) == 0
		       ? NULL
		       : json_text(document, "name");
}

/* Gives each document its file. `used` says which uploads that took. */
static bool uploads_assign(struct arena *arena, const json_t *documents,
			   const struct upload *uploads, size_t upload_count,
			   struct bytes *contents, bool *used, struct error *err)
{
	const char *names[PACKAGE_DOCUMENTS_MAX];
	int files[PACKAGE_DOCUMENTS_MAX];
	const size_t count = json_array_size(documents);
	const struct file_match match = {arena, names, count, uploads, upload_count};

	for (size_t i = 0; i < count; i++)
		names[i] = name_if_wanting(json_array_get(documents, i), contents[i]);
	if (!file_match(&match, files, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (files[i] == FILE_MATCH_NONE)
			continue;
		contents[i] = uploads[files[i]].content;
		used[files[i]] = true;
	}
	return true;
}

/* Uploads nobody asked for become documents of their own. */
static bool leftovers_add(const struct upload *uploads, size_t upload_count, const bool *used,
			  json_t *documents, struct bytes *contents, struct error *err)
{
	for (size_t i = 0; i < upload_count; i++) {
		size_t at = json_array_size(documents);
		if (used[i])
			continue;
		if (at == PACKAGE_DOCUMENTS_MAX)
			return error_set(err, ERROR_INVALID_FIELD,
					 "documents: at most %d are allowed",
					 PACKAGE_DOCUMENTS_MAX);
		contents[at] = uploads[i].content;
		const char *name = uploads[i].filename;
		json_array_append_new(
			documents, json_pack("{s:s}", "name", name && *name ? name : "Document"));
	}
	return true;
}

/* The consent document is the server's own. An entry for it, as a copy of another package has one,
 * goes, and its content with it: the others keep theirs. */
static void consents_drop(json_t *documents, struct bytes *contents)
{
	const size_t count = json_array_size(documents);
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const json_t *document = json_array_get(documents, kept);
		if (strcmp(json_text(document, "id"), CONSENT_DOCUMENT_ID) == 0)
			json_array_remove(documents, kept);
		else
			contents[kept++] = contents[i];
	}
}

bool contents_collect(struct arena *arena, const json_t *body, json_t *package,
		      const struct upload *uploads, size_t upload_count,
		      struct bytes ret_contents[PACKAGE_DOCUMENTS_MAX], struct error *err)
{
	const json_t *sent = json_object_get(body, "documents");
	bool used[FILE_MATCH_FILES_MAX] = {false};

	memset(ret_contents, 0, sizeof(*ret_contents) * PACKAGE_DOCUMENTS_MAX);
	if (json_array_size(sent) > PACKAGE_DOCUMENTS_MAX || upload_count > FILE_MATCH_FILES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "documents: at most %d are allowed",
				 PACKAGE_DOCUMENTS_MAX);
	for (size_t i = 0; i < json_array_size(sent); i++) {
		if (!base64_take(arena, json_array_get(sent, i), i, &ret_contents[i], err))
			return false;
	}
	if (!json_object_get(package, "documents"))
		json_object_set_new(package, "documents", json_array());
	json_t *documents = json_object_get(package, "documents");
	if (!uploads_assign(arena, documents, uploads, upload_count, ret_contents, used, err) ||
	    !leftovers_add(uploads, upload_count, used, documents, ret_contents, err))
		return false;
	consents_drop(documents, ret_contents);
	return true;
}

/* Whole numbers stay whole: 612, not 612.0. */
static json_t *measure(double value)
{
	return value == floor(value) ? json_integer((json_int_t)value) : json_real(value);
}

/* The `pages` list of the document model. */
static json_t *pages_make(const struct pdf_facts *facts)
{
	json_t *pages = json_array();

	for (unsigned i = 0; i < facts->page_count; i++)
		json_array_append_new(pages,
				      json_pack("{s:s, s:i, s:i, s:i, s:i, s:o, s:o}", "id", "",
						"index", (int)i, "version", 0, "left", 0, "top", 0,
						"width", measure(facts->pages[i].width), "height",
						measure(facts->pages[i].height)));
	return pages;
}

/* The documents of one call, being judged one after the other. */
struct judging {
	const struct judge *judge;
	struct document_budget budget;
	struct pdf_facts *facts; /* of the last one */
};

static bool content_check(struct judging *judging, json_t *document, size_t at,
			  struct bytes content, struct error *err)
{
	if (content.length > DOCUMENT_SIZE_MAX)
		return error_set(err, ERROR_INVALID_DOCUMENT,
				 "documents[%zu]: larger than %u bytes", at, DOCUMENT_SIZE_MAX);
	if (!judging->judge->pdf(judging->judge->arg, content, &judging->budget, judging->facts,
				 err))
		return error_wrap(err, "documents[%zu] (\"%.60s\")", at,
				  json_text(document, "name"));
	json_object_set_new(document, "pages", pages_make(judging->facts));
	json_object_set_new(document, "size", json_integer((json_int_t)content.length));
	return true;
}

bool contents_check(struct arena *arena, const struct judge *judge, json_t *package,
		    const struct bytes contents[PACKAGE_DOCUMENTS_MAX],
		    struct document_contents *ret_contents, struct error *err)
{
	struct judging judging = {.judge = judge,
				  .budget = {judge->time},
				  .facts = arena_alloc(arena, sizeof(*judging.facts))};
	/* The documents of a layout say where its blocks stand, and have no content. */
	const bool is_layout = strcmp(json_text(package, "type"), "LAYOUT") == 0;
	json_t *document;
	size_t i, at = 0;

	ret_contents->count = ret_contents->stored_count = 0;
	json_array_foreach(json_object_get(package, "documents"), i, document)
	{
		const char *id = json_text(document, "id");
		if (strcmp(id, CONSENT_DOCUMENT_ID) == 0)
			continue; /* ours */
		struct bytes content = contents[at];
		if (!content.data && !is_layout && !json_object_get(document, "external"))
			return error_set(
				err, ERROR_INVALID_DOCUMENT,
				"documents[%zu]: no content; send base64Content, or a file part",
				at);
		if (content.data) {
			if (!content_check(&judging, document, at, content, err))
				return false;
			ret_contents->judged[ret_contents->count].document = arena_strdup(arena,
											  id);
			ret_contents->judged[ret_contents->count++].bytes = content;
		}
		at++;
	}
	return true;
}

/* ---- storing ---- */

struct blob_context blob_context_of(const struct context *context)
{
	return (struct blob_context){context->session, context->keyring, context->arena,
				     context->account};
}

bool contents_store(const struct context *context, struct document_contents *contents,
		    struct error *err)
{
	const struct blob_context blobs = blob_context_of(context);

	for (size_t i = 0; i < contents->count; i++) {
		if (!document_content_prepare(&blobs, contents->judged[i].document,
					      contents->judged[i].bytes, &contents->stored[i], err))
			return false;
		contents->stored_count++;
	}
	return true;
}

bool contents_give_up(const struct context *context, const struct document_contents *contents)
{
	document_contents_give_up(context->session, contents->stored, contents->stored_count);
	return false;
}
