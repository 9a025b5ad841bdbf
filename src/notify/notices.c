/* notices.c – see notices.h. */
#include "notify/notices.h"

#include <string.h>

#include "access/mails.h"
#include "base/ensure.h"
#include "base/macros.h"
#include "notify/endpoint_hidden.h"
#include "notify/endpoint_options.h"
#include "store/package_store.h"

/* One mail to one recipient. */
struct notice {
	enum mail_kind kind;
	const struct mail_value *values;
	size_t count;
};
#define NOTICE(kind, ...) \
	((struct notice){kind, (const struct mail_value[]){__VA_ARGS__}, \
			 ARRAY_SIZE(((const struct mail_value[]){__VA_ARGS__}))})

static bool send(const struct context *context, struct txn *txn, const struct user *user,
		 const struct notice *notice, struct error *err)
{
	return mail_to_user(context, txn, user, notice->kind, notice->values, notice->count, err);
}

static bool owner_find(const struct context *context, struct txn *txn, struct user *ret_owner,
		       bool *ret_found, struct error *err)
{
	struct account account;

	return context_account(context, txn_db(txn), &account, err) &&
	       user_find(txn_db(txn), context->arena, account.owner, ret_owner, ret_found, err);
}

/* To the endpoint's contact, unless that is `already` told; in the same language. */
static bool contact_send(const struct context *context, struct txn *txn,
			 const struct endpoint *endpoint, const struct user *already,
			 const struct notice *notice, struct error *err)
{
	struct endpoint_options options;

	endpoint_options_load(context->arena, endpoint->options, &options);
	if (!*options.contact || (already && strcasecmp(already->email, options.contact) == 0))
		return true;
	const struct user contact = {
		.account = context->account,
		.email = options.contact,
		.first_name = options.contact,
		.language = already ? already->language : "en",
	};
	return send(context, txn, &contact, notice, err);
}

static const char *shown(const struct context *context, const struct endpoint *endpoint)
{
	const char *url = url_masked(context->arena, endpoint->url);

	return *endpoint->name ? arena_printf(context->arena, "%s (%s)", endpoint->name, url) : url;
}

/* The package's owner; else the user who acted; else the account's owner. */
static bool sender_find(const struct context *context, struct txn *txn, const struct event *event,
			struct user *ret_sender, bool *ret_found, struct error *err)
{
	const char *uid = event->session_user;
	bool found;

	if (!package_find_owner(txn_db(txn), context->arena, context->account, event->package, &uid,
				&found, err) ||
	    !user_find(txn_db(txn), context->arena, uid, ret_sender, ret_found, err))
		return false;
	return *ret_found || owner_find(context, txn, ret_sender, ret_found, err);
}

bool notice_delivery_failed(const struct context *context, struct txn *txn,
			    const struct event *event, const struct endpoint *endpoint,
			    const char *outcome, struct bytes payload, struct error *err)
{
	const char *json = arena_strndup(context->arena, (const char *)payload.data,
					 payload.length);
	const struct notice notice = NOTICE(
		MAIL_delivery_failed, MAIL_TEXT("ENDPOINT", shown(context, endpoint)),
		MAIL_TEXT("OUTCOME", outcome), MAIL_TEXT("PAYLOAD", json));
	struct user sender;
	bool found;

	if (!sender_find(context, txn, event, &sender, &found, err))
		return false;
	return (!found || send(context, txn, &sender, &notice, err)) &&
	       contact_send(context, txn, endpoint, found ? &sender : NULL, &notice, err);
}

static bool owner_and_contact_send(const struct context *context, struct txn *txn,
				   const struct endpoint *endpoint, const struct notice *notice,
				   struct error *err)
{
	struct user owner;
	bool found;

	if (!owner_find(context, txn, &owner, &found, err))
		return false;
	return (!found || send(context, txn, &owner, notice, err)) &&
	       contact_send(context, txn, endpoint, found ? &owner : NULL, notice, err);
}

bool notice_endpoint_failing(const struct context *context, struct txn *txn,
			     const struct endpoint *endpoint, struct wall_time since,
			     struct wall_time until, struct error *err)
{
	const struct notice notice = NOTICE(MAIL_endpoint_failing,
					    MAIL_TEXT("ENDPOINT", shown(context, endpoint)),
					    MAIL_TIME("SINCE", since), MAIL_TIME("UNTIL", until));

	return owner_and_contact_send(context, txn, endpoint, &notice, err);
}

bool notice_endpoint_stopped(const struct context *context, struct txn *txn,
			     const struct endpoint *endpoint, const char *reason, struct error *err)
{
	static const struct {
		const char *reason;
		enum mail_kind kind;
	} kinds[] = {
		{"GONE", MAIL_endpoint_gone},
		{"FAILING", MAIL_endpoint_given_up},
		{"AUTHORIZATION_REFUSED", MAIL_endpoint_unauthorized},
	};
	size_t i = 0;

	while (i < ARRAY_SIZE(kinds) && strcmp(kinds[i].reason, reason) != 0)
		i++;
	ensure(i < ARRAY_SIZE(kinds));
	const struct notice notice = NOTICE(kinds[i].kind,
					    MAIL_TEXT("ENDPOINT", shown(context, endpoint)));
	return owner_and_contact_send(context, txn, endpoint, &notice, err);
}
