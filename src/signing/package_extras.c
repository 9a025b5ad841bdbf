/* package_extras.c – see package_extras.h. */
#include "signing/package_extras.h"

#include <string.h>

#include "base/json.h"
#include "base/shape_tree.h"
#include "base/text.h"
#include "signing/package_edit.h"
#include "signing/package_roles.h"
#include "signing/package_text.h"
#include "signing/package_version.h"
#include "store/package_aside.h"

#define MASKED_FIELD_MAX 800 /* bytes: three ids and two hyphens */

static const struct shape_member virtual_room_members[] = {
	{.name = "video", .kind = SHAPE_KIND_BOOL, .flags = SHAPE_COMPLETED, .otherwise = "false"},
	{.name = "videoRecording",
	 .kind = SHAPE_KIND_BOOL,
	 .flags = SHAPE_COMPLETED,
	 .otherwise = "false"},
	{.name = "startDatetime", .kind = SHAPE_KIND_DATE},
	{.name = "hostUid", .kind = SHAPE_KIND_TEXT, .most = 255},
	{.name = "sessionTime", .kind = SHAPE_KIND_INT, .least = 1, .most = 1440},
	{.name = "sessionTimeoutWarning", .kind = SHAPE_KIND_INT, .least = 0, .most = 1440},
};
const struct shape virtual_room_shape = {.members = virtual_room_members,
					 .count = ARRAY_SIZE(virtual_room_members)};

static const struct shape_member verification_members[] = {
	{.name = "typeId", .kind = SHAPE_KIND_TEXT, .flags = SHAPE_REQUIRED, .most = 255},
	{.name = "payload",
	 .kind = SHAPE_KIND_TEXT,
	 .flags = SHAPE_COMPLETED,
	 .most = 16384,
	 .otherwise = ""},
};
const struct shape verification_shape = {.members = verification_members,
					 .count = ARRAY_SIZE(verification_members)};

/* ---- asides ---- */

/* NULL in *ret_value when there is none; otherwise a new reference. */
static bool aside_find(const struct context *context, struct db *db, const char *package,
		       const char *name, json_t **ret_value, struct error *err)
{
	const char *text;

	if (!package_aside_find(db, context->arena, context->account, package, name, &text, err))
		return false;
	*ret_value = text ? package_text_decode(text, err) : NULL;
	return !text || *ret_value;
}

static bool aside_read(const struct context *context, const char *package, const char *name,
		       json_t **ret_value, struct error *err)
{
	struct db *db = session_db(context->session);
	struct stored_package stored;

	if (!stored_package_find(context, db, package, false, &stored, err) ||
	    !aside_find(context, db, package, name, ret_value, err))
		return false;
	package_version_note(context, &stored.record);
	return true;
}

struct aside_change {
	const char *name;
	const json_t *value; /* NULL: it goes */
};

static bool aside_store(struct package_edit *edit, const char *name, const json_t *value,
			struct error *err)
{
	const struct package_record *record = &edit->package.record;
	const char *text;

	if (!value)
		return package_aside_delete(txn_db(edit->txn), record->account, record->id, name,
					    err);
	return package_text_encode(edit->context->arena, value, &text, err) &&
	       package_aside_put(txn_db(edit->txn), record->account, record->id, name, text, err);
}

static bool aside_change(struct package_edit *edit, void *arg, struct error *err)
{
	const struct aside_change *change = arg;

	return aside_store(edit, change->name, change->value, err);
}

static bool aside_write(const struct context *context, const char *package, const char *name,
			const json_t *value, struct error *err)
{
	struct aside_change change = {name, value};

	return package_edit(context, package, EDIT_ANY_STATUS, aside_change, &change, err);
}

/* ---- the virtual room ---- */

bool virtual_room_read(const struct context *context, const char *package, bool is_default,
		       json_t **ret_room, struct error *err)
{
	json_t *room = NULL;

	if (!aside_read(context, package, ASIDE_VIRTUAL_ROOM, &room, err))
		return false;
	if (is_default || !room) {
		json_decref(room);
		room = json_object();
	}
	shape_complete(&virtual_room_shape, room);
	*ret_room = room;
	return true;
}

