/* users.c – see users.h. */
#include "access/people/users.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/accounts.h"
#include "access/audit.h"
#include "access/credentials/api_keys.h"
#include "access/identity/guess.h"
#include "access/identity/password_links.h"
#include "access/identity/sign_in.h"
#include "access/people/email_change.h"
#include "access/people/member.h"
#include "access/rate_limit.h"
#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/shape_read.h"
#include "base/shape_write.h"
#include "base/text.h"
#include "base/words.h"
#include "crypto/random.h"
#include "store/role_store.h"

/* ---- JSON ---- */

/* What a Sender holds besides the columns; kept as given. */
static const char *const profile_members[] = {
	"address",	"timezoneId",	    "external", "signature", "professionalIdentityFields",
	"specialTypes", "userCustomFields", "data",
};

static const char *const sender_types[] = {"REGULAR", "MANAGER"};
static const char *const sender_statuses[] = {"INVITED", "ACTIVE", "LOCKED"};

static bool language_check(const char *where, const char *language, struct error *err)
{
	static const char *const languages[] = {"en", "fr", "de",    "es",    "it",
						"nl", "pt", "el",    "da",    "ru",
						"ja", "ko", "zh-CN", "zh-TW", "bg"};

	int ignored;

	return word_read(where, language, languages, ARRAY_SIZE(languages), &ignored, err);
}

#define SHAPE_OF struct account
static const struct shape_member company_members[] = {
	{SHAPE_TEXT("id", id)},
	{SHAPE_TEXT("name", name)},
};
static const struct shape company_shape = {SHAPE(company_members)};
static const struct shape_member account_members[] = {
	{SHAPE_TEXT("id", id)},
	{SHAPE_TEXT("name", name)},
	{SHAPE_TEXT("owner", owner)},
	{SHAPE_DATE("created", created)},
	{SHAPE_DATE("updated", created)},
	{SHAPE_PART("company", &company_shape)},
	{SHAPE_CONSTANT("customFields", "[]")},
	{SHAPE_CONSTANT("licenses", "[]")},
	{SHAPE_CONSTANT("logoUrl", "\"\"")},
};
const struct shape account_shape = {SHAPE(account_members)};
#undef SHAPE_OF

#define SHAPE_OF struct sender_view
static const struct shape_member sender_members[] = {
	{SHAPE_TEXT("id", user.uid), .flags = SHAPE_ANSWER},
	{SHAPE_TEXT("name", name), .flags = SHAPE_ANSWER},
	{SHAPE_TEXT("email", user.email)},
	{SHAPE_TEXT("firstName", user.first_name)},
	{SHAPE_TEXT("lastName", user.last_name)},
	{SHAPE_TEXT("title", user.title)},
	{SHAPE_TEXT("company", user.company)},
	{SHAPE_TEXT("phone", user.phone)},
	{SHAPE_TEXT("language", user.language)},
	{SHAPE_CHOICE("status", user.status, sender_statuses)},
	{SHAPE_CHOICE("type", user.type, sender_types)},
	{SHAPE_DATE("created", user.created), .flags = SHAPE_ANSWER},
	{SHAPE_DATE("updated", user.updated), .flags = SHAPE_ANSWER},
	{SHAPE_DATE("activated", user.activated), .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_DATE("locked", user.locked), .flags = SHAPE_ANSWER | SHAPE_OR_NONE},
	{SHAPE_CONSTANT("memberships", "[]")},
	{SHAPE_OBJECT("account", account, &account_shape), .flags = SHAPE_ANSWER},
	/* When the profile does not say otherwise. */
	{SHAPE_CONSTANT("timezoneId", "\"GMT\"")},
	{SHAPE_CONSTANT("professionalIdentityFields", "[]")},
	{SHAPE_CONSTANT("specialTypes", "[]")},
	{SHAPE_CONSTANT("userCustomFields", "[]")},
};
const struct shape sender_shape = {SHAPE(sender_members)};

