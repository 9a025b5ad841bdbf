/* package_record.c – see package_record.h. */
#include "signing/package_record.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "signing/package_divide.h"
#include "signing/package_text.h"
#include "store/search_text.h"

/* ---- reading ---- */

/* Templates and layouts that are visible to the account may be read and copied by all its users. */
static bool is_shared(const struct package_record *record)
{
	return strcmp(record->type, "PACKAGE") != 0 && strcmp(record->visibility, "ACCOUNT") == 0;
}

static bool caller_check(const struct context *context, const struct package_record *record,
			 bool for_update, struct error *err)
{
	const struct actor *actor = context->actor;

	if (*actor->package && strcmp(record->id, actor->package) != 0)
		return error_set(err, ERROR_NO_PERMISSION, "the session is for another package");
	if (actor_is_signer(actor))
		return true;
	if (strcmp(record->owner, actor->user) != 0 && !actor_may(actor, PERMISSION_OTHER_USERS) &&
	    (for_update || !is_shared(record)))
		return error_set(err, ERROR_NO_PERMISSION, "the package belongs to another user");
	return true;
}

bool stored_package_find(const struct context *context, struct db *db, const char *id,
			 bool for_update, struct stored_package *ret_package, struct error *err)
{
	struct stored_package package = {0};
	bool found;

	if (!package_find(db, context->arena, context->account, id, for_update, &package.record,
			  &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_PACKAGE_NOT_FOUND, NULL);
	if (!caller_check(context, &package.record, for_update, err))
		return false;
	if (*package.record.whole) {
		if (!package_text_divide(context->arena, &package.record, &package.parts, err))
			return false;
		package.has_parts = package.is_undivided = true;
	}
	*ret_package = package;
	return true;
}

bool stored_package_parts(const struct context *context, struct db *db,
			  struct stored_package *package, struct error *err)
{
	const struct package_record *record = &package->record;
	const struct package_parts *parts = &package->parts;
	const char *owner;
	bool found = true;

	if (package->has_parts)
		return true;
	if (!package_parts_read(db, context->arena, record->account, record->id, &package->parts,
				err))
		return false;
	/* Outside a txn it may have been deleted since its row was read: that is no package without
	 * documents. */
	if (parts->count[PACKAGE_ROLE] + parts->count[PACKAGE_DOCUMENT] == 0 &&
	    !package_find_owner(db, context->arena, record->account, record->id, &owner, &found,
				err))
		return false;
	package->has_parts = found;
	return found || error_set(err, ERROR_PACKAGE_NOT_FOUND, NULL);
}

bool stored_package_part(const struct context *context, struct db *db,
			 const struct stored_package *package, enum package_part_kind kind,
			 const char *id, struct package_part *ret_part, bool *ret_found,
			 struct error *err)
{
	const struct package_record *record = &package->record;

	*ret_found = false;
	if (!package->has_parts)
		return package_part_find(db, context->arena, record->account, record->id, kind, id,
					 ret_part, ret_found, err);
	for (size_t i = 0; i < package->parts.count[kind] && !*ret_found; i++) {
		*ret_part = package->parts.list[kind][i];
		*ret_found = strcmp(ret_part->id, id) == 0;
	}
	return true;
}

bool stored_package_kind(const struct context *context, struct db *db,
			 const struct stored_package *package, enum package_part_kind kind,
			 struct package_parts *ret_parts, struct error *err)
{
	const struct package_record *record = &package->record;

	if (!package->has_parts)
		return package_parts_read_kind(db, context->arena, record->account, record->id,
					       kind, ret_parts, err);
	*ret_parts = package->parts;
	return true;
}

/* ---- from JSON ---- */

static struct wall_time time_of(const json_t *package, const char *member)
{
	struct wall_time time = {0};
	(void)!wall_parse(json_text(package, member), &time);
	return time;
}

bool package_record_fill(struct arena *arena, const json_t *members, struct package_record *record,
			 struct error *err)
{
	ensure(!json_object_get(members, "roles") && !json_object_get(members, "documents"));
	if (!package_text_encode(arena, members, &record->members, err))
		return false;
	if (strlen(record->members) > PACKAGE_BODY_MAX)
		return error_set(err, ERROR_BODY_TOO_LARGE,
				 "the package's own members have more than %u bytes",
				 PACKAGE_BODY_MAX);
	record->whole = "";
	record->id = arena_strdup(arena, json_text(members, "id"));
	record->type = arena_strdup(arena, json_text(members, "type"));
	record->status = arena_strdup(arena, json_text(members, "status"));
	record->trashed = json_is_true(json_object_get(members, "trashed"));
	record->visibility = arena_strdup(arena, json_text(members, "visibility"));
	record->name = arena_strdup(arena, json_text(members, "name"));
	record->description = arena_strdup(arena, json_text(members, "description"));
	record->search = search_text_make(arena, record->name, record->description);
	record->created = time_of(members, "created");
	record->updated = time_of(members, "updated");
	record->due = time_of(members, "due");
	record->completed = time_of(members, "completed");
	return true;
}

bool package_size_check(const struct package_record *record, struct error *err)
{
	return strlen(record->members) + (size_t)record->parts_size <= PACKAGE_BODY_MAX ||
	       error_set(err, ERROR_BODY_TOO_LARGE, "the package is larger than %u bytes",
			 PACKAGE_BODY_MAX);
}

/* ---- writing ---- */

/* The row as version 0.3 has it. */
static bool undivided(const struct context *context, const struct package_record *record,
		      const struct package_parts *parts, struct package_record *ret_row,
		      struct error *err)
{
	*ret_row = *record;
	ret_row->members = "";
	ret_row->parts_size = 0;
	return package_text_join(context->arena, record->members, parts, &ret_row->whole, err);
}

bool package_record_insert(const struct context *context, struct txn *txn,
			   const struct package_record *record, const struct package_parts *parts,
			   struct error *err)
{
	struct package_record row;
	bool older;

	if (!session_beside_older(context->session, txn_db(txn), &older, err))
		return false;
	if (older)
		return undivided(context, record, parts, &row, err) &&
		       package_insert(txn_db(txn), &row, err);
	return package_insert(txn_db(txn), record, err) &&
	       package_parts_insert(txn_db(txn), record->account, record->id, parts, err);
}

bool stored_package_save(const struct context *context, struct txn *txn,
			 const struct stored_package *package, struct error *err)
{
	const struct package_record *record = &package->record;
	struct package_record row;
	bool older;

	if (!package->is_undivided)
		return package_save(txn_db(txn), record, err);
	if (!session_beside_older(context->session, txn_db(txn), &older, err))
		return false;
	if (older)
		return undivided(context, record, &package->parts, &row, err) &&
		       package_save(txn_db(txn), &row, err);
	return package_save(txn_db(txn), record, err) &&
	       package_parts_insert(txn_db(txn), record->account, record->id, &package->parts, err);
}