bool virtual_room_replace(const struct context *context, const char *package, const json_t *body,
			  struct error *err)
{
	scoped(json_t) json_t *room = shape_reduce(&virtual_room_shape, body, err);

	return room && aside_write(context, package, ASIDE_VIRTUAL_ROOM, room, err);
}

/* ---- masked fields ---- */

bool masked_fields_read(const struct context *context, const char *package, json_t **ret_fields,
			struct error *err)
{
	json_t *fields = NULL;

	if (!aside_read(context, package, ASIDE_MASKED_FIELDS, &fields, err))
		return false;
	*ret_fields = fields ? fields : json_array();
	return true;
}

static bool masked_field_check(const char *field, size_t at, struct error *err)
{
	return (field && *field && strlen(field) <= MASKED_FIELD_MAX &&
		!text_has_control_characters(field)) ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "[%zu]: must be a text such as document-approval-field", at);
}

bool masked_fields_replace(const struct context *context, const char *package, const json_t *list,
			   struct error *err)
{
	if (json_array_size(list) > MASKED_FIELDS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "the body: more than %d fields",
				 MASKED_FIELDS_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!masked_field_check(json_string_value(json_array_get(list, i)), i, err))
			return false;
	}
	return aside_write(context, package, ASIDE_MASKED_FIELDS, list, err);
}

struct mask_change {
	const char *field;
	bool is_masked;
};

static void field_drop(json_t *fields, const char *field)
{
	for (size_t i = json_array_size(fields); i-- > 0;) {
		if (strcmp(json_string_value(json_array_get(fields, i)), field) == 0)
			json_array_remove(fields, i);
	}
}

static bool mask_change(struct package_edit *edit, void *arg, struct error *err)
{
	const struct mask_change *change = arg;
	json_t *found = NULL;

	if (!aside_find(edit->context, txn_db(edit->txn), edit->package.record.id,
			ASIDE_MASKED_FIELDS, &found, err))
		return false;
	scoped(json_t) json_t *fields = found ? found : json_array();
	field_drop(fields, change->field);
	if (change->is_masked)
		json_array_append_new(fields, json_string(change->field));
	if (json_array_size(fields) > MASKED_FIELDS_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "there are %d already: more are not possible", MASKED_FIELDS_MAX);
	return aside_store(edit, ASIDE_MASKED_FIELDS, fields, err);
}

bool masked_field_set(const struct context *context, const char *package, const char *field,
		      bool is_masked, struct error *err)
{
	struct mask_change change = {field, is_masked};

	return masked_field_check(field, 0, err) &&
	       package_edit(context, package, EDIT_ANY_STATUS, mask_change, &change, err);
}

/* ---- verification of a role ---- */

/* The name of the aside, by the role's own id. NULL on failure. */
static const char *verification_name(const struct context *context, const char *package,
				     const char *role, struct error *err)
{
	json_t *found;

	if (!package_role_read(context, package, role, &found, err))
		return NULL;
	const char *name = arena_printf(context->arena, ASIDE_VERIFICATION "%s",
					json_text(found, "id"));
	json_decref(found);
	return name;
}

bool verification_read(const struct context *context, const char *package, const char *role,
		       json_t **ret_verification, struct error *err)
{
	const char *name = verification_name(context, package, role, err);

	return name && aside_read(context, package, name, ret_verification, err);
}

bool verification_replace(const struct context *context, const char *package, const char *role,
			  const json_t *body, json_t **ret_verification, struct error *err)
{
	const char *name = verification_name(context, package, role, err);
	scoped(json_t) json_t *verification = name ? shape_reduce(&verification_shape, body, err)
						   : NULL;

	if (!verification)
		return false;
	shape_complete(&verification_shape, verification);
	if (!aside_write(context, package, name, verification, err))
		return false;
	*ret_verification = json_incref(verification);
	return true;
}

bool verification_remove(const struct context *context, const char *package, const char *role,
			 struct error *err)
{
	const char *name = verification_name(context, package, role, err);

	return name && aside_write(context, package, name, NULL, err);
}
