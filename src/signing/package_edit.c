/* package_edit.c – see package_edit.h. */
#include "signing/package_edit.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "signing/document_build.h"
#include "signing/model.h"
#include "signing/package_text.h"
#include "signing/package_version.h"

static const enum error_code not_found[PACKAGE_PART_KIND_COUNT] = {
	[PACKAGE_ROLE] = ERROR_ROLE_NOT_FOUND,
	[PACKAGE_DOCUMENT] = ERROR_DOCUMENT_NOT_FOUND,
};

/* ---- parts ---- */

static struct db *edit_db(const struct package_edit *edit)
{
	return txn_db(edit->txn);
}

/* The part's place in an undivided package, whose parts are all in memory. */
static struct package_part *undivided_part(struct package_edit *edit, enum package_part_kind kind,
					   const char *id)
{
	struct package_parts *parts = &edit->package.parts;
	size_t at = 0;

	while (at < parts->count[kind] && strcmp(parts->list[kind][at].id, id) != 0)
		at++;
	ensure(at < parts->count[kind]);
	return &parts->list[kind][at];
}

static bool part_encode(struct package_edit *edit, const json_t *part,
			struct package_part *ret_part, struct error *err)
{
	ret_part->id = arena_strdup(edit->context->arena, json_text(part, "id"));
	return package_text_encode(edit->context->arena, part, &ret_part->body, err);
}

json_t *edit_part_read(struct package_edit *edit, enum package_part_kind kind, const char *id,
		       struct error *err)
{
	struct package_part part;
	bool found;

	if (!stored_package_part(edit->context, edit_db(edit), &edit->package, kind, id, &part,
				 &found, err))
		return NULL;
	if (!found) {
		(void)error_set(err, not_found[kind], NULL);
		return NULL;
	}
	return package_text_decode(part.body, err);
}

json_t *edit_parts_read(struct package_edit *edit, enum package_part_kind kind, struct error *err)
{
	struct package_parts parts;

	if (!stored_package_kind(edit->context, edit_db(edit), &edit->package, kind, &parts, err))
		return NULL;
	scoped(json_t) json_t *list = json_array();
	for (size_t i = 0; i < parts.count[kind]; i++) {
		json_t *part = package_text_decode(parts.list[kind][i].body, err);
		if (!part)
			return NULL;
		json_array_append_new(list, part);
	}
	return json_incref(list);
}

bool edit_part_ids(struct package_edit *edit, enum package_part_kind kind,
		   const char *const **ret_ids, size_t *ret_count, struct error *err)
{
	const struct package_record *record = &edit->package.record;
	const struct package_parts *parts = &edit->package.parts;
	struct arena *arena = edit->context->arena;

	if (!edit->package.has_parts)
		return package_part_ids(edit_db(edit), arena, record->account, record->id, kind,
					ret_ids, ret_count, err);
	const char **ids = arena_alloc(arena, parts->count[kind] * sizeof(*ids) + 1);
	for (size_t i = 0; i < parts->count[kind]; i++)
		ids[i] = parts->list[kind][i].id;
	*ret_ids = ids;
	*ret_count = parts->count[kind];
	return true;
}

bool edit_part_save(struct package_edit *edit, enum package_part_kind kind, const json_t *value,
		    struct error *err)
{
	struct package_record *record = &edit->package.record;
	struct package_part part, before;
	bool found;

	if (!part_encode(edit, value, &part, err) ||
	    !stored_package_part(edit->context, edit_db(edit), &edit->package, kind, part.id,
				 &before, &found, err))
		return false;
	ensure(found);
	record->parts_size += (int64_t)strlen(part.body) - (int64_t)strlen(before.body);
	if (edit->package.is_undivided) {
		*undivided_part(edit, kind, part.id) = part;
		return true;
	}
	return package_part_save(edit_db(edit), record->account, record->id, kind, &part, err);
}

bool edit_part_append(struct package_edit *edit, enum package_part_kind kind, const json_t *value,
		      struct error *err)
{
	struct package_record *record = &edit->package.record;
	struct package_parts *parts = &edit->package.parts;
	struct package_part part;

