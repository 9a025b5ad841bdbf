/* package_change.c – see package_change.h. */
#include "signing/package_change.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "signing/document_build.h"
#include "signing/model.h"
#include "signing/package_build.h"
#include "signing/package_status.h"

/* Members of the package itself that a draft's sender may change. Roles and documents have their
 * own calls. */
static const char *const own_members[] = {
	"name",		"description",
	"autocomplete", "visibility",
	"language",	"emailMessage",
	"consent",	"timezoneId",
	"due",		"notarized",
	"notaryRoleId", "limits",
	"settings",	"signedDocumentDelivery",
	"conditions",
};

static bool own_members_apply(json_t *package, const json_t *partial, bool is_draft,
			      struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(own_members); i++) {
		json_t *value = json_object_get(partial, own_members[i]);
		/* SDKs send whole packages back: what is the same is no change. */
		if (!value || json_equal(value, json_object_get(package, own_members[i])))
			continue;
		if (!is_draft)
			return error_set(err, ERROR_PACKAGE_NOT_DRAFT, "%s", own_members[i]);
		json_object_set(package, own_members[i], value);
	}
	json_t *data = json_object_get(partial, "data");
	if (data)
		json_object_update(json_object_get(package, "data"), data);
	return true;
}

/* ---- status ---- */

/* `id` may be a role's or its signer's. */
static json_t *signer_find(const json_t *package, const char *id)
{
	json_t *role;
	size_t i;

	json_array_foreach(json_object_get(package, "roles"), i, role)
	{
		json_t *signer = json_array_get(json_object_get(role, "signers"), 0);
		if (signer && (strcmp(json_text(role, "id"), id) == 0 ||
			       strcmp(json_text(signer, "id"), id) == 0))
			return signer;
	}
	return NULL;
}

static json_t *user_expand(const json_t *package, const char *id)
{
	const json_t *signer = signer_find(package, id);
	const json_t *user = signer ? signer : json_object_get(package, "sender");

	return json_pack("{s:O, s:O, s:O, s:O}", "id", json_object_get(user, "id"), "email",
			 json_object_get(user, "email"), "firstName",
			 json_object_get(user, "firstName"), "lastName",
			 json_object_get(user, "lastName"));
}

/* The reason of a decline: clients need `from` as a whole person. */
static bool comment_apply(json_t *package, const json_t *partial, struct wall_time now,
			  const char **ret_reason, struct error *err)
{
	const json_t *sent = json_array_get(json_object_get(partial, "messages"), 0);

	if (!*json_text(sent, "content"))
		return error_set(err, ERROR_INVALID_COMMENT, "messages[0].content");
	json_t *message = json_deep_copy(sent);
	json_object_set_new(message, "from",
			    user_expand(package, json_text(json_object_get(sent, "from"), "id")));
	json_object_set_new(message, "status", json_string("NEW"));
	json_object_set_new(message, "to", json_array());
	json_object_set_new(message, "created", json_date(now));
	model_complete(MODEL_MESSAGE, message);
	json_array_insert_new(json_object_get(package, "messages"), 0, message);
	*ret_reason = json_text(message, "content");
	return true;
}

static bool needs_are_met(json_t *package, const json_t *partial, const struct package_move *move,
			  struct wall_time now, const char **ret_reason, struct error *err)
{
	if ((move->needs & MOVE_NEEDS_SENDABLE) && !package_is_sendable(package, err))
		return false;
	if ((move->needs & MOVE_NEEDS_ALL_SIGNED) && !package_is_signed(package))
		return error_set(err, ERROR_CANNOT_CHANGE_STATUS,
				 "status: not everybody has signed");
	return !(move->needs & MOVE_NEEDS_COMMENT) ||
	       comment_apply(package, partial, now, ret_reason, err);
}

static void event_add(struct package_events *events, enum event_type type, const char *message)
{
	ensure(events->count < ARRAY_SIZE(events->list));
	events->list[events->count].type = type;
	events->list[events->count++].message = message;
}

static bool status_apply(json_t *package, const json_t *partial, struct wall_time now,
			 struct package_events *events, struct error *err)
{
	const char *wanted = json_text(partial, "status"), *reason = NULL;
	enum package_status from, to;

	if (!*wanted || strcmp(wanted, json_text(package, "status")) == 0)
		return true;
	if (!package_status_find(wanted, &to))
		return error_set(err, ERROR_INVALID_FIELD, "status: `%.40s` is not a status",
				 wanted);
	ensure(package_status_find(json_text(package, "status"), &from));
	const struct package_move *move = package_move_find(from, to);
	bool is_package = strcmp(json_text(package, "type"), "PACKAGE") == 0;
	if (!move || (move->needs & MOVE_BY_SYSTEM_ONLY) || !is_package ||
	    json_is_true(json_object_get(package, "trashed")))
		return error_set(
			err, ERROR_CANNOT_CHANGE_STATUS, "status: from %s to %s%s",
			json_text(package, "status"), wanted,
			json_is_true(json_object_get(package, "trashed")) ? ", in the trash" : "");
	if (!needs_are_met(package, partial, move, now, &reason, err))
		return false;
	json_object_set_new(package, "status", json_string(package_status_name(to)));
	if (to == PACKAGE_COMPLETED && from == PACKAGE_SENT)
		json_object_set_new(package, "completed", json_date(now));
	if (to == PACKAGE_DRAFT)
		package_unsign(package);
	if (move->raises)
		event_add(events, move->event, reason);
	return true;
}

static void trashed_apply(json_t *package, const json_t *partial, struct package_events *events)
{
	json_t *wanted = json_object_get(partial, "trashed");

	if (!wanted || json_equal(wanted, json_object_get(package, "trashed")))
		return;
	json_object_set(package, "trashed", wanted);
	event_add(events, json_is_true(wanted) ? EVENT_PACKAGE_TRASH : EVENT_PACKAGE_RESTORE, NULL);
}

bool package_apply(json_t *package, const json_t *partial, struct wall_time now,
		   struct package_events *ret_events, struct error *err)
{
	bool is_draft = strcmp(json_text(package, "status"), "DRAFT") == 0;
	bool restores = json_is_false(json_object_get(partial, "trashed"));

	ret_events->count = 0;
	if (json_object_get(partial, "name") && !*json_text(partial, "name"))
		return error_set(err, ERROR_MISSING_FIELD, "name");
	if (is_draft && !package_members_check(partial, now, err))
		return false;
	if (restores) /* out of the trash first: then its status may change */
		trashed_apply(package, partial, ret_events);
	if (!own_members_apply(package, partial, is_draft, err) ||
	    !status_apply(package, partial, now, ret_events, err))
		return false;
	trashed_apply(package, partial, ret_events);
	json_object_set_new(package, "updated", json_date(now));
	model_complete(MODEL_PACKAGE, package);
	return true;
}
