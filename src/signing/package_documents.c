/* package_documents.c – see package_documents.h. */
#include "signing/package_documents.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "signing/approval_build.h"
#include "signing/document_build.h"
#include "signing/document_contents.h"
#include "signing/document_visibility.h"
#include "signing/ids.h"
#include "signing/model.h"
#include "signing/package_edit.h"
#include "signing/package_version.h"

/* ---- reading ---- */

bool package_documents_read(const struct context *context, const char *id, json_t **ret_documents,
			    struct error *err)
{
	struct stored_package package;

	scoped(json_t) json_t *documents = NULL;
	if (!seen_documents_read(context, id, &package, &documents, err))
		return false;
	package_version_note(context, &package.record);
	*ret_documents = list_counted(documents);
	return true;
}

bool package_document_read(const struct context *context, const char *id, const char *document,
			   json_t **ret_document, struct error *err)
{
	struct stored_package ignored;

	return seen_document_read(context, id, document, &ignored, ret_document, err);
}

/* ---- what is prepared before the transaction: PDFs are read slowly, and a transaction holds the
 * writer ---- */

static bool roles_read(const struct context *context, const char *id, struct role_ids *ret_roles,
		       struct error *err)
{
	struct db *db = session_db(context->session);
	struct stored_package package;
	struct package_parts parts;

	if (!stored_package_find(context, db, id, false, &package, err) ||
	    !stored_package_kind(context, db, &package, PACKAGE_ROLE, &parts, err))
		return false;
	const size_t count = parts.count[PACKAGE_ROLE];
	const char **ids = arena_alloc(context->arena, count * sizeof(*ids) + 1);
	for (size_t i = 0; i < count; i++)
		ids[i] = parts.list[PACKAGE_ROLE][i].id;
	*ret_roles = (struct role_ids){ids, count};
	return true;
}

static json_t *documents_reduce(const json_t *list, struct error *err)
{
	scoped(json_t) json_t *reduced = json_array();

	if (json_array_size(list) > PACKAGE_DOCUMENTS_MAX) {
		(void)error_set(err, ERROR_INVALID_FIELD, "a package has at most %d documents",
				PACKAGE_DOCUMENTS_MAX);
		return NULL;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *document = shape_reduce(&model_document, json_array_get(list, i), err);
		if (!document) {
			(void)error_wrap(err, "documents[%zu]", i);
			return NULL;
		}
		json_array_append_new(reduced, document);
	}
	return json_incref(reduced);
}

struct addition {
	json_t *documents; /* complete but for their places */
	struct document_contents contents;
};

/* `sent` and `reduced` are objects with the list `documents`, as a package has it. */
static bool contents_prepare(const struct context *context, const struct role_ids *roles,
			     const json_t *sent, json_t *reduced, const struct upload *uploads,
			     size_t upload_count, struct addition *addition, struct error *err)
{
	struct bytes *contents = arena_alloc(context->arena,
					     sizeof(*contents) * PACKAGE_DOCUMENTS_MAX);

	if (!contents_collect(context->arena, sent, reduced, uploads, upload_count, contents, err))
		return false;
	addition->documents = json_object_get(reduced, "documents");
	return documents_complete(context->arena, roles, addition->documents, err) &&
	       contents_check(context->arena, context->judge, reduced, contents,
			      &addition->contents, err);
}

/* ---- adding ---- */

static bool ids_are_new(const json_t *documents, const char *const *ids, size_t count,
			struct error *err)
{
	const size_t consent = id_is_among(ids, count, CONSENT_DOCUMENT_ID) ? 1 : 0;
	json_t *document;
	size_t i;

	if (count - consent + json_array_size(documents) > PACKAGE_DOCUMENTS_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "a package has at most %d documents; this one has %zu",
				 PACKAGE_DOCUMENTS_MAX, count - consent);
	json_array_foreach(documents, i, document)
	{
		if (id_is_among(ids, count, json_text(document, "id")))
			return error_set(err, ERROR_INVALID_FIELD,
					 "documents[%zu].id: already used by another document", i);
	}
	return true;
}