/* What users set of themselves, and what only somebody who manages users sets. */
static const struct shape_member own_members[] = {
	{SHAPE_TEXT("firstName", user.first_name), .flags = SHAPE_REQUIRED, .most = USER_NAME_MAX},
	{SHAPE_TEXT("lastName", user.last_name), .flags = SHAPE_REQUIRED, .most = USER_NAME_MAX},
	{SHAPE_TEXT("title", user.title), .most = USER_NAME_MAX},
	{SHAPE_TEXT("company", user.company), .most = USER_NAME_MAX},
	{SHAPE_TEXT("phone", user.phone), .most = USER_NAME_MAX},
	{SHAPE_TEXT("language", language), .check = language_check},
};
static const struct shape own_shape = {SHAPE(own_members)};
static const struct shape_member managed_members[] = {
	{SHAPE_TEXT("email", user.email), .flags = SHAPE_REQUIRED, .check = email_check},
	{SHAPE_CHOICE("type", user.type, sender_types), .flags = SHAPE_REQUIRED},
	{SHAPE_CHOICE("status", status, sender_statuses)},
};
static const struct shape managed_shape = {SHAPE(managed_members)};
#undef SHAPE_OF

json_t *account_to_json(const struct account *account)
{
	return shape_to_json(&account_shape, account);
}

json_t *sender_to_json(const struct user *user, const struct account *account)
{
	scoped(arena) struct arena *arena = arena_new();
	const struct sender_view view = {
		.user = *user,
		.name = arena_printf(arena, "%s %s", user->first_name, user->last_name),
		.account = account,
	};
	json_t *json = shape_to_json(&sender_shape, &view);
	scoped(json_t) json_t *profile = json_loads(user->profile, 0, NULL);

	json_object_update(json, profile);
	return json;
}

/* ---- versions ---- */

static const char *resource_of(const struct context *context, const struct user *user)
{
	return arena_printf(context->arena, "user:%s", user->uid);
}

/* What GET shows of the user, but for what follows from it, or happens. */
static json_t *parts_of(const struct user *user, const struct account *account)
{
	static const char *const others[] = {"id",	"name",	       "created",   "updated",
					     "account", "memberships", "activated", "locked"};
	json_t *parts = sender_to_json(user, account);

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		json_object_del(parts, others[i]);
	return parts;
}

static json_t *shown(const struct context *context, const struct user *user,
		     const struct account *account)
{
	version_tell(context, resource_of(context, user), parts_of(user, account));
	return sender_to_json(user, account);
}

static bool is_as_read(const struct context *context, const struct user *user,
		       const struct account *account, struct error *err)
{
	return version_check(context, resource_of(context, user), parts_of(user, account), err);
}

/* ---- who may do what to whom ---- */

static bool is_self(const struct context *context, const char *uid)
{
	return strcmp(context->actor->user, uid) == 0;
}

static bool may_manage(const struct context *context, struct error *err)
{
	return actor_may(context->actor, PERMISSION_USERS) ||
	       error_set(err, ERROR_NO_PERMISSION, "%s", permission_name(PERMISSION_USERS));
}

/* Of the user's roles in sub-accounts. Whoever has the user's e-mail address has these, too. */
static bool permissions_elsewhere(const struct context *context, struct db *db,
				  const struct user *user, unsigned *ret_permissions,
				  struct error *err)
{
	const char **ids;
	size_t count;
	unsigned all = 0, there;

