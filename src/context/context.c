/* context.c – see context.h. */
#include "context/context.h"

#include <string.h>

#include "base/ensure.h"
#include "base/text.h"
#include "store/audit_store.h"
#include "store/role_store.h"
#include "store/store_clock.h"

struct context context_for_call(const struct context_tools *tools, struct session *session,
				struct arena *arena, const struct actor *actor,
				struct wall_time now, struct wall_time queue_now)
{
	ensure(tools->keyring && arena && actor->address);
	return (struct context){
		.session = session,
		.arena = arena,
		.now = now,
		.queue_now = queue_now,
		.actor = actor,
		.account = actor->account,
		.keyring = tools->keyring,
		.config = tools->config,
		.authenticator = tools->authenticator,
		.limits = tools->limits,
		.usage = tools->usage,
		.judge = tools->judge,
	};
}

struct context context_for_command(const struct context_tools *tools, struct session *session,
				   struct arena *arena)
{
	return context_for_call(tools, session, arena, actor_command(), session_now(session),
				session_queue_now(session));
}

struct context context_for_clockwork(const struct keyring *keyring, struct session *session,
				     struct arena *arena, const char *account, struct wall_time now,
				     struct wall_time queue_now)
{
	const struct context_tools tools = {.keyring = keyring};
	const struct context context = context_for_call(&tools, session, arena, actor_clockwork(),
							now, queue_now);

	return context_about(&context, account);
}

struct context context_about(const struct context *context, const char *account)
{
	struct context about = *context;

	ensure(account);
	about.account = account;
	return about;
}

struct context context_by(const struct context *context, const struct actor *actor)
{
	struct context by = *context;

	by.actor = actor;
	return by;
}

struct txn *context_change_begin(const struct context *context, struct error *err)
{
	struct txn *txn = txn_begin(context->session, err);
	struct bytes ignored;
	int64_t sequence;

	if (txn && audit_head_lock(txn_db(txn), context->arena, context->account, &sequence,
				   &ignored, err))
		return txn;
	if (txn)
		txn_rollback(txn);
	return NULL;
}

bool context_account(const struct context *context, struct db *db, struct account *ret_account,
		     struct error *err)
{
	bool found;

	if (!account_find(db, context->arena, context->account, ret_account, &found, err))
		return false;
	return found || error_set(err, ERROR_ACCOUNT_NOT_FOUND, NULL);
}

bool user_is_member(struct db *db, struct arena *arena, const char *account,
		    const struct user *user, bool *ret_is_member, struct error *err)
{
	struct account found_account;
	const char **roles;
	size_t count;
	bool found;

	*ret_is_member = true;
	if (strcmp(user->account, account) == 0)
		return true;
	if (!account_find(db, arena, account, &found_account, &found, err) ||
	    !user_roles_list(db, arena, account, user->uid, &roles, &count, err))
		return false;
	*ret_is_member = found && (count > 0 || strcmp(found_account.owner, user->uid) == 0);
	return true;
}

bool context_user(const struct context *context, struct db *db, const char *uid,
		  struct user *ret_user, struct error *err)
{
	bool found, is_member = false;

	if (!user_find(db, context->arena, uid, ret_user, &found, err) ||
	    (found &&
	     !user_is_member(db, context->arena, context->account, ret_user, &is_member, err)))
		return false;
	return is_member || error_set(err, ERROR_USER_NOT_FOUND, NULL);
}

bool context_needs_feature(const struct context *context, enum account_feature feature,
			   const char *what, struct error *err)
{
	if (context->actor->features & feature)
		return true;
	return error_set(err, ERROR_FEATURE_DISABLED, "%s", what);
}

bool text_check(const char *member, const char *text, size_t limit, bool may_be_empty,
		struct error *err)
{
	if (!text || !text[strspn(text, " ")])
		return may_be_empty || error_set(err, ERROR_MISSING_FIELD, "%s", member);
	if (!utf8_is_valid(text, strlen(text)) || text_has_control_characters(text))
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s: must be UTF-8 without control characters", member);
	if (utf8_length(text) > limit)
		return error_set(err, ERROR_INVALID_FIELD, "%s: longer than %zu characters", member,
				 limit);
	return true;
}

bool email_check(const char *member, const char *email, struct error *err)
{
	if (!text_check(member, email, EMAIL_MAX, false, err))
		return false;
	const char *at = strchr(email, '@');
	if (!at || at == email || !at[1] || strchr(at + 1, '@') || strpbrk(email, " <>,;:\"\\"))
		return error_set(err, ERROR_INVALID_FIELD, "%s: not an e-mail address", member);
	return true;
}
