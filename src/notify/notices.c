/* notices.c – see notices.h. */
#include "notify/notices.h"

#include <string.h>

#include "access/mails.h"
#include "base/macros.h"
#include "notify/endpoint_hidden.h"
#include "notify/endpoint_options.h"
#include "store/package_store.h"

/* The two languages of a text of ours inside a mail. */
struct text {
	const char *english, *french;
};

static const char *in_language(const struct user *user, const struct text *text)
{
	return strncmp(user->language, "fr", 2) == 0 ? text->french : text->english;
}

static bool send(const struct access_service *service, struct txn *txn, const struct user *user,
		 enum mail_kind kind, const char *first, const struct text *second,
		 struct error *err)
{
	return mail_queue(service, txn, user, kind, first, in_language(user, second), err);
}

static bool owner_find(const struct access_service *service, struct txn *txn,
		       struct user *ret_owner, bool *ret_found, struct error *err)
{
	struct account account;

	return service_account(service, txn_db(txn), &account, err) &&
	       user_find(txn_db(txn), service->arena, account.owner, ret_owner, ret_found, err);
}

/* To the endpoint's contact, unless that is `already` told. In the language of `like`. */
static bool contact_send(const struct access_service *service, struct txn *txn,
			 const struct endpoint *endpoint, const struct user *already,
			 enum mail_kind kind, const char *first, const struct text *second,
			 struct error *err)
{
	struct endpoint_options options;

	endpoint_options_load(service->arena, endpoint->options, &options);
	if (!*options.contact || (already && strcasecmp(already->email, options.contact) == 0))
		return true;
	const struct user contact = {
		.account = service->account,
		.email = options.contact,
		.first_name = options.contact,
		.language = already ? already->language : "en",
	};
	return send(service, txn, &contact, kind, first, second, err);
}

static const char *shown(const struct access_service *service, const struct endpoint *endpoint)
{
	const char *url = url_masked(service->arena, endpoint->url);

	return *endpoint->name ? arena_printf(service->arena, "%s (%s)", endpoint->name, url) : url;
}

/* The package's owner; else whoever acted, when that is a user; else the account's owner. */
static bool sender_find(const struct access_service *service, struct txn *txn,
			const struct event *event, struct user *ret_sender, bool *ret_found,
			struct error *err)
{
	const char *uid = event->session_user;
	bool found;

	if (!package_find_owner(txn_db(txn), service->arena, service->account, event->package, &uid,
				&found, err) ||
	    !user_find(txn_db(txn), service->arena, uid, ret_sender, ret_found, err))
		return false;
	return *ret_found || owner_find(service, txn, ret_sender, ret_found, err);
}

bool notice_delivery_failed(const struct access_service *service, struct txn *txn,
			    const struct event *event, const struct endpoint *endpoint,
			    const char *outcome, struct bytes payload, struct error *err)
{
	const char *what = arena_printf(service->arena, "%s: %s", shown(service, endpoint),
					outcome);
	const char *json = arena_strndup(service->arena, (const char *)payload.data,
					 payload.length);
	const struct text text = {json, json};
	struct user sender;
	bool found;

	if (!sender_find(service, txn, event, &sender, &found, err))
		return false;
	return (!found || send(service, txn, &sender, MAIL_DELIVERY_FAILED, what, &text, err)) &&
	       contact_send(service, txn, endpoint, found ? &sender : NULL, MAIL_DELIVERY_FAILED,
			    what, &text, err);
}

static bool owner_and_contact_send(const struct access_service *service, struct txn *txn,
				   const struct endpoint *endpoint, enum mail_kind kind,
				   const struct text *text, struct error *err)
{
	struct user owner;
	bool found;

	if (!owner_find(service, txn, &owner, &found, err))
		return false;
	return (!found || send(service, txn, &owner, kind, shown(service, endpoint), text, err)) &&
	       contact_send(service, txn, endpoint, found ? &owner : NULL, kind,
			    shown(service, endpoint), text, err);
}

bool notice_endpoint_failing(const struct access_service *service, struct txn *txn,
			     const struct endpoint *endpoint, struct wall_time since,
			     struct wall_time until, struct error *err)
{
	char from[WALL_TIME_TEXT], to[WALL_TIME_TEXT];

	wall_format(since, from);
	wall_format(until, to);
	const struct text text = {
		arena_printf(
			service->arena,
			"Every attempt since %s has failed. If that goes on, it will be disabled "
			"at %s.",
			from, to),
		arena_printf(
			service->arena,
			"Toutes les tentatives depuis %s ont échoué. Si cela continue, il sera "
			"désactivé le %s.",
			from, to),
	};
	return owner_and_contact_send(service, txn, endpoint, MAIL_ENDPOINT_FAILING, &text, err);
}

bool notice_endpoint_stopped(const struct access_service *service, struct txn *txn,
			     const struct endpoint *endpoint, const char *reason, struct error *err)
{
	static const struct {
		const char *reason;
		struct text text;
	} reasons[] = {
		{"GONE",
		 {"It answered 410 (gone): it wants no more notifications.",
		  "Il a répondu 410 (disparu) : il ne veut plus de notifications."}},
		{"FAILING",
		 {"Every attempt has failed for days.",
		  "Toutes les tentatives ont échoué pendant des jours."}},
		{"AUTHORIZATION_REFUSED",
		 {"Its authorization server refuses the refresh token: register the connector again.",
		  "Son serveur d'autorisation refuse le jeton d'actualisation : enregistrez à "
		  "nouveau le connecteur."}},
	};
	struct text text = {reason, reason};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (strcmp(reasons[i].reason, reason) == 0)
			text = reasons[i].text;
	}
	return owner_and_contact_send(service, txn, endpoint, MAIL_ENDPOINT_STOPPED, &text, err);
}