	if (!user_accounts_list(db, context->arena, user->uid, SUBACCOUNTS_MAX, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct account account;
		bool found, is_member;
		if (!account_find(db, context->arena, ids[i], &account, &found, err) ||
		    (found && !member_permissions(db, context->arena, &account, user, &is_member,
						  &there, err)))
			return false;
		all |= found ? there : 0;
	}
	*ret_permissions = all;
	return true;
}

/* Otherwise a manager could take the owner's place by way of the e-mail address and a forgotten
 * password. */
bool user_may_be_managed(const struct context *context, struct db *db,
			 const struct account *account, const struct user *user, struct error *err)
{
	unsigned permissions, elsewhere;
	bool is_member;

	if (!may_manage(context, err))
		return false;
	if (actor_is_operator(context->actor))
		return true;
	if (strcmp(user->account, account->id) != 0)
		return error_set(err, ERROR_NO_PERMISSION,
				 "a user of the parent account is managed there");
	const bool is_owner = strcmp(account->owner, user->uid) == 0;
	if (is_owner && !context->actor->rights.is_owner)
		return error_set(err, ERROR_NO_PERMISSION, "only the owner changes the owner");
	if (!member_permissions(db, context->arena, account, user, &is_member, &permissions, err) ||
	    !permissions_elsewhere(context, db, user, &elsewhere, err))
		return false;
	const struct rights own = context->actor->rights;
	if (!rights_may_change(own, rights_of_person(true, is_owner, permissions)))
		return error_set(err, ERROR_NO_PERMISSION,
				 "this user has permissions that you do not have");
	return rights_may_change(own, rights_of_person(true, is_owner, elsewhere)) ||
	       error_set(err, ERROR_NO_PERMISSION,
			 "this user has permissions in a sub-account that you do not have");
}

static bool find_both(const struct context *context, struct db *db, const char *uid,
		      struct account *ret_account, struct user *ret_user, struct error *err)
{
	return context_account(context, db, ret_account, err) &&
	       context_user(context, db, uid, ret_user, err);
}

/* ---- reading a body ---- */

static bool profile_read(struct arena *arena, const json_t *body, struct user *user,
			 struct error *err)
{
	scoped(json_t) json_t *profile = json_loads(user->profile, 0, NULL);
	ensure(profile);

	for (size_t i = 0; i < ARRAY_SIZE(profile_members); i++) {
		json_t *value = json_object_get(body, profile_members[i]);
		if (value && !json_is_null(value))
			json_object_set(profile, profile_members[i], value);
	}
	const char *text = json_encode_in(arena, profile);
	bool fits = strlen(text) <= USER_PROFILE_MAX;
	if (fits)
		user->profile = text;
	return fits || error_set(err, ERROR_INVALID_FIELD,
				 "address, data and the like: more than %d bytes of JSON",
				 USER_PROFILE_MAX);
}

/* Members that are absent keep what `user` has. */
static bool own_read(const struct context *context, const json_t *body, struct user *user,
		     struct error *err)
{
	struct sender_view view = {.user = *user, .language = ""};

	if (!shape_read(&own_shape, context->arena, body, NULL, &view, err))
		return false;
	*user = view.user;
	if (*view.language)
		user->language = view.language;
	return profile_read(context->arena, body, user, err);
}

static bool managed_read(const struct context *context, const json_t *body, struct user *user,
			 struct error *err)
{
	struct sender_view view = {.user = *user, .status = user->status};