/* Roles may have gone since the documents were prepared. */
static bool roles_are_there(struct package_edit *edit, const json_t *documents, struct error *err)
{
	json_t *document, *approval;
	struct role_ids roles;
	size_t i, j;

	if (!edit_part_ids(edit, PACKAGE_ROLE, &roles.list, &roles.count, err))
		return false;
	json_array_foreach(documents, i, document)
	{
		json_array_foreach(json_object_get(document, "approvals"), j, approval)
		{
			if (!id_is_among(roles.list, roles.count, json_text(approval, "role")))
				return error_set(err, ERROR_INVALID_FIELD,
						 "documents[%zu].approvals[%zu].role: there is no "
						 "such role",
						 i, j);
		}
	}
	return true;
}

static struct content_place place_of(const struct package_edit *edit)
{
	const struct package_record *record = &edit->package.record;

	return (struct content_place){edit->txn, record->account, record->id, edit->context->now};
}

static bool documents_append(struct package_edit *edit, void *arg, struct error *err)
{
	struct addition *addition = arg;
	const char *const *ids;
	json_t *document;
	size_t count, i;

	if (!edit_part_ids(edit, PACKAGE_DOCUMENT, &ids, &count, err) ||
	    !ids_are_new(addition->documents, ids, count, err) ||
	    !roles_are_there(edit, addition->documents, err))
		return false;
	json_array_foreach(addition->documents, i, document)
	{
		json_object_set_new(document, "index",
				    json_integer((json_int_t)count + (json_int_t)i));
		shape_complete(&model_document, document);
		if (!edit_part_append(edit, PACKAGE_DOCUMENT, document, err))
			return false;
	}
	const struct content_place place = place_of(edit);
	return document_contents_insert(&place, addition->contents.stored,
					addition->contents.stored_count, err);
}

bool package_documents_add(const struct context *context, const char *id, const json_t *body,
			   const struct upload *uploads, size_t upload_count,
			   json_t **ret_documents, struct error *err)
{
	const bool is_list = json_is_array(body);
	struct addition *addition = arena_alloc(context->arena, sizeof(*addition));
	struct role_ids roles;

	scoped(json_t) json_t *sent = json_pack(is_list ? "{s:O}" : "{s:[O]}", "documents", body);
	scoped(json_t) json_t *list = documents_reduce(json_object_get(sent, "documents"), err);
	if (!list)
		return false;
	scoped(json_t) json_t *reduced = json_pack("{s:O}", "documents", list);
	if (!roles_read(context, id, &roles, err) ||
	    !contents_prepare(context, &roles, sent, reduced, uploads, upload_count, addition, err))
		return false;
	/* A second file makes a second document, and an entry for the consent makes none. */
	if (!is_list && json_array_size(addition->documents) != 1)
		return error_set(err, ERROR_INVALID_FIELD,
				 "the body is one document, but not one document would be added: "
				 "send one file, or a list");
	if (!contents_store(context, &addition->contents, err) ||
	    !package_edit(context, id, EDIT_DRAFTS, documents_append, addition, err))
		return contents_give_up(context, &addition->contents);
	*ret_documents = json_incref(is_list ? addition->documents
					     : json_array_get(addition->documents, 0));
	return true;
}

/* ---- places ---- */

/* Makes `index` the document's place, from `first` on: `list` has all documents in order. */
static bool places_write(struct package_edit *edit, json_t *list, size_t first, struct error *err)
{
	for (size_t i = first; i < json_array_size(list); i++) {
		json_t *document = json_array_get(list, i);
		if (json_integer_value(json_object_get(document, "index")) == (json_int_t)i)
			continue;
		json_object_set_new(document, "index", json_integer((json_int_t)i));
		if (!edit_part_save(edit, PACKAGE_DOCUMENT, document, err))
			return false;
	}
	return true;
}

static bool document_place(const json_t *documents, const char *id, size_t *ret_place,
			   struct error *err)
{
	for (size_t i = 0; i < json_array_size(documents); i++) {
		if (strcmp(json_text(json_array_get(documents, i), "id"), id) == 0) {
			*ret_place = i;
			return true;
		}
	}
	return error_set(err, ERROR_DOCUMENT_NOT_FOUND, "%.60s", id);
}

struct ordering {
	const json_t *list;
	json_t *answer; /* new reference */
};

struct wish {
	json_t *document;
	int64_t index;
	size_t place; /* breaks ties */
};

static int wish_compare(const void *one, const void *other)
{
	const struct wish *a = one, *b = other;

	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	return a->place < b->place ? -1 : 1;
}

