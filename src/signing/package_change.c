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

/* What a change is applied to, and what it does besides. */
struct application {
	json_t *members;
	const json_t *partial;
	struct wall_time now;
	const struct view_source *source;
	struct package_effects *effects;
};

/* The signer of that id or of the role of that id; otherwise the sender. */
static json_t *user_expand(const json_t *members, const struct package_view *view, const char *id)
{
	const struct signer_view *signer = view_signer(view, id);
	const json_t *sender = json_object_get(members, "sender");

	if (signer)
		return json_pack("{s:s, s:s, s:s, s:s}", "id", signer->id, "email", signer->email,
				 "firstName", signer->first_name, "lastName", signer->last_name);
	return json_pack("{s:O, s:O, s:O, s:O}", "id", json_object_get(sender, "id"), "email",
			 json_object_get(sender, "email"), "firstName",
			 json_object_get(sender, "firstName"), "lastName",
			 json_object_get(sender, "lastName"));
}

/* The reason of a decline: clients need `from` as a whole person. */
static bool comment_apply(const struct application *change, const struct package_view *view,
			  const char **ret_reason, struct error *err)
{
	const json_t *sent = json_array_get(json_object_get(change->partial, "messages"), 0);

	if (!*json_text(sent, "content"))
		return error_set(err, ERROR_INVALID_COMMENT, "messages[0].content");
	json_t *message = json_deep_copy(sent);
	json_object_set_new(
		message, "from",
		user_expand(change->members, view, json_text(json_object_get(sent, "from"), "id")));
	json_object_set_new(message, "status", json_string("NEW"));
	json_object_set_new(message, "to", json_array());
	json_object_set_new(message, "created", json_date(change->now));
	shape_complete(&model_message, message);
	json_array_insert_new(json_object_get(change->members, "messages"), 0, message);
	*ret_reason = json_text(message, "content");
	return true;
}

static bool needs_are_met(const struct application *change, const struct package_move *move,
			  const char **ret_reason, struct error *err)
{
	const struct package_view *view;

	if (!move->needs)
		return true;
	if (!change->source->get(change->source->arg, &view, err))
		return false;
	if ((move->needs & MOVE_NEEDS_SENDABLE) && !package_is_sendable(view, err))
		return false;
	if ((move->needs & MOVE_NEEDS_ALL_SIGNED) && !package_is_signed(view))
		return error_set(err, ERROR_CANNOT_CHANGE_STATUS,
				 "status: some signatures are missing");
	return !(move->needs & MOVE_NEEDS_COMMENT) || comment_apply(change, view, ret_reason, err);
}

static void event_add(struct package_effects *effects, enum event_type type, const char *message)
{
	ensure(effects->event_count < ARRAY_SIZE(effects->events));
	effects->events[effects->event_count].type = type;
	effects->events[effects->event_count++].message = message;
}

/* NULL: the package may not go from its status to `to`. */
static const struct package_move *move_find(const json_t *members, enum package_status from,
					    enum package_status to)
{
	const struct package_move *move = package_move_find(from, to);
	bool is_package = strcmp(json_text(members, "type"), "PACKAGE") == 0;

	return move && !(move->needs & MOVE_BY_SYSTEM_ONLY) && is_package &&
			       !json_is_true(json_object_get(members, "trashed"))
		       ? move
		       : NULL;
}

static void status_set(const struct application *change, const struct package_move *move,
		       enum package_status from, enum package_status to, const char *reason)
{
	json_object_set_new(change->members, "status", json_string(package_status_name(to)));
	if (to == PACKAGE_COMPLETED && from == PACKAGE_SENT)
		json_object_set_new(change->members, "completed", json_date(change->now));
	if (to == PACKAGE_DRAFT)
		change->effects->unsigns = true;
	if (move->raises)
		event_add(change->effects, move->event, reason);
}

static bool status_apply(const struct application *change, struct error *err)
{
	json_t *members = change->members;
	const char *wanted = json_text(change->partial, "status"), *reason = NULL;
	enum package_status from, to;

	if (!*wanted || strcmp(wanted, json_text(members, "status")) == 0)
		return true;
	if (!package_status_read(wanted, &to, err))
		return false;
	ensure(package_status_find(json_text(members, "status"), &from));
	const struct package_move *move = move_find(members, from, to);
	if (!move)
		return error_set(
			err, ERROR_CANNOT_CHANGE_STATUS, "status: from %s to %s%s",
			json_text(members, "status"), wanted,
			json_is_true(json_object_get(members, "trashed")) ? ", in the trash" : "");
	if (!needs_are_met(change, move, &reason, err))
		return false;
	status_set(change, move, from, to, reason);
	return true;
}

static void trashed_apply(const struct application *change)
{
	json_t *wanted = json_object_get(change->partial, "trashed");

	if (!wanted || json_equal(wanted, json_object_get(change->members, "trashed")))
		return;
	json_object_set(change->members, "trashed", wanted);
	event_add(change->effects,
		  json_is_true(wanted) ? EVENT_PACKAGE_TRASH : EVENT_PACKAGE_RESTORE, NULL);
}

/* Roles and documents are no members of the package's own row. */
static void members_complete(json_t *members)
{
	shape_complete(&model_package, members);
	json_object_del(members, "roles");
	json_object_del(members, "documents");
}

bool package_apply(json_t *members, const json_t *partial, struct wall_time now,
		   const struct view_source *source, struct package_effects *ret_effects,
		   struct error *err)
{
	const struct application change = {members, partial, now, source, ret_effects};
	bool is_draft = strcmp(json_text(members, "status"), "DRAFT") == 0;
	bool restores = json_is_false(json_object_get(partial, "trashed"));

	*ret_effects = (struct package_effects){0};
	if (json_object_get(partial, "name") && !*json_text(partial, "name"))
		return error_set(err, ERROR_MISSING_FIELD, "name");
	if (is_draft && !package_members_check(partial, now, err))
		return false;
	if (restores) /* out of the trash first: then its status may change */
		trashed_apply(&change);
	if (!own_members_apply(members, partial, is_draft, err) || !status_apply(&change, err))
		return false;
	trashed_apply(&change);
	json_object_set_new(members, "updated", json_date(now));
	members_complete(members);
	return true;
}