	if (!shape_read(&managed_shape, context->arena, body, NULL, &view, err))
		return false;
	*user = view.user;
	if (strcmp(view.status, user->status) == 0)
		return true;
	if (strcmp(view.status, "INVITED") == 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "status: a user who was activated cannot become INVITED again");
	if (strcmp(view.status, "ACTIVE") == 0 && !user->activated.us)
		user->activated = context->now;
	user->locked = strcmp(view.status, "LOCKED") == 0 ? context->now : wall_from_us(0);
	user->status = view.status;
	return true;
}

/* ---- calls ---- */

json_t *users_list(const struct context *context, const struct user_filter *filter,
		   struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	struct user *users;
	size_t count;
	int64_t total;

	if (!may_manage(context, err) || !context_account(context, db, &account, err) ||
	    !user_list(db, context->arena, filter, &users, &count, &total, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, sender_to_json(&users[i], &account));
	return json_pack("{s:I, s:o}", "count", (json_int_t)total, "results", results);
}

json_t *user_read(const struct context *context, const char *uid, struct error *err)
{
	struct account account;
	struct user user;

	if (!is_self(context, uid) && !may_manage(context, err))
		return NULL;
	if (!find_both(context, session_db(context->session), uid, &account, &user, err))
		return NULL;
	return shown(context, &user, &account);
}

static json_t *audited_names(const struct user *user)
{
	return json_pack("{s:s, s:s, s:s}", "email", user->email, "type", user->type, "status",
			 user->status);
}

static bool user_store(const struct context *context, struct user *user, struct account *account,
		       struct error *err)
{
	const bool invited = strcmp(user->status, "INVITED") == 0;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	return txn && context_account(context, txn_db(txn), account, err) &&
	       email_is_free(context, txn_db(txn), user->email, user->uid, err) &&
	       user_insert(txn_db(txn), user, err) &&
	       api_key_make_first(context, txn_db(txn), account->id, user->uid, err) &&
	       (!invited || password_link_send(context, txn, account, user, true, err)) &&
	       audit_record(context, txn_db(txn), "user.create", user->uid, audited_names(user),
			    err) &&
	       txn_commit(&txn, err);
}

json_t *user_create(const struct context *context, const json_t *body, struct error *err)
{
	struct account account;
	char uid[USER_UID_LENGTH + 1];
	struct user user = {
		.account = context->account,
		.uid = uid,
		.email = "",
		.first_name = "",
		.last_name = "",
		.title = "",
		.company = "",
		.phone = "",
		.language = "en",
		.status = "INVITED",
		.type = "REGULAR",
		.profile = "{}",
		.password_hash = "",
		.created = context->now,
		.updated = context->now,
	};

	random_base62(uid, USER_UID_LENGTH);
	if (!may_manage(context, err) || !managed_read(context, body, &user, err) ||
	    !own_read(context, body, &user, err))
		return NULL;
	if (strcmp(user.type, "MANAGER") == 0 &&
	    !rights_may_give(context->actor->rights, manager_permissions())) {
		(void)error_set(err, ERROR_NO_PERMISSION,
				"type: MANAGER grants permissions that you do not have");
		return NULL;
	}
	if (strcmp(user.status, "LOCKED") == 0) {
		(void)error_set(err, ERROR_INVALID_FIELD,
				"status: a new sender is INVITED or ACTIVE");
		return NULL;
	}
	if (!email_may_ask(context, err))
		return NULL;
	if (user_store(context, &user, &account, err))
		return shown(context, &user, &account);
	email_asked(context, user.email, err);
	return NULL;
}

static bool change_is_allowed(const struct context *context, struct db *db,
			      const struct account *account, const struct user *before,
			      const struct user *after, struct error *err)
{
	const bool is_owner = strcmp(account->owner, before->uid) == 0;
	const bool new_email = strcmp(before->email, after->email) != 0;
	const bool managed = new_email || strcmp(before->type, after->type) != 0 ||
			     strcmp(before->status, after->status) != 0;

	if (is_owner && strcmp(after->status, "ACTIVE") != 0)
		return error_set(err, ERROR_NO_PERMISSION, "the owner cannot be locked");
	if (is_self(context, before->uid) && !managed)
		return true;
	if (!user_may_be_managed(context, db, account, before, err))
		return false;
	if (strcmp(after->type, "MANAGER") == 0 && strcmp(before->type, "MANAGER") != 0 &&
	    !rights_may_give(context->actor->rights, manager_permissions()))
		return error_set(err, ERROR_NO_PERMISSION,
				 "type: MANAGER grants permissions that you do not have");
	return true;
}

/* The new address is another one, and not only written otherwise. */
static bool email_is_new(const struct user *before, const struct user *after)
{
	return !text_equal_nocase(after->email, before->email);
}

static bool change_store(const struct context *context, const char *uid, const json_t *body,
			 const struct email_proof *proof, struct user *ret_user,
			 struct account *ret_account, struct error *err)
{
	struct user *user = ret_user;
	int64_t sessions;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_both(context, txn_db(txn), uid, ret_account, user, err) ||
	    !is_as_read(context, user, ret_account, err))
		return false;
	struct user before = *user;
	user->updated = context->now;
	if (!own_read(context, body, user, err) || !managed_read(context, body, user, err))
		return false;
	if (strcmp(ret_account->owner, uid) == 0 && !email_is_new(&before, user))
		user->email = before.email; /* sending the address that stands is no change */
	if (!change_is_allowed(context, txn_db(txn), ret_account, &before, user, err))
		return false;
	if (email_is_new(&before, user) &&
	    (!email_may_ask(context, err) ||
	     !email_is_free(context, txn_db(txn), user->email, uid, err) ||
	     !email_change_record(context, txn, ret_account, &before, user, proof, err)))
		return false;
	if (strcmp(user->status, "LOCKED") == 0 &&
	    !login_session_delete_all(txn_db(txn), uid, &sessions, err))
		return false;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return user_save(txn_db(txn), user, err) &&
	       audit_record(context, txn_db(txn), "user.change", uid, audited_names(user), err) &&
	       txn_commit(&txn, err);
}

json_t *user_change(const struct context *context, const char *uid, const json_t *body,
		    struct error *err)
{
	struct email_proof proof;
	struct account account;
	struct user user = {.email = ""};

