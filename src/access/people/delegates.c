/* delegates.c – see delegates.h. */
#include "access/people/delegates.h"

#include <string.h>

#include "access/audit.h"
#include "access/people/users.h"
#include "access/version.h"
#include "base/json.h"

/* One's own, or those of somebody one manages: who names a delegate gives away what the delegator
 * may do. */
static bool may_change(const struct context *context, const char *uid, struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	struct user user;

	if (strcmp(context->actor->user, uid) == 0)
		return true;
	return context_account(context, db, &account, err) &&
	       context_user(context, db, uid, &user, err) &&
	       user_may_be_managed(context, db, &account, &user, err);
}

static json_t *delegate_to_json(const struct delegation *delegation, const struct user *user)
{
	json_t *json = json_pack("{s:s, s:s+++, s:s, s:s, s:s}", "id", user->uid, "name",
				 user->first_name, " ", user->last_name, "", "firstName",
				 user->first_name, "lastName", user->last_name, "email",
				 user->email);
	if (delegation->expires.us)
		json_object_set_new(json, "expiryDate", json_date(delegation->expires));
	return json;
}

static const char *resource_of(const struct context *context, const char *uid)
{
	return arena_printf(context->arena, "delegates:%s:%s", context->account, uid);
}

static json_t *parts_of(const struct delegation *list, size_t count)
{
	json_t *delegates = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(delegates, json_pack("[s, I]", list[i].delegate,
							   (json_int_t)list[i].expires.us));
	return json_pack("{s:o}", "delegates", delegates);
}

static bool version_read(const struct context *context, struct db *db, const char *uid,
			 json_t **ret_parts, struct error *err)
{
	struct delegation *list;
	size_t count;

	if (!delegation_list(db, context->arena, context->account, uid, &list, &count, err))
		return false;
	*ret_parts = parts_of(list, count);
	return true;
}

static bool is_as_read(const struct context *context, struct db *db, const char *uid,
		       struct error *err)
{
	json_t *parts;

	return version_read(context, db, uid, &parts, err) &&
	       version_check(context, resource_of(context, uid), parts, err);
}

/* At the end of a change, within it. */
static bool tell(const struct context *context, struct db *db, const char *uid, struct error *err)
{
	json_t *parts;

	if (!version_read(context, db, uid, &parts, err))
		return false;
	version_tell(context, resource_of(context, uid), parts);
	return true;
}

json_t *delegates_list(const struct context *context, const char *uid, struct error *err)
{
	struct db *db = session_db(context->session);
	struct delegation *list;
	struct user user;
	size_t count;
	bool found;

	if (!may_change(context, uid, err) || !context_user(context, db, uid, &user, err) ||
	    !delegation_list(db, context->arena, context->account, uid, &list, &count, err))
		return NULL;
	version_tell(context, resource_of(context, uid), parts_of(list, count));
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		if (!user_find(db, context->arena, list[i].delegate, &user, &found, err)) {
			json_decref(array);
			return NULL;
		}
		if (found)
			json_array_append_new(array, delegate_to_json(&list[i], &user));
	}
	return array;
}

static bool delegate_write(const struct context *context, struct db *db, const char *uid,
			   const char *delegate, const char *expiry, struct error *err)
{
	struct delegation delegation = {.delegator = uid, .delegate = delegate};
	struct user user;

	if (expiry && *expiry && !wall_parse(expiry, &delegation.expires))
		return error_set(err, ERROR_INVALID_FIELD, "expiryDate: not a date");
	if (strcmp(uid, delegate) == 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "id: a user cannot be their own delegate");
	return context_user(context, db, delegate, &user, err) &&
	       delegation_put(db, context->account, &delegation, err);
}

static bool list_write(const struct context *context, struct db *db, const char *uid,
		       const json_t *list, struct error *err)
{
	if (json_array_size(list) > DELEGATES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "%d delegates at most", DELEGATES_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *id, *expiry;
		const char *where = arena_printf(context->arena, "[%zu]", i);
		if (!json_is_object(item))
			return error_set(err, ERROR_INVALID_FIELD, "%s: must be an object", where);
		if (!json_need_text(item, "id", where, &id, err) ||
		    !json_get_text(item, "expiryDate", where, &expiry, err) ||
		    !delegate_write(context, db, uid, id, expiry, err))
			return false;
	}
	return true;
}

/* Tokens rest on delegations, and end with them. */
static struct txn *change_begin(const struct context *context, struct error *err)
{
	struct txn *txn = context_change_begin(context, err);

	if (txn)
		txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn;
}

bool delegates_replace(const struct context *context, const char *uid, const json_t *list,
		       struct error *err)
{
	struct user user;
	bool found;

	if (!may_change(context, uid, err))
		return false;
	scoped(txn) struct txn *txn = change_begin(context, err);
	return txn && context_user(context, txn_db(txn), uid, &user, err) &&
	       is_as_read(context, txn_db(txn), uid, err) &&
	       delegation_delete(txn_db(txn), context->account, uid, NULL, &found, err) &&
	       list_write(context, txn_db(txn), uid, list, err) &&
	       audit_record(context, txn_db(txn), "user.delegates", uid,
			    json_pack("{s:I}", "count", (json_int_t)json_array_size(list)), err) &&
	       tell(context, txn_db(txn), uid, err) && txn_commit(&txn, err);
}

bool delegate_add(const struct context *context, const char *uid, const char *delegate,
		  struct error *err)
{
	struct user user;

	if (!may_change(context, uid, err))
		return false;
	scoped(txn) struct txn *txn = change_begin(context, err);
	return txn && context_user(context, txn_db(txn), uid, &user, err) &&
	       is_as_read(context, txn_db(txn), uid, err) &&
	       delegate_write(context, txn_db(txn), uid, delegate, NULL, err) &&
	       audit_record(context, txn_db(txn), "user.delegates", uid,
			    json_pack("{s:s}", "added", delegate), err) &&
	       txn_commit(&txn, err);
}

bool delegate_remove(const struct context *context, const char *uid, const char *delegate,
		     struct error *err)
{
	struct user user;
	bool found;

	if (!may_change(context, uid, err))
		return false;
	scoped(txn) struct txn *txn = change_begin(context, err);
	if (!txn || !context_user(context, txn_db(txn), uid, &user, err) ||
	    !is_as_read(context, txn_db(txn), uid, err) ||
	    !delegation_delete(txn_db(txn), context->account, uid, delegate, &found, err))
		return false;
	if (!found && delegate)
		return error_set(err, ERROR_USER_NOT_FOUND, "no delegate of this user");
	return audit_record(context, txn_db(txn), "user.delegates", uid,
			    json_pack("{s:s}", "removed", delegate ? delegate : "all"), err) &&
	       txn_commit(&txn, err);
}
