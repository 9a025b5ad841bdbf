/* package_build.c – roles, signers and what belongs to them. Documents: document_build.c. */
#include "signing/package_build.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/random.h"
#include "signing/document_build.h"
#include "signing/ids.h"
#include "signing/model.h"
#include "signing/package_status.h"

json_t *user_to_json(const struct user *user)
{
	return json_pack(
		"{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:[], "
		"s:[], s:[], s:[]}",
		"id", user->uid, "name", json_sprintf("%s %s", user->first_name, user->last_name),
		"email", user->email, "firstName", user->first_name, "lastName", user->last_name,
		"company", user->company, "title", user->title, "phone", user->phone, "language",
		user->language, "timezoneId", "GMT", "status", user->status, "type", user->type,
		"created", json_date(user->created), "updated", json_date(user->updated),
		"memberships", "specialTypes", "professionalIdentityFields", "userCustomFields");
}

json_t *package_role(const json_t *package, const char *role_id)
{
	json_t *role;
	size_t i;

	json_array_foreach(json_object_get(package, "roles"), i, role)
	{
		if (strcmp(json_text(role, "id"), role_id) == 0)
			return role;
	}
	return NULL;
}

/* ---- signers ---- */

static bool signer_texts_check(const json_t *signer, const char *where, struct error *err)
{
	const char *ignored;
	const char *email = json_text(signer, "email");

	if (!json_need_text(signer, "email", where, &ignored, err) ||
	    !json_need_text(signer, "firstName", where, &ignored, err) ||
	    !json_need_text(signer, "lastName", where, &ignored, err))
		return false;
	const char *at = strchr(email, '@');
	if (!at || at == email || !at[1] || strpbrk(email, " <>,;\"") ||
	    text_has_control_characters(email))
		return error_set(err, ERROR_INVALID_FIELD, "%s.email: not an e-mail address",
				 where);
	return true;
}

static const char *signer_type(const struct package_build *build, const struct user *user,
			       bool found)
{
	if (!found)
		return "EXTERNAL_SIGNER";
	return strcmp(user->account, build->owner->account) == 0 ? "ACCOUNT_SENDER"
								 : "EXTERNAL_SENDER";
}

static void signer_name_set(const struct package_build *build, json_t *signer)
{
	json_object_set_new(
		signer, "name",
		json_string(arena_printf(build->arena, "%s %s", json_text(signer, "firstName"),
					 json_text(signer, "lastName"))));
}

/* A user of the account is known by the uid; anybody else by the id the caller chose, or a UUID. */
static bool signer_build(const struct package_build *build, json_t *signer, const char *where,
			 struct error *err)
{
	struct user user = {0};
	bool found;
	char uuid[37];

	if (json_object_get(signer, "group")) {
		json_object_set_new(signer, "signerType", json_string("GROUP_SIGNER"));
		random_uuid(uuid);
		return id_need(json_object_get(signer, "group"), where, "group.id", err) &&
		       id_complete(signer, where, uuid, err);
	}
	if (!signer_texts_check(signer, where, err) ||
	    !build->user_find(build->arg, json_text(signer, "email"), &user, &found, err))
		return false;
	const char *type = signer_type(build, &user, found);
	json_object_set_new(signer, "signerType", json_string(type));
	signer_name_set(build, signer);
	if (strcmp(type, "ACCOUNT_SENDER") == 0)
		json_object_set_new(signer, "id", json_string(user.uid));
	random_uuid(uuid);
	return id_complete(signer, where, uuid, err);
}

/* ---- roles ---- */

static bool requirements_build(json_t *role, const char *where, struct error *err)
{
	json_t *requirement;
	size_t i;

	json_array_foreach(json_object_get(role, "attachmentRequirements"), i, requirement)
	{
		char id[13];
		if (utf8_length(json_text(requirement, "name")) > 255 ||
		    utf8_length(json_text(requirement, "description")) > 255)
			return error_set(
				err, ERROR_INVALID_FIELD,
				"%s.attachmentRequirements[%zu]: name and description may have "
				"255 characters",
				where, i);
		random_base62(id, 12); /* never the caller's choice */
		json_object_set_new(requirement, "id", json_string(id));
	}
	return true;
}

static bool role_type_check(const json_t *role, const char *where, struct error *err)
{
	const char *type = json_text(role, "type");

	if (*type && strcmp(type, "SIGNER") != 0 && strcmp(type, "SENDER") != 0)
		return error_set(err, ERROR_INVALID_FIELD, "%s.type: must be SIGNER or SENDER",
				 where);
	return true;
}

static bool role_build(const struct package_build *build, json_t *role, size_t at,
		       struct error *err)
{
	const char *where = arena_printf(build->arena, "roles[%zu]", at);
	json_t *signers = json_object_get(role, "signers"), *signer;
	char uuid[37];
	size_t i;

