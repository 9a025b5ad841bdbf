/* roles.c – see roles.h. */
#include "access/people/roles.h"

#include <string.h>

#include "access/accounts/history.h"
#include "access/audit.h"
#include "access/credentials/api_keys.h"
#include "access/people/member.h"
#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/shape_read.h"
#include "base/shape_write.h"
#include "crypto/random.h"

#define ROLE_ID_LENGTH 22
#define ROLE_USERS_SHOWN_MAX 1000

static bool is_predefined(const struct account_role *role)
{
	return !*role->account;
}

/* ---- JSON ---- */

static const char *const permission_names[] = {
#define PERMISSION(id, name, manager, help) [PERMISSION_##id] = name,
#include "context/permissions.def"
#undef PERMISSION
};

#define SHAPE_OF struct role_view
static const struct shape_member role_members[] = {
	{SHAPE_TEXT("id", role.id), .flags = SHAPE_ANSWER},
	{SHAPE_TEXT("name", role.name), .flags = SHAPE_REQUIRED, .most = ROLE_NAME_MAX},
	{SHAPE_SET("permissions", permissions, permission_names)},
	{SHAPE_TEXT("description", role.description), .most = ROLE_DESCRIPTION_MAX},
	{SHAPE_BOOL("enabled", role.enabled)},
	{SHAPE_BOOL("inherited", role.inherited)},
	{SHAPE_BOOL("predefined", is_predefined), .flags = SHAPE_ANSWER},
};
const struct shape role_shape = {SHAPE(role_members)};
#undef SHAPE_OF

static struct role_view view_of(const struct account_role *role)
{
	struct role_view view = {.role = *role, .is_predefined = is_predefined(role)};
	struct error ignored;

	/* A permission of a later version is not shown, and gives nothing here. */
	if (!permissions_parse(role->permissions, "permissions", &view.permissions, &ignored))
		view.permissions = 0;
	view.role.inherited &= !view.is_predefined;
	return view;
}

static json_t *role_to_json(const struct account_role *role)
{
	const struct role_view view = view_of(role);

	return shape_to_json(&role_shape, &view);
}

static const char *resource_of(const struct context *context, const struct account_role *role)
{
	return arena_printf(context->arena, "role:%s:%s", role->account, role->id);
}

/* Those members that can be set. New reference. */
static json_t *role_configured(const struct account_role *role)
{
	const struct role_view view = view_of(role);

	return shape_settable_to_json(&role_shape, &view);
}

static json_t *role_shown(const struct context *context, const struct account_role *role)
{
	version_tell(context, resource_of(context, role), role_configured(role));
	return role_to_json(role);
}

static bool role_check(const struct context *context, const struct account_role *role,
		       struct error *err)
{
	return version_check(context, resource_of(context, role), role_configured(role), err);
}

/* Members that are absent keep what `role` has. */
static bool role_read_body(const struct context *context, const json_t *body,
			   struct account_role *role, struct error *err)
{
	struct role_view view = {.role = *role};

	if (!permissions_parse(role->permissions, "permissions", &view.permissions, err) ||
	    !shape_read(&role_shape, context->arena, body, NULL, &view, err))
		return false;
	*role = view.role;
	if (!json_is_array(json_object_get(body, "permissions")))
		return true;
	role->permissions = permissions_text(context->arena, view.permissions);
	return rights_may_give(context->actor->rights, view.permissions) ||
	       error_set(err, ERROR_NO_PERMISSION,
			 "permissions: you cannot grant permissions that you do not have");
}

/* ---- roles ---- */

static bool may_manage(const struct context *context, struct error *err)
{
	if (!context_needs_feature(context, ACCOUNT_FEATURE_ROLES, "roles", err))
		return false;
	return actor_may(context->actor, PERMISSION_ROLES) ||
	       error_set(err, ERROR_NO_PERMISSION, "%s", permission_name(PERMISSION_ROLES));
}

/* Nobody takes from a role what they could not give. */
static bool role_is_no_stronger(const struct context *context, const struct account_role *role,
				struct error *err)
{
	unsigned bits;

	if (!permissions_parse(role->permissions, "permissions", &bits, err))
		return false;
	return rights_may_give(context->actor->rights, bits) ||
	       error_set(err, ERROR_NO_PERMISSION,
			 "this role has permissions that you do not have");
}

static bool find_own(const struct context *context, struct db *db, const struct account *account,
		     const char *id, struct account_role *ret_role, struct error *err)
{
	bool found;

	if (!any_role_find(db, context->arena, account, id, ret_role, &found, err))
		return false;
	return found || error_set(err, ERROR_ROLE_NOT_FOUND, NULL);
}

