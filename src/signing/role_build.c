/* role_build.c – see role_build.h. */
#include "signing/role_build.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "context/context.h"
#include "crypto/random.h"
#include "signing/ids.h"

#define REQUIREMENT_TEXT_MAX 255 /* characters */

/* ---- signers ---- */

#define PATH_TEXT_MAX 128 /* "roles[…].signers[…].email" */

static bool signer_texts_check(const json_t *signer, const char *where, struct error *err)
{
	const char *ignored;
	const char *email = json_text(signer, "email");
	char path[PATH_TEXT_MAX];

	if (!json_need_text(signer, "email", where, &ignored, err) ||
	    !json_need_text(signer, "firstName", where, &ignored, err) ||
	    !json_need_text(signer, "lastName", where, &ignored, err))
		return false;
	snprintf(path, sizeof(path), "%s.email", where);
	return email_check(path, email, err);
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

/* Signers are notified by mail unless the request names another method. */
static void notification_methods_ensure(json_t *signer)
{
	if (!json_object_get(signer, "notificationMethods"))
		json_object_set_new(signer, "notificationMethods",
				    json_pack("{s:[s]}", "primary", "EMAIL"));
}

/* A user of the account is known by the uid; anybody else by the id the caller chose, or a UUID. */
static bool signer_build(const struct package_build *build, json_t *signer, const char *where,
			 struct error *err)
{
	struct user user = {0};
	bool found;
	char uuid[37];

	notification_methods_ensure(signer);
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

static json_t *entry_with_id(const json_t *list, const char *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		if (strcmp(json_text(entry, "id"), id) == 0)
			return entry;
	}
	return NULL;
}

/* The server chooses the ids of requirements. One that stands already keeps its id and its files.
 */
static void requirement_identify(json_t *requirement, const json_t *before)
{
	const json_t *known = entry_with_id(json_object_get(before, "attachmentRequirements"),
					    json_text(requirement, "id"));
	char id[13];

	if (known) {
		json_t *files = json_object_get(known, "files");
		if (files)
			json_object_set(requirement, "files", files);
		return;
	}
	random_base62(id, 12);
	json_object_set_new(requirement, "id", json_string(id));
}

static bool requirements_build(const struct package_build *build, json_t *role,
			       const json_t *before, const char *where, struct error *err)
{
	json_t *requirement;
	size_t i;

	json_array_foreach(json_object_get(role, "attachmentRequirements"), i, requirement)
	{
		if (utf8_length(json_text(requirement, "name")) > REQUIREMENT_TEXT_MAX ||
		    utf8_length(json_text(requirement, "description")) > REQUIREMENT_TEXT_MAX)
			return error_set(err, ERROR_INVALID_FIELD,
					 "%s[%zu]: name and description may have %d characters",
					 path_member(build->arena, where, "attachmentRequirements"),
					 i, REQUIREMENT_TEXT_MAX);
		requirement_identify(requirement, before);
	}
	return true;
}

static bool role_type_check(const struct package_build *build, const json_t *role,
			    const char *where, struct error *err)
{
	const char *type = json_text(role, "type");

	if (*type && strcmp(type, "SIGNER") != 0 && strcmp(type, "SENDER") != 0)
		return error_set(err, ERROR_INVALID_FIELD, "%s: must be SIGNER or SENDER",
				 path_member(build->arena, where, "type"));
	return true;
}

/* A signer who stays the same person keeps the id, unless the caller chooses another one. */
static void signer_keep_id(json_t *signer, const json_t *before)
{
	const json_t *stands = role_signer(before);

	if (stands && !*json_text(signer, "id") &&
	    text_equal_nocase(json_text(signer, "email"), json_text(stands, "email")))
		json_object_set(signer, "id", json_object_get(stands, "id"));
}

static bool role_signers_build(const struct package_build *build, json_t *role,
			       const json_t *before, const char *where, struct error *err)
{
	const char *path = path_member(build->arena, where, "signers");
	json_t *signers = json_object_get(role, "signers"), *signer;
	size_t i;

	if (json_array_size(signers) > 1)
		return error_set(err, ERROR_INVALID_FIELD, "%s: a role has one signer", path);
	json_array_foreach(signers, i, signer)
	{
		signer_keep_id(signer, before);
		if (!signer_build(build, signer, arena_printf(build->arena, "%s[%zu]", path, i),
				  err))
			return false;
	}
	return true;
}

bool role_build(const struct package_build *build, json_t *role, const json_t *before,
		const char *where, struct error *err)
{
	char uuid[37];

	random_uuid(uuid);
	if (!role_type_check(build, role, where, err) || !id_complete(role, where, uuid, err) ||
	    !requirements_build(build, role, before, where, err) ||
	    !role_signers_build(build, role, before, where, err))
		return false;
	if (!*json_text(role, "name"))
		json_object_set(role, "name", json_object_get(role, "id"));
	return true;
}

json_t *role_signer(const json_t *role)
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

static bool role_differs(const json_t *role, const json_t *other, const char *where,
			 struct error *err)
{
	const char *dot = where ? "." : "";
	const json_t *signer = role_signer(role), *others = role_signer(other);

	where = where ? where : "";
	if (strcmp(json_text(role, "id"), json_text(other, "id")) == 0)
		return error_set(err, ERROR_INVALID_FIELD, "%s%sid: already used by another role",
				 where, dot);
	return !signer || !others || signers_may_share(signer, others) ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "%s%ssigners[0].email: already the signer of another role", where, dot);
}