static bool wish_read(const json_t *entry, size_t at, const json_t *documents, struct wish *wishes,
		      struct error *err)
{
	size_t place = 0;
	int64_t index;

	if (!*json_text(entry, "id") || !json_whole(json_object_get(entry, "index"), &index))
		return error_set(err, ERROR_INVALID_FIELD,
				 "[%zu]: an object with `id` and `index`, a whole number", at);
	if (!document_place(documents, json_text(entry, "id"), &place, err))
		return error_wrap(err, "[%zu].id", at);
	wishes[place].index = index;
	return true;
}

static bool wishes_make(const json_t *list, const json_t *documents, struct wish *wishes,
			struct error *err)
{
	for (size_t i = 0; i < json_array_size(documents); i++) {
		json_t *document = json_array_get(documents, i);
		wishes[i] = (struct wish){
			document, json_integer_value(json_object_get(document, "index")), i};
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!wish_read(json_array_get(list, i), i, documents, wishes, err))
			return false;
	}
	return true;
}

/* The consent stays in front. */
static json_t *wishes_sort(struct wish *wishes, size_t count)
{
	json_t *sorted = json_array();

	for (size_t i = 0; i < count; i++) {
		if (strcmp(json_text(wishes[i].document, "id"), CONSENT_DOCUMENT_ID) == 0)
			wishes[i].index = INT64_MIN;
	}
	qsort(wishes, count, sizeof(*wishes), wish_compare);
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, wishes[i].document);
	return sorted;
}

static bool order_write(struct package_edit *edit, json_t *sorted, struct error *err)
{
	const size_t count = json_array_size(sorted);
	const char **ids = arena_alloc(edit->context->arena, count * sizeof(*ids) + 1);

	for (size_t i = 0; i < count; i++)
		ids[i] = json_text(json_array_get(sorted, i), "id");
	return places_write(edit, sorted, 0, err) &&
	       edit_parts_order(edit, PACKAGE_DOCUMENT, ids, count, err);
}

static bool documents_order(struct package_edit *edit, void *arg, struct error *err)
{
	struct ordering *ordering = arg;

	scoped(json_t) json_t *documents = edit_parts_read(edit, PACKAGE_DOCUMENT, err);
	if (!documents)
		return false;
	struct wish *wishes = arena_alloc(edit->context->arena,
					  json_array_size(documents) * sizeof(*wishes) + 1);
	if (!wishes_make(ordering->list, documents, wishes, err))
		return false;
	scoped(json_t) json_t *sorted = wishes_sort(wishes, json_array_size(documents));
	ordering->answer = list_counted(sorted);
	return order_write(edit, sorted, err);
}

bool package_documents_order(const struct context *context, const char *id, const json_t *list,
			     json_t **ret_documents, struct error *err)
{
	struct ordering ordering = {.list = list};

	if (json_array_size(list) > PACKAGE_DOCUMENTS_MAX + 1)
		return error_set(err, ERROR_INVALID_FIELD,
				 "the body: at most %d documents are allowed",
				 PACKAGE_DOCUMENTS_MAX);
	bool done = package_edit(context, id, EDIT_DRAFTS, documents_order, &ordering, err);
	scoped(json_t) json_t *answer = ordering.answer;
	if (done)
		*ret_documents = json_incref(answer);
	return done;
}

/* ---- removing ---- */

struct removal {
	const char *const *ids;
	size_t count;
};

static bool documents_remove(struct package_edit *edit, void *arg, struct error *err)
{
	const struct removal *removal = arg;
	size_t first = SIZE_MAX;

	scoped(json_t) json_t *documents = edit_parts_read(edit, PACKAGE_DOCUMENT, err);
	if (!documents)
		return false;
	for (size_t i = 0; i < removal->count; i++) {
		size_t place = 0;
		if (!document_place(documents, removal->ids[i], &place, err) ||
		    !edit_part_remove(edit, PACKAGE_DOCUMENT, removal->ids[i], err))
			return false;
		json_array_remove(documents, place);
		first = place < first ? place : first;
	}
	const struct content_place place = place_of(edit);
	return document_contents_delete(&place, removal->ids, removal->count, err) &&
	       places_write(edit, documents, first, err);
}

bool package_documents_remove(const struct context *context, const char *id, const char *const *ids,
			      size_t count, struct error *err)
{
	struct removal removal = {ids, count};

	if (count == 0)
		return error_set(err, ERROR_MISSING_FIELD, "the body: a list of ids of documents");
	return package_edit(context, id, EDIT_DRAFTS, documents_remove, &removal, err);
}