json_t *roles_list(const struct context *context, struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	struct account_role *own, role;
	size_t count;

	if (!context_account(context, db, &account, err) ||
	    !role_list(db, context->arena, account.id, account.parent, &own, &count, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; predefined_role_id(i); i++) {
		ensure(predefined_role_find(context->arena, predefined_role_id(i), &role));
		json_array_append_new(results, role_to_json(&role));
	}
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, role_to_json(&own[i]));
	return json_pack("{s:I, s:o}", "count", (json_int_t)json_array_size(results), "results",
			 results);
}

json_t *role_read(const struct context *context, const char *id, struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	struct account_role role;

	if (!context_account(context, db, &account, err) ||
	    !find_own(context, db, &account, id, &role, err))
		return NULL;
	return role_shown(context, &role);
}

/* `before` NULL: it is new. */
static bool role_record(const struct context *context, struct db *db,
			const struct account_role *before, const struct account_role *role,
			bool is_deleted, struct error *err)
{
	scoped(json_t) json_t *was = before ? role_configured(before) : NULL;
	scoped(json_t) json_t *is = is_deleted ? NULL : role_configured(role);
	const struct history_change change = {.kind = HISTORY_ROLE,
					      .subject = role->id,
					      .name = role->name,
					      .before = was,
					      .after = is};

	return history_record(context, db, &change, err);
}

json_t *role_create(const struct context *context, const json_t *body, struct error *err)
{
	char id[ROLE_ID_LENGTH + 1];
	struct account_role role = {
		.account = context->account,
		.id = id,
		.description = "",
		.permissions = "",
		.enabled = true,
		.created = context->now,
		.updated = context->now,
	};
	struct account_role *own;
	size_t count;

	random_base62(id, ROLE_ID_LENGTH);
	if (!may_manage(context, err) || !role_read_body(context, body, &role, err))
		return NULL;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !role_list(txn_db(txn), context->arena, role.account, "", &own, &count, err))
		return NULL;
	if (count >= ACCOUNT_ROLES_MAX) {
		(void)error_set(err, ERROR_INVALID_FIELD,
				"the account has %d roles, the most it may have",
				ACCOUNT_ROLES_MAX);
		return NULL;
	}
	json_t *json = role_shown(context, &role);
	if (role_insert(txn_db(txn), &role, err) &&
	    audit_record(context, txn_db(txn), "role.create", id, json_incref(json), err) &&
	    role_record(context, txn_db(txn), NULL, &role, false, err) && txn_commit(&txn, err))
		return json;
	json_decref(json);
	return NULL;
}

json_t *role_change(const struct context *context, const char *id, const json_t *body,
		    struct error *err)
{
	struct account account;
	struct account_role role;

	if (!may_manage(context, err))
		return NULL;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_account(context, txn_db(txn), &account, err) ||
	    !find_own(context, txn_db(txn), &account, id, &role, err) ||
	    !role_check(context, &role, err))
		return NULL;
	if (strcmp(role.account, account.id) != 0) {
		(void)error_set(err, ERROR_NO_PERMISSION, "%s",
				is_predefined(&role) ? "a predefined role cannot be changed"
						     : "an inherited role is changed where it was "
						       "made");
		return NULL;
	}
	const struct account_role before = role;
	role.updated = context->now;
	if (!role_is_no_stronger(context, &role, err) ||
	    !role_read_body(context, body, &role, err) || !role_save(txn_db(txn), &role, err))
		return NULL;
	json_t *json = role_shown(context, &role);
	txn_announce(txn, STORE_TOPIC_ACCESS);
	if (audit_record(context, txn_db(txn), "role.change", id, json_incref(json), err) &&
	    role_record(context, txn_db(txn), &before, &role, false, err) && txn_commit(&txn, err))
		return json;
	json_decref(json);
	return NULL;
}

bool role_remove(const struct context *context, const char *id, bool *ret_changed,
		 struct error *err)
{
	struct account account;
	struct account_role role;
	int64_t users;

	*ret_changed = false;
	if (!may_manage(context, err))
		return false;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_account(context, txn_db(txn), &account, err) ||
	    !find_own(context, txn_db(txn), &account, id, &role, err) ||
	    !role_check(context, &role, err) || !role_user_count(txn_db(txn), id, &users, err))
		return false;
	if (!role_is_no_stronger(context, &role, err))
		return false;
	if (strcmp(role.account, account.id) != 0 || users > 0)
		return true;
	*ret_changed = true;
	return role_delete(txn_db(txn), account.id, id, err) &&
	       audit_record(context, txn_db(txn), "role.delete", id,
			    json_pack("{s:s}", "name", role.name), err) &&
	       role_record(context, txn_db(txn), &role, &role, true, err) && txn_commit(&txn, err);
}

