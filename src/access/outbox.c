/* outbox.c – see outbox.h. */
#include "access/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "base/json.h"
#include "base/shape_write.h"
#include "base/words.h"
#include "store/mail_store.h"

#define MAIL_ID_MAX 40

static const char *const state_names[MAIL_STATE_COUNT] = {
	[MAIL_WAITING] = "WAITING",
	[MAIL_SENT] = "SENT",
	[MAIL_GIVEN_UP] = "GIVEN_UP",
	[MAIL_CANCELLED] = "CANCELLED",
};

/* ---- how one is shown ---- */

/* "j***@bank.example": enough to see whose mail server is in trouble. */
static const char *address_masked(struct arena *arena, const char *address)
{
	const char *at = strrchr(address, '@');

	return at && at > address && (unsigned char)*address < 0x80
		       ? arena_printf(arena, "%c***%s", *address, at)
		       : arena_printf(arena, "***%s", at ? at : "");
}

/* What a mail server answers often repeats the address. */
static const char *reason_masked(struct arena *arena, const char *reason, const char *address)
{
	const char *masked = address_masked(arena, address), *found;
	const char *text = "";

	while (*address && (found = strcasestr(reason, address))) {
		text = arena_printf(arena, "%s%.*s%s", text, (int)(found - reason), reason, masked);
		reason = found + strlen(address);
	}
	return arena_printf(arena, "%s%s", text, reason);
}

struct shown_mail {
	struct mail mail;
	const char *recipient, *reason;
	struct wall_time next;
	bool may_retry, may_cancel;
};

#define SHAPE_OF struct shown_mail
static const struct shape_member mail_members[] = {
	{SHAPE_TEXT("id", mail.id)},
	{SHAPE_TEXT("accountId", mail.account)},
	{SHAPE_TEXT("recipient", recipient)},
	{SHAPE_TEXT("subject", mail.subject)},
	{SHAPE_WORD("state", mail.state, state_names)},
	{SHAPE_DATE("createdDate", mail.created)},
	{SHAPE_DATE("nextAttemptDate", next), .flags = SHAPE_OR_NULL},
	{SHAPE_INT("attempts", mail.attempts)},
	{SHAPE_TEXT("reason", reason)},
	{SHAPE_BOOL("mayRetry", may_retry)},
	{SHAPE_BOOL("mayCancel", may_cancel)},
};
static const struct shape mail_shape = {SHAPE(mail_members)};
#undef SHAPE_OF

static json_t *mail_to_json(struct arena *arena, const struct mail *mail)
{
	const bool is_open = mail->state == MAIL_WAITING || mail->state == MAIL_GIVEN_UP;
	const struct shown_mail shown = {
		.mail = *mail,
		.recipient = address_masked(arena, mail->recipient),
		.reason = reason_masked(arena, mail->last_error, mail->recipient),
		.next = mail->state == MAIL_WAITING ? mail->due : wall_from_us(0),
		.may_retry = is_open && mail->has_body,
		.may_cancel = is_open,
	};

	return shape_to_json(&mail_shape, &shown);
}

/* ---- pages ---- */

static bool state_read(const char *name, enum mail_state *ret_state, struct error *err)
{
	const int at = word_find(name, state_names, MAIL_STATE_COUNT);

	if (at == WORD_NONE)
		return error_set(err, ERROR_INVALID_FIELD,
				 "state: must be WAITING, SENT, GIVEN_UP or CANCELLED");
	*ret_state = (enum mail_state)at;
	return true;
}

static bool cursor_read(const char *text, struct mail *ret_before, struct error *err)
{
	char *end;

	*ret_before = (struct mail){.created = wall_from_us(strtoll(text, &end, 10))};
	if (end == text || *end != '-' || !end[1] || strlen(end + 1) > MAIL_ID_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "after: not the `next` of a page");
	ret_before->id = end + 1;
	return true;
}

json_t *outbox_list(const struct context *context, const char *state, const char *after,
		    int64_t limit, struct error *err)
{
	const bool is_first = !after || !*after;
	enum mail_state wanted = MAIL_WAITING;
	struct mail before, *mails;
	size_t count;

	if (!state_read(state ? state : "WAITING", &wanted, err) ||
	    (!is_first && !cursor_read(after, &before, err)) ||
	    !mail_page(session_db(context->session), context->arena, wanted,
		       is_first ? NULL : &before, limit + 1, &mails, &count, err))
		return NULL;
	const bool more = count > (size_t)limit;
	if (more)
		count = (size_t)limit;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, mail_to_json(context->arena, &mails[i]));
	return json_pack("{s:o, s:o}", "results", results, "next",
			 more ? json_string(arena_printf(context->arena, "%lld-%s",
							 (long long)mails[count - 1].created.us,
							 mails[count - 1].id))
			      : json_null());
}

/* ---- steering ---- */

static bool mail_get(const struct context *context, struct db *db, const char *id,
		     struct mail *ret_mail, struct error *err)
{
	bool found;

	if (!mail_find(db, context->arena, context->account, id, ret_mail, &found, err))
		return false;
	return found || error_set(err, ERROR_RESOURCE_NOT_FOUND, "there is no such mail");
}

/* With its record, and commits. */
static json_t *steered(const struct context *context, struct txn **txn, const char *action,
		       const char *id, struct error *err)
{
	struct mail mail;

	if (!mail_get(context, txn_db(*txn), id, &mail, err) ||
	    !audit_record(context, txn_db(*txn), action, id,
			  json_pack("{s:s}", "subject", mail.subject), err) ||
	    !txn_commit(txn, err))
		return NULL;
	return mail_to_json(context->arena, &mail);
}

json_t *outbox_retry(const struct context *context, const char *id, struct error *err)
{
	struct mail mail;
	bool changed;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !mail_get(context, txn_db(txn), id, &mail, err) ||
	    !mail_retry(txn_db(txn), context->account, id, context->queue_now, &changed, err))
		return NULL;
	if (!changed) {
		(void)error_set(err, ERROR_WRONG_STATE, "%s",
				mail.state == MAIL_GIVEN_UP ? "the content of the mail is gone"
							    : "the mail was sent or cancelled");
		return NULL;
	}
	txn_announce(txn, STORE_TOPIC_MAIL);
	return steered(context, &txn, "mail.retry", id, err);
}

json_t *outbox_cancel(const struct context *context, const char *id, struct error *err)
{
	struct mail mail;
	bool changed;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !mail_get(context, txn_db(txn), id, &mail, err) ||
	    !mail_cancel(txn_db(txn), context->account, id, &changed, err))
		return NULL;
	if (!changed) {
		(void)error_set(err, ERROR_WRONG_STATE, "the mail was sent or cancelled");
		return NULL;
	}
	return steered(context, &txn, "mail.cancel", id, err);
}
