/* operated_accounts.c – see operated_accounts.h. */
#include "access/accounts/operated_accounts.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/accounts.h"
#include "access/accounts/history.h"
#include "access/audit.h"
#include "access/credentials/client_apps.h"
#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/shape_read.h"
#include "base/shape_write.h"
#include "base/unicode.h"

static const struct {
	enum account_feature bit;
	const char *name, *help;
} features[] = {
#define FEATURE(id, bit, name, help) {ACCOUNT_FEATURE_##id, name, help},
#include "context/features.def"
#undef FEATURE
};

json_t *features_list(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "name", features[i].name,
						      "gives", features[i].help));
	return list;
}

/* ---- how one is shown ---- */

#define SHAPE_OF struct account
static const struct shape_member feature_members[] = {
#define FEATURE(id, bit, name, help) {SHAPE_BIT(name, features, ACCOUNT_FEATURE_##id)},
#include "context/features.def"
#undef FEATURE
};
static const struct shape features_shape = {SHAPE(feature_members), .is_closed = true};

static const struct shape_member limit_members[] = {
	{SHAPE_INT("endpoints", endpoints_limit), .most = ENDPOINTS_LIMIT_MAX},
	{SHAPE_INT("callRate", app_rate), .most = CLIENT_APP_RATE_MAX},
};
static const struct shape limits_shape = {SHAPE(limit_members)};

static const struct shape_member operated_members[] = {
	{SHAPE_TEXT("id", id)},
	{SHAPE_TEXT("name", name)},
	{SHAPE_TEXT("parentAccountId", parent)},
	{SHAPE_DATE("createdDate", created)},
	{SHAPE_DATE("lockedDate", locked), .flags = SHAPE_OR_NULL},
	{SHAPE_PART("features", &features_shape)},
	{SHAPE_PART("limits", &limits_shape)},
};
const struct shape operated_account_shape = {SHAPE(operated_members)};
#undef SHAPE_OF

/* What the operator sets. */
struct configured {
	struct account account;
	bool is_locked;
};

#define SHAPE_OF struct configured
static const struct shape_member configured_members[] = {
	{SHAPE_TEXT("name", account.name), .flags = SHAPE_REQUIRED, .most = ACCOUNT_NAME_MAX},
	{SHAPE_BOOL("locked", is_locked)},
	{SHAPE_INNER("features", account, &features_shape)},
	{SHAPE_INNER("limits", account, &limits_shape)},
};
static const struct shape configured_shape = {SHAPE(configured_members), .is_closed = true};
#undef SHAPE_OF

#define SHAPE_OF struct user
static const struct shape_member owner_members[] = {
	{SHAPE_TEXT("id", uid)},
	{SHAPE_TEXT("firstName", first_name)},
	{SHAPE_TEXT("lastName", last_name)},
	{SHAPE_TEXT("email", email)},
	{SHAPE_TEXT("status", status)},
};
static const struct shape owner_shape = {SHAPE(owner_members)};
#undef SHAPE_OF

#define SHAPE_OF struct account_params
static const struct shape_member new_account_members[] = {
	{SHAPE_TEXT("name", name), .flags = SHAPE_REQUIRED},
	{SHAPE_TEXT("ownerEmail", owner_email), .flags = SHAPE_REQUIRED},
	{SHAPE_TEXT("ownerFirstName", owner_first_name)},
	{SHAPE_TEXT("ownerLastName", owner_last_name)},
	{SHAPE_BOOL("invite", invite)},
};
static const struct shape new_account_shape = {SHAPE(new_account_members), .is_closed = true};
#undef SHAPE_OF

json_t *features_to_json(unsigned bits)
{
	const struct account account = {.features = bits};

	return shape_to_json(&features_shape, &account);
}

static json_t *operated_to_json(const struct account *account)
{
	return shape_to_json(&operated_account_shape, account);
}

static const char *resource_of(const struct context *context, const struct account *account)
{
	return arena_printf(context->arena, "account:%s", account->id);
}

static json_t *with_owner(const struct context *context, const struct account *account,
			  struct error *err)
{
	struct user owner;
	bool found;

	if (!user_find(session_db(context->session), context->arena, account->owner, &owner, &found,
		       err))
		return NULL;
	version_tell(context, resource_of(context, account),
		     account_configured(context->arena, account));
	json_t *json = operated_to_json(account);
	json_object_set_new(json, "owner",
			    found ? shape_to_json(&owner_shape, &owner) : json_null());
	return json;
}

json_t *operated_account_read(const struct context *context, struct error *err)
{
	struct account account;

	ensure(actor_is_operator(context->actor));
	if (!context_account(context, session_db(context->session), &account, err))
		return NULL;
	return with_owner(context, &account, err);
}

/* ---- finding ---- */

static const char *cursor_of(struct arena *arena, const struct account *account)
{
	return arena_printf(arena, "%lld-%s", (long long)account->created.us, account->id);
}

static bool cursor_read(struct arena *arena, const char *text, struct account *ret_before,
			struct error *err)
{
	char *end;