	if (!part_encode(edit, value, &part, err))
		return false;
	record->parts_size += (int64_t)strlen(part.body);
	if (!edit->package.is_undivided)
		return package_part_append(edit_db(edit), record->account, record->id, kind, &part,
					   err);
	struct package_part *list = arena_alloc(edit->context->arena,
						(parts->count[kind] + 1) * sizeof(*list));
	if (parts->count[kind] > 0)
		memcpy(list, parts->list[kind], parts->count[kind] * sizeof(*list));
	list[parts->count[kind]++] = part;
	parts->list[kind] = list;
	return true;
}

bool edit_part_remove(struct package_edit *edit, enum package_part_kind kind, const char *id,
		      struct error *err)
{
	struct package_record *record = &edit->package.record;
	struct package_parts *parts = &edit->package.parts;
	struct package_part part;
	bool found;

	if (!stored_package_part(edit->context, edit_db(edit), &edit->package, kind, id, &part,
				 &found, err))
		return false;
	ensure(found);
	record->parts_size -= (int64_t)strlen(part.body);
	if (!edit->package.is_undivided)
		return package_part_delete(edit_db(edit), record->account, record->id, kind, id,
					   err);
	struct package_part *place = undivided_part(edit, kind, id);
	struct package_part *end = &parts->list[kind][parts->count[kind]--];
	memmove(place, place + 1, (size_t)(end - (place + 1)) * sizeof(*place));
	return true;
}

bool edit_parts_order(struct package_edit *edit, enum package_part_kind kind,
		      const char *const *ids, size_t count, struct error *err)
{
	const struct package_record *record = &edit->package.record;

	if (!edit->package.is_undivided)
		return package_parts_order(edit_db(edit), record->account, record->id, kind, ids,
					   count, err);
	ensure(count == edit->package.parts.count[kind]);
	struct package_part *list = arena_alloc(edit->context->arena, count * sizeof(*list) + 1);
	for (size_t i = 0; i < count; i++)
		list[i] = *undivided_part(edit, kind, ids[i]);
	edit->package.parts.list[kind] = list;
	return true;
}

bool consent_approval_add(struct package_edit *edit, const json_t *role, struct error *err)
{
	scoped(json_t) json_t *approval = consent_approval(role);
	if (!approval)
		return true;
	scoped(json_t)
		json_t *consent = edit_part_read(edit, PACKAGE_DOCUMENT, CONSENT_DOCUMENT_ID, err);
	if (!consent && err->code == ERROR_DOCUMENT_NOT_FOUND) { /* a package may be without one */
		*err = (struct error){0};
		return true;
	}
	if (!consent)
		return false;
	shape_complete(&model_approval, approval);
	json_array_append(json_object_get(consent, "approvals"), approval);
	return edit_part_save(edit, PACKAGE_DOCUMENT, consent, err);
}

/* ---- the frame ---- */

static bool edit_check(const struct package_edit *edit, enum edit_when when, struct error *err)
{
	const struct package_record *record = &edit->package.record;

	if (!package_is_as_read(edit->context, record, err))
		return false;
	return when == EDIT_ANY_STATUS || strcmp(record->status, "DRAFT") == 0 ||
	       error_set(err, ERROR_PACKAGE_NOT_DRAFT,
			 "the package is %s: only a DRAFT can be changed", record->status);
}

static bool edit_store(struct package_edit *edit, struct error *err)
{
	struct package_record *record = &edit->package.record;

	json_object_set_new(edit->members, "updated", json_date(edit->context->now));
	record->version++;
	package_version_note(edit->context, record);
	return package_record_fill(edit->context->arena, edit->members, record, err) &&
	       package_size_check(record, err) &&
	       stored_package_save(edit->context, edit->txn, &edit->package, err);
}

bool package_edit(const struct context *context, const char *id, enum edit_when when,
		  package_edit_body *body, void *arg, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	struct package_edit edit = {.context = context, .txn = txn};

	if (!txn || !stored_package_find(context, txn_db(txn), id, true, &edit.package, err) ||
	    !edit_check(&edit, when, err))
		return false;
	scoped(json_t) json_t *members = package_text_decode(edit.package.record.members, err);
	edit.members = members;
	return members && body(&edit, arg, err) && edit_store(&edit, err) && txn_commit(&txn, err);
}
