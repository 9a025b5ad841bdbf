/* package_build.c – the package itself. Roles: role_build.c; documents: document_build.c. */
#include "signing/package_build.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/shape_write.h"
#include "base/text.h"
#include "base/words.h"
#include "crypto/random.h"
#include "signing/document_build.h"
#include "signing/ids.h"
#include "signing/model.h"
#include "signing/package_status.h"
#include "signing/role_build.h"

/* The sender of a package: what a Sender of the account shows, but for the account. */
struct package_sender {
	struct user user;
	const char *name, *timezone;
};

#define SHAPE_OF struct package_sender
static const struct shape_member sender_members[] = {
	{SHAPE_TEXT("id", user.uid)},
	{SHAPE_TEXT("name", name)},
	{SHAPE_TEXT("email", user.email)},
	{SHAPE_TEXT("firstName", user.first_name)},
	{SHAPE_TEXT("lastName", user.last_name)},
	{SHAPE_TEXT("company", user.company)},
	{SHAPE_TEXT("title", user.title)},
	{SHAPE_TEXT("phone", user.phone)},
	{SHAPE_TEXT("language", user.language)},
	{SHAPE_TEXT("timezoneId", timezone)},
	{SHAPE_TEXT("status", user.status)},
	{SHAPE_TEXT("type", user.type)},
	{SHAPE_DATE("created", user.created)},
	{SHAPE_DATE("updated", user.updated)},
	{SHAPE_CONSTANT("memberships", "[]")},
	{SHAPE_CONSTANT("specialTypes", "[]")},
	{SHAPE_CONSTANT("professionalIdentityFields", "[]")},
	{SHAPE_CONSTANT("userCustomFields", "[]")},
};
static const struct shape sender_shape = {SHAPE(sender_members)};
#undef SHAPE_OF

json_t *user_to_json(const struct user *user)
{
	const struct package_sender sender = {.user = *user, .timezone = "GMT"};
	json_t *json = shape_to_json(&sender_shape, &sender);

	json_object_set_new(json, "name", json_sprintf("%s %s", user->first_name, user->last_name));
	return json;
}

/* ---- the package itself ---- */

static bool status_check(const json_t *package, struct error *err)
{
	const char *name = json_text(package, "status");
	enum package_status status = PACKAGE_DRAFT;

	if (*name && !package_status_read(name, &status, err))
		return false;
	if (status != PACKAGE_DRAFT && status != PACKAGE_SENT)
		return error_set(err, ERROR_CANNOT_CHANGE_STATUS,
				 "status: a package is created as DRAFT or SENT");
	return true;
}

bool package_members_check(const json_t *package, struct wall_time now, struct error *err)
{
	static const char *const types[] = {"", "PACKAGE", "TEMPLATE", "LAYOUT"};
	static const char *const visibilities[] = {"", "ACCOUNT", "SENDER"};
	const char *name = json_text(package, "name"), *due = json_text(package, "due");
	struct wall_time due_time;

	if (utf8_length(name) > PACKAGE_NAME_MAX || text_has_control_characters(name))
		return error_set(err, ERROR_INVALID_FIELD,
				 "name: at most %d characters, no control characters",
				 PACKAGE_NAME_MAX);
	if (word_find(json_text(package, "type"), types, ARRAY_SIZE(types)) == WORD_NONE)
		return error_set(err, ERROR_INVALID_FIELD,
				 "type: must be PACKAGE, TEMPLATE or LAYOUT");
	if (word_find(json_text(package, "visibility"), visibilities, ARRAY_SIZE(visibilities)) ==
	    WORD_NONE)
		return error_set(err, ERROR_INVALID_FIELD, "visibility: must be ACCOUNT or SENDER");
	if (*due && wall_parse(due, &due_time) && due_time.us <= now.us)
		return error_set(err, ERROR_INVALID_FIELD, "due: lies in the past");
	return true;
}

static void identity_add(const struct package_build *build, json_t *package)
{
	json_t *data = json_object_get(package, "data");
	char id[PACKAGE_ID_LENGTH + 1];

	package_id_make(build->arena, build->now, id);
	if (!data) {
		json_object_set_new(package, "data", json_object());
		data = json_object_get(package, "data");
	}
	json_object_set_new(data, "origin", json_string("api"));
	json_object_set_new(package, "id", json_string(id));
	json_object_set_new(package, "trashed", json_false());
	json_object_set_new(package, "created", json_date(build->now));
	json_object_set_new(package, "updated", json_date(build->now));
	json_object_set_new(package, "sender", user_to_json(build->owner));
	json_object_del(package, "messages"); /* they come with a decline */
}

bool package_build(const struct package_build *build, json_t *package, struct error *err)
{
	const char *ignored;

	if (!json_need_text(package, "name", NULL, &ignored, err) ||
	    !package_members_check(package, build->now, err) || !status_check(package, err) ||
	    !roles_build(build, package, err) || !documents_build(build, package, err))
		return false;
	identity_add(build, package);
	/* `sender` has been made whole by user_to_json; the walker must not make a signer of it. */
	json_t *sender = json_incref(json_object_get(package, "sender"));
	json_object_del(package, "sender");
	shape_complete(&model_package, package);
	json_object_set_new(package, "sender", sender);
	return true;
}