json_t *role_users(const struct context *context, const char *id, struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	struct account_role role;
	const char **uids;
	size_t count;

	if (!context_account(context, db, &account, err) ||
	    !find_own(context, db, &account, id, &role, err) ||
	    !role_users_list(db, context->arena, account.id, id, ROLE_USERS_SHOWN_MAX, &uids,
			     &count, err))
		return NULL;
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_string(uids[i]));
	return array;
}

/* ---- who has which ---- */

static const char *role_of_type(const struct account *account, const struct user *user)
{
	if (strcmp(account->owner, user->uid) == 0)
		return "owner";
	return strcmp(user->type, "MANAGER") == 0 ? "manager" : "sender";
}

static json_t *assignment_parts(const char *const *ids, size_t count)
{
	json_t *roles = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(roles, json_string(ids[i]));
	return json_pack("{s:o}", "accountRoles", roles);
}

/* As `account` has them; another account has others. */
static const char *assignment_of(const struct context *context, const struct account *account,
				 const struct user *user)
{
	return arena_printf(context->arena, "user_roles:%s:%s", account->id, user->uid);
}

static bool assignment_check(const struct context *context, struct db *db,
			     const struct account *account, const struct user *user,
			     struct error *err)
{
	const char **ids;
	size_t count;

	return user_roles_list(db, context->arena, account->id, user->uid, &ids, &count, err) &&
	       version_check(context, assignment_of(context, account, user),
			     assignment_parts(ids, count), err);
}

static json_t *assignment_to_json(const struct context *context, struct db *db,
				  const struct account *account, const struct user *user,
				  struct error *err)
{
	const char **ids, *of_type = role_of_type(account, user);
	size_t count;

	if (!user_roles_list(db, context->arena, account->id, user->uid, &ids, &count, err))
		return NULL;
	version_tell(context, assignment_of(context, account, user), assignment_parts(ids, count));
	if (count == 0 || strcmp(of_type, "owner") == 0) {
		ids = &of_type;
		count = 1;
	}
	json_t *roles = json_array();
	for (size_t i = 0; i < count; i++) {
		struct account_role role;
		bool found;
		if (!any_role_find(db, context->arena, account, ids[i], &role, &found, err)) {
			json_decref(roles);
			return NULL;
		}
		if (found)
			json_array_append_new(roles, role_to_json(&role));
	}
	return json_pack("[{s:s, s:s, s:o}]", "userId", user->uid, "accountId", account->id,
			 "accountRoles", roles);
}

json_t *member_roles_list(const struct context *context, const char *uid, struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	struct user user;

	if (!context_account(context, db, &account, err) ||
	    !context_user(context, db, uid, &user, err))
		return NULL;
	return assignment_to_json(context, db, &account, &user, err);
}

/* Ids of the roles in the body: each must exist, be enabled, and give nothing the caller lacks. */
static bool assignment_read(const struct context *context, struct db *db,
			    const struct account *account, const json_t *list, const char **ids,
			    size_t *ret_count, struct error *err)
{
	size_t count = json_array_size(list);

	if (count > USER_ROLES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "accountRoles: %d at most",
				 USER_ROLES_MAX);
	for (size_t i = 0; i < count; i++) {
		struct account_role role;
		unsigned bits;
		const char *id = json_string_value(json_object_get(json_array_get(list, i), "id"));
		bool found = false;
		if (id && !any_role_find(db, context->arena, account, id, &role, &found, err))
			return false;
		if (!found)
			return error_set(err, ERROR_INVALID_FIELD,
					 "accountRoles[%zu].id: no such role", i);
		if (!role.enabled || strcmp(role.id, "owner") == 0)
			return error_set(err, ERROR_INVALID_FIELD,
					 "accountRoles[%zu].id: this role cannot be assigned", i);
		if (!permissions_parse(role.permissions, "permissions", &bits, err))
			return false;
		if (!rights_may_give(context->actor->rights, bits))
			return error_set(
				err, ERROR_NO_PERMISSION,
				"accountRoles[%zu]: grants permissions that you do not have", i);
		ids[i] = role.id;
	}
	*ret_count = count;
	return true;
}

/* A role in a sub-account makes a member, and every member has an API key there. */
static bool membership_follow(const struct context *context, struct db *db,
			      const struct account *account, const struct user *user,
			      size_t role_count, struct error *err)
{
	int64_t ended;

	if (strcmp(user->account, account->id) == 0)
		return true;
	if (role_count == 0)
		return api_key_end(db, account->id, user->uid, context->now, &ended, err);
	return api_key_make_first(context, db, account->id, user->uid, err);
}