	*ret_before = (struct account){.created = wall_from_us(strtoll(text, &end, 10))};
	if (end == text || *end != '-' || strlen(end + 1) != ACCOUNT_ID_LENGTH)
		return error_set(err, ERROR_INVALID_FIELD, "after: not the `next` of a page");
	ret_before->id = arena_strdup(arena, end + 1);
	return true;
}

/* By id, or by an owner's address: without looking through the others. */
static bool find_exactly(const struct context *context, const char *search,
			 struct account *ret_account, bool *ret_found, struct error *err)
{
	struct db *db = session_db(context->session);
	const char *id = search;
	struct user user;
	bool found = true;

	*ret_found = false;
	if (strchr(search, '@')) {
		if (!user_find_by_email(db, context->arena, search, &user, &found, err))
			return false;
		id = found ? user.account : NULL;
	}
	return !id || account_find(db, context->arena, id, ret_account, ret_found, err);
}

struct page {
	const char *folded; /* "": all */
	json_t *results;
	size_t limit;
	struct account last; /* that was looked at */
	bool more;
};

static bool page_fill(const struct context *context, struct page *page, bool has_last,
		      struct error *err)
{
	const int64_t at_once = *page->folded ? ACCOUNTS_SEARCHED_MAX : (int64_t)page->limit + 1;
	struct account *accounts;
	size_t count;

	if (!account_page(session_db(context->session), context->arena,
			  has_last ? &page->last : NULL, at_once, &accounts, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (json_array_size(page->results) == page->limit) {
			page->more = true;
			return true;
		}
		page->last = accounts[i];
		if (!*page->folded ||
		    strstr(unicode_fold(context->arena, accounts[i].name), page->folded))
			json_array_append_new(page->results, operated_to_json(&accounts[i]));
	}
	page->more = count == (size_t)at_once;
	return true;
}

json_t *operated_accounts_list(const struct context *context, const char *search, const char *after,
			       int64_t limit, struct error *err)
{
	struct account exact;
	bool found = false;
	scoped(json_t) json_t *results = json_array();
	struct page page = {
		.folded = unicode_fold(context->arena, search ? search : ""),
		.results = results,
		.limit = (size_t)limit,
	};

	ensure(actor_is_operator(context->actor));
	if (search && *search && !after && !find_exactly(context, search, &exact, &found, err))
		return NULL;
	if (found)
		json_array_append_new(results, operated_to_json(&exact));
	else if ((after && *after && !cursor_read(context->arena, after, &page.last, err)) ||
		 !page_fill(context, &page, after && *after, err))
		return NULL;
	return json_pack("{s:O, s:o}", "results", results, "next",
			 page.more ? json_string(cursor_of(context->arena, &page.last))
				   : json_null());
}

/* ---- changing ---- */

json_t *account_configured(struct arena *arena, const struct account *account)
{
	const struct configured configured = {*account, account->locked.us != 0};

	return shape_to_json(&configured_shape, &configured);
}

bool account_record(const struct context *context, struct db *db, const struct account *account,
		    const json_t *before, struct error *err)
{
	scoped(json_t) json_t *after = account_configured(context->arena, account);
	const struct history_change change = {.kind = HISTORY_ACCOUNT,
					      .subject = account->id,
					      .name = account->name,
					      .before = before,
					      .after = after};

	return history_record(context, db, &change, err);
}

static bool change_read(const struct context *context, const json_t *body, struct account *account,
			struct error *err)
{
	struct configured configured = {*account, account->locked.us != 0};

	if (!shape_read(&configured_shape, context->arena, body, NULL, &configured, err))
		return false;
	*account = configured.account;
	if (!configured.is_locked)
		account->locked = wall_from_us(0);
	else if (!account->locked.us)
		account->locked = context->now;
	return true;
}

static const char *action_of(const struct account *before, const struct account *after)
{
	if (!before->locked.us != !after->locked.us)
		return after->locked.us ? "account.lock" : "account.unlock";
	return before->features == after->features ? "account.change" : "account.features";
}

json_t *operated_account_change(const struct context *context, const json_t *body,
				struct error *err)
{
	struct account account;

	ensure(actor_is_operator(context->actor));
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_account(context, txn_db(txn), &account, err) ||
	    !version_check(context, resource_of(context, &account),
			   account_configured(context->arena, &account), err))
		return NULL;
	const struct account before = account;
	scoped(json_t) json_t *was = account_configured(context->arena, &account);
	if (!change_read(context, body, &account, err))
		return NULL;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	if (!account_save(txn_db(txn), &account, err) ||
	    !audit_record(context, txn_db(txn), action_of(&before, &account), account.id,
			  account_configured(context->arena, &account), err) ||
	    !account_record(context, txn_db(txn), &account, was, err) || !txn_commit(&txn, err))
		return NULL;
	return with_owner(context, &account, err);
}

json_t *operated_account_create(const struct context *context, const json_t *body,
				struct error *err)
{
	struct account_params params = {0};
	struct account_created created;

	ensure(actor_is_operator(context->actor));
	if (!shape_read(&new_account_shape, context->arena, body, NULL, &params, err) ||
	    !account_create(context, &params, &created, err))
		return NULL;
	const struct context own = context_about(context, created.account);
	json_t *json = operated_account_read(&own, err);
	if (json && !params.invite)
		json_object_set_new(json, "password", json_string(created.password));
	return json;
}