	random_uuid(uuid);
	if (!role_type_check(role, where, err) || !id_complete(role, where, uuid, err) ||
	    !requirements_build(role, where, err))
		return false;
	if (json_array_size(signers) > 1)
		return error_set(err, ERROR_INVALID_FIELD, "%s.signers: a role has one signer",
				 where);
	json_array_foreach(signers, i, signer)
	{
		if (!signer_build(build, signer,
				  arena_printf(build->arena, "%s.signers[%zu]", where, i), err))
			return false;
	}
	if (!*json_text(role, "name"))
		json_object_set(role, "name", json_object_get(role, "id"));
	return true;
}

static json_t *role_signer(const json_t *role)
{
	return json_array_get(json_object_get(role, "signers"), 0);
}

/* Outside signers may share an address when their names differ; nobody may share a user's. */
static bool signers_may_share(const json_t *one, const json_t *other)
{
	if (json_object_get(one, "group") || json_object_get(other, "group") ||
	    !text_equal_nocase(json_text(one, "email"), json_text(other, "email")))
		return true;
	bool outside = strcmp(json_text(one, "signerType"), "EXTERNAL_SIGNER") == 0;
	return outside &&
	       (strcmp(json_text(one, "firstName"), json_text(other, "firstName")) != 0 ||
		strcmp(json_text(one, "lastName"), json_text(other, "lastName")) != 0);
}

static bool signers_differ(const json_t *roles, struct error *err)
{
	for (size_t i = 0; i < json_array_size(roles); i++) {
		const json_t *signer = role_signer(json_array_get(roles, i));
		for (size_t j = 0; signer && j < i; j++) {
			const json_t *other = role_signer(json_array_get(roles, j));
			if (other && !signers_may_share(signer, other))
				return error_set(
					err, ERROR_INVALID_FIELD,
					"roles[%zu].signers[0].email: another role has this signer",
					i);
		}
	}
	return true;
}

static json_t *owner_as_signer(const struct package_build *build)
{
	const struct user *owner = build->owner;
	json_t *signer = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", owner->uid,
				   "email", owner->email, "firstName", owner->first_name,
				   "lastName", owner->last_name, "company", owner->company, "title",
				   owner->title, "language", owner->language, "signerType",
				   "ACCOUNT_SENDER");
	signer_name_set(build, signer);
	return signer;
}

/* The owner has a role of type SENDER, asked for or not. */
static void owner_role_ensure(const struct package_build *build, json_t *roles)
{
	json_t *role;
	size_t i;

	json_array_foreach(roles, i, role)
	{
		const json_t *signer = role_signer(role);
		bool is_owners = signer && strcmp(json_text(signer, "id"), build->owner->uid) == 0;
		if (!is_owners && (signer || strcmp(json_text(role, "type"), "SENDER") != 0))
			continue;
		json_object_set_new(role, "type", json_string("SENDER"));
		if (!signer)
			json_object_set_new(role, "signers",
					    json_pack("[o]", owner_as_signer(build)));
		return;
	}
	char uuid[37];
	random_uuid(uuid);
	json_array_append_new(roles,
			      json_pack("{s:s, s:s, s:s, s:[o]}", "id", uuid, "name", "Owner",
					"type", "SENDER", "signers", owner_as_signer(build)));
}

static bool roles_build(const struct package_build *build, json_t *package, struct error *err)
{
	json_t *roles = json_object_get(package, "roles"), *role;
	size_t i;

	if (json_array_size(roles) > PACKAGE_ROLES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "roles: more than %d",
				 PACKAGE_ROLES_MAX);
	if (!roles) {
		json_object_set_new(package, "roles", json_array());
		roles = json_object_get(package, "roles");
	}
	json_array_foreach(roles, i, role)
	{
		if (!role_build(build, role, i, err))
			return false;
	}
	if (!ids_are_unique(roles, "roles", err) || !signers_differ(roles, err))
		return false;
	owner_role_ensure(build, roles);
	return true;
}

/* ---- the package itself ---- */

static bool is_one_of(const char *text, const char *const *allowed, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, allowed[i]) == 0)
			return true;
	}
	return false;
}

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
	if (!is_one_of(json_text(package, "type"), types, ARRAY_SIZE(types)))
		return error_set(err, ERROR_INVALID_FIELD,
				 "type: must be PACKAGE, TEMPLATE or LAYOUT");
	if (!is_one_of(json_text(package, "visibility"), visibilities, ARRAY_SIZE(visibilities)))
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
	model_complete(MODEL_PACKAGE, package);
	json_object_set_new(package, "sender", sender);
	return true;
}