/* ---- changing ---- */

struct document_change {
	const char *document;
	const json_t *body; /* reduced */
	bool has_content;
	struct addition addition; /* one document, when has_content */
	json_t *answer;		  /* new reference */
};

static const char *const metadata[] = {
	"name", "description", "data", "external", "extract", "extractionTypes",
};
static const char *const content_facts[] = {"pages", "size"};

static void members_copy(const json_t *from, json_t *to, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_t *value = json_object_get(from, names[i]);
		if (value)
			json_object_set(to, names[i], value);
	}
}

/* SDKs send the lists empty when they mean to change something else. */
static void lists_copy(const json_t *from, json_t *to)
{
	static const char *const lists[] = {"approvals", "fields"};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		json_t *list = json_object_get(from, lists[i]);
		if (json_array_size(list) > 0)
			json_object_set(to, lists[i], list);
	}
}

static bool document_change(struct package_edit *edit, void *arg, struct error *err)
{
	struct document_change *change = arg;
	struct role_ids roles;

	scoped(json_t)
		json_t *document = edit_part_read(edit, PACKAGE_DOCUMENT, change->document, err);
	if (!document || !edit_part_ids(edit, PACKAGE_ROLE, &roles.list, &roles.count, err))
		return false;
	members_copy(change->body, document, metadata, ARRAY_SIZE(metadata));
	if (strcmp(change->document, CONSENT_DOCUMENT_ID) != 0)
		lists_copy(change->body, document);
	if (!document_complete(edit->context->arena, &roles, document, NULL, err))
		return false;
	if (change->has_content) {
		members_copy(json_array_get(change->addition.documents, 0), document, content_facts,
			     ARRAY_SIZE(content_facts));
		const struct content_place place = place_of(edit);
		if (!document_content_replace(&place, &change->addition.contents.stored[0], err))
			return false;
	}
	shape_complete(&model_document, document);
	change->answer = json_incref(document);
	return edit_part_save(edit, PACKAGE_DOCUMENT, document, err);
}

/* A new content, judged as if the document were new. */
static bool content_prepare(const struct context *context, struct document_change *change,
			    const json_t *base64, const struct upload *uploads, size_t upload_count,
			    json_t *reduced, struct error *err)
{
	const struct role_ids none = {NULL, 0};

	scoped(json_t) json_t *sent = json_pack("{s:[{}]}", "documents");
	if (strcmp(change->document, CONSENT_DOCUMENT_ID) == 0)
		return error_set(
			err, ERROR_INVALID_FIELD,
			"documentId: the content of the consent document cannot be changed");
	if (upload_count > 1)
		return error_set(err, ERROR_INVALID_FIELD, "file: one document has one file");
	if (base64)
		json_object_set(json_array_get(json_object_get(sent, "documents"), 0),
				"base64Content", (json_t *)(uintptr_t)base64);
	change->has_content = true;
	return contents_prepare(context, &none, sent, reduced, uploads, upload_count,
				&change->addition, err);
}

bool package_document_change(const struct context *context, const char *id, const char *document,
			     const json_t *body, const struct upload *uploads, size_t upload_count,
			     json_t **ret_document, struct error *err)
{
	const json_t *base64 = json_object_get(body, "base64Content");
	struct document_change *change = arena_alloc(context->arena, sizeof(*change));

	scoped(json_t) json_t *reduced = shape_reduce(&model_document, body, err);
	scoped(json_t) json_t *as_new = json_pack("{s:[{s:s, s:s}]}", "documents", "id", document,
						  "name", document);
	*change = (struct document_change){.document = document, .body = reduced};
	if (!reduced || !as_new)
		return false;
	if ((upload_count > 0 || json_is_string(base64)) &&
	    (!package_is_visible_to(context, id, err) ||
	     !content_prepare(context, change, base64, uploads, upload_count, as_new, err)))
		return false;
	bool done = contents_store(context, &change->addition.contents, err) &&
		    package_edit(context, id, EDIT_DRAFTS, document_change, change, err);
	if (!done)
		(void)contents_give_up(context, &change->addition.contents);
	scoped(json_t) json_t *answer = change->answer;
	if (done)
		*ret_document = json_incref(answer);
	return done;
}