	if (!email_proof_make(context, uid, body, &proof, err))
		return NULL;
	if (change_store(context, uid, body, &proof, &user, &account, err))
		return shown(context, &user, &account);
	email_asked(context, user.email, err);
	return NULL;
}

bool user_remove(const struct context *context, const char *uid, struct error *err)
{
	struct account account;
	struct user user;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_both(context, txn_db(txn), uid, &account, &user, err) ||
	    !is_as_read(context, &user, &account, err) ||
	    !user_may_be_managed(context, txn_db(txn), &account, &user, err))
		return false;
	if (strcmp(account.owner, uid) == 0)
		return error_set(err, ERROR_NO_PERMISSION, "the owner cannot be deleted");
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return user_delete(txn_db(txn), user.account, uid, err) &&
	       audit_record(context, txn_db(txn), "user.delete", uid, audited_names(&user), err) &&
	       txn_commit(&txn, err);
}

/* Whoever manages users must not fill somebody's mail box: after five mails to one person within an
 * hour the next one waits a minute, then two, up to fifteen. */
static bool link_may_be_sent(const struct context *context, struct db *db, const struct user *user,
			     struct error *err)
{
	const struct guess_key key = {user->account, user->uid, "link"};
	struct guess_count count;

	if (actor_is_operator(context->actor))
		return true;
	if (!guess_count_lock(db, &key, &count, err))
		return false;
	if (!guess_count_add(&count, FAILURES_FREE, GUESSES_KEPT_S, context->now))
		return error_set_wait(
			err, wall_since(count.blocked_until, context->now).us / 1000000 + 1,
			"mails with a link to this user");
	return guess_count_save(db, &key, &count, err);
}

/* An invitation or a password link. */
static json_t *link_send(const struct context *context, const char *uid, bool is_invitation,
			 struct error *err)
{
	struct account account;
	struct user user;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !find_both(context, txn_db(txn), uid, &account, &user, err) ||
	    (!is_self(context, uid) &&
	     !user_may_be_managed(context, txn_db(txn), &account, &user, err)))
		return NULL;
	if (strcmp(user.status, is_invitation ? "INVITED" : "ACTIVE") != 0) {
		(void)error_set(err, ERROR_INVALID_FIELD, "status: the sender is %s", user.status);
		return NULL;
	}
	if (!link_may_be_sent(context, txn_db(txn), &user, err) ||
	    !password_link_send(context, txn, &account, &user, is_invitation, err) ||
	    !audit_record(context, txn_db(txn),
			  is_invitation ? "user.invite" : "user.password_link", uid, NULL, err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return sender_to_json(&user, &account);
}

bool user_sign_out(const struct context *context, const char *uid, int64_t *ret_count,
		   struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	struct user user;

	return find_both(context, db, uid, &account, &user, err) &&
	       (is_self(context, uid) || user_may_be_managed(context, db, &account, &user, err)) &&
	       sign_out_everywhere(context, uid, ret_count, err);
}

json_t *user_invite(const struct context *context, const char *uid, struct error *err)
{
	return link_send(context, uid, true, err);
}

json_t *user_reset_password(const struct context *context, const char *uid, struct error *err)
{
	return link_send(context, uid, false, err);
}