/* Nobody takes from somebody who may do more. Who only now becomes a member has nothing to lose. */
static bool is_no_stronger(const struct context *context, struct db *db,
			   const struct account *account, const struct user *user,
			   const struct actor *actor, struct error *err)
{
	unsigned permissions;
	bool is_member;

	if (!member_permissions(db, context->arena, account, user, &is_member, &permissions, err))
		return false;
	return !is_member ||
	       rights_may_change(actor->rights, rights_of_person(true, false, permissions)) ||
	       error_set(err, ERROR_NO_PERMISSION,
			 "this user has permissions that you do not have");
}

/* The user may be the parent's: assigning is how somebody becomes a member of a sub-account. */
static bool candidate_find(const struct context *context, struct db *db,
			   const struct account *account, const char *uid, struct user *ret_user,
			   struct error *err)
{
	bool found;

	if (!user_find(db, context->arena, uid, ret_user, &found, err))
		return false;
	if (!found || (strcmp(ret_user->account, account->id) != 0 &&
		       strcmp(ret_user->account, account->parent) != 0))
		return error_set(err, ERROR_USER_NOT_FOUND, NULL);
	if (strcmp(account->owner, uid) == 0)
		return error_set(err, ERROR_NO_PERMISSION, "the owner's role cannot be changed");
	return is_no_stronger(context, db, account, ret_user, context->actor, err);
}

/* Without roles a user of the account has the permissions of the type again. */
static bool type_gives_no_more(const struct context *context, struct db *db,
			       const struct account *account, const struct user *user,
			       struct error *err)
{
	if (is_no_stronger(context, db, account, user, context->actor, err))
		return true;
	return err->code == ERROR_NO_PERMISSION &&
	       error_set(
		       err, ERROR_NO_PERMISSION,
		       "accountRoles: without roles the user's type grants permissions that you do not have");
}

static json_t *ids_to_json(const char *const *ids, size_t count)
{
	json_t *roles = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(roles, json_string(ids[i]));
	return json_pack("{s:o}", "accountRoles", roles);
}

/* `before`: as ids_to_json made it. */
static bool assignment_record(const struct context *context, struct db *db, const struct user *user,
			      const json_t *before, const char *const *ids, size_t count,
			      struct error *err)
{
	scoped(json_t) json_t *is = ids_to_json(ids, count);
	const struct history_change change = {.kind = HISTORY_MEMBER_ROLES,
					      .subject = user->uid,
					      .name = user->email,
					      .before = before,
					      .after = is};

	return history_record(context, db, &change, err);
}

json_t *member_roles_set(const struct context *context, const char *uid, const json_t *body,
			 struct error *err)
{
	const char **ids = arena_alloc(context->arena, USER_ROLES_MAX * sizeof(*ids)), **old_ids;
	struct account account;
	struct user user;
	json_t *list;
	size_t count = 0, old_count;

	if (!may_manage(context, err) || !json_get_array(body, "accountRoles", NULL, &list, err))
		return NULL;
	if (!list) {
		(void)error_set(err, ERROR_MISSING_FIELD, "accountRoles");
		return NULL;
	}
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_account(context, txn_db(txn), &account, err) ||
	    !candidate_find(context, txn_db(txn), &account, uid, &user, err) ||
	    !assignment_check(context, txn_db(txn), &account, &user, err) ||
	    !user_roles_list(txn_db(txn), context->arena, account.id, uid, &old_ids, &old_count,
			     err))
		return NULL;
	scoped(json_t) json_t *before = ids_to_json(old_ids, old_count);
	if (!assignment_read(context, txn_db(txn), &account, list, ids, &count, err) ||
	    !user_roles_set(txn_db(txn), account.id, uid, ids, count, err) ||
	    (count == 0 && !type_gives_no_more(context, txn_db(txn), &account, &user, err)) ||
	    !membership_follow(context, txn_db(txn), &account, &user, count, err) ||
	    !user_roles_list(txn_db(txn), context->arena, account.id, uid, &ids, &count, err))
		return NULL; /* the last: in the order in which the history compares them */
	json_t *answer = assignment_to_json(context, txn_db(txn), &account, &user, err);
	txn_announce(txn, STORE_TOPIC_ACCESS);
	if (answer &&
	    audit_record(context, txn_db(txn), "user.roles", uid,
			 json_deep_copy(json_array_get(answer, 0)), err) &&
	    assignment_record(context, txn_db(txn), &user, before, ids, count, err) &&
	    txn_commit(&txn, err))
		return answer;
	json_decref(answer);
	return NULL;
}