bool role_fits(const json_t *roles, size_t at, const char *where, struct error *err)
{
	const json_t *role = json_array_get(roles, at);

	for (size_t i = 0; i < json_array_size(roles); i++) {
		if (i != at && !role_differs(role, json_array_get(roles, i), where, err))
			return false;
	}
	return true;
}

static bool roles_differ(const struct package_build *build, const json_t *roles, struct error *err)
{
	for (size_t i = 0; i < json_array_size(roles); i++) {
		const char *where = arena_printf(build->arena, "roles[%zu]", i);
		for (size_t j = 0; j < i; j++) {
			if (!role_differs(json_array_get(roles, i), json_array_get(roles, j), where,
					  err))
				return false;
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

bool roles_build(const struct package_build *build, json_t *package, struct error *err)
{
	json_t *roles = json_object_get(package, "roles"), *role;
	size_t i;

	if (json_array_size(roles) > PACKAGE_ROLES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "roles: at most %d are allowed",
				 PACKAGE_ROLES_MAX);
	if (!roles) {
		json_object_set_new(package, "roles", json_array());
		roles = json_object_get(package, "roles");
	}
	json_array_foreach(roles, i, role)
	{
		if (!role_build(build, role, NULL, arena_printf(build->arena, "roles[%zu]", i),
				err))
			return false;
	}
	if (!roles_differ(build, roles, err))
		return false;
	owner_role_ensure(build, roles);
	return true;
}

/* ---- what others ask of roles ---- */

void role_answers_remove(json_t *role)
{
	json_t *signer;
	size_t i;

	json_array_foreach(json_object_get(role, "signers"), i, signer)
	{
		json_t *auth = json_object_get(signer, "auth");
		if (auth)
			json_object_set_new(auth, "challenges", json_array());
	}
}

static json_t *role_with(const json_t *roles, const char *member, const char *text)
{
	json_t *role;
	size_t i;

	json_array_foreach(roles, i, role)
	{
		if (*text && strcmp(json_text(role, member), text) == 0)
			return role;
	}
	return NULL;
}

json_t *role_meant(const json_t *roles, const json_t *wanted, const char *first, const char *second)
{
	json_t *role = role_with(roles, first, json_text(wanted, first));

	return role ? role : role_with(roles, second, json_text(wanted, second));
}
