/* audit.c – see audit.h. */
#include "access/audit.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/accounts/history.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"

#define VERIFY_AT_ONCE 1000
#define ENTRY_TEXT_MAX 65536

/* What the MAC covers: the MAC before, and every column, each with its length so that none can
 * borrow from the next. */
static void entry_mac(const struct keyring *keyring, struct bytes before,
		      const struct audit_entry *entry, unsigned char ret_mac[AUDIT_MAC_BYTES])
{
	const char *const texts[] = {entry->account, entry->actor_kind, entry->actor,
				     entry->address, entry->action,	entry->target,
				     entry->detail};
	struct buf buf;

	buf_init(&buf, ENTRY_TEXT_MAX);
	ensure(buf_add(&buf, before.data, before.length) &&
	       buf_printf(&buf, "|%lld|%lld", (long long)entry->sequence, (long long)entry->at.us));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ensure(buf_printf(&buf, "|%zu:%s", strlen(texts[i]), texts[i]));
	keyring_audit_mac(keyring, buf_bytes(&buf), ret_mac);
	buf_done(&buf);
}

#define TEXT_KEPT_MAX 500 /* bytes of a target or detail's text: an entry has its bounds */

static const char *detail_text(struct arena *arena, json_t *detail)
{
	if (!detail)
		return "{}";
	char *text = json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS);
	ensure(text);
	const char *kept = strlen(text) < ENTRY_TEXT_MAX / 4 ? arena_strdup(arena, text) : "{}";
	free(text);
	json_decref(detail);
	return kept;
}

/* Never half a character: PostgreSQL would refuse the entry, and the change with it. */
static const char *target_text(struct arena *arena, const char *target)
{
	char *kept = arena_alloc(arena, TEXT_KEPT_MAX + 1);

	(void)utf8_repair(target, strlen(target), kept, TEXT_KEPT_MAX + 1);
	return kept;
}

bool audit_record_as(const struct context *context, struct db *db, const char *actor_kind,
		     const char *actor, const char *action, const char *target, json_t *detail,
		     struct error *err)
{
	unsigned char mac[AUDIT_MAC_BYTES];
	struct bytes before;
	struct audit_entry entry = {
		.account = context->account,
		.at = context->now,
		.actor_kind = actor_kind,
		.actor = actor,
		.address = context->actor->address,
		.action = action,
		.target = target_text(context->arena, target),
		.detail = detail_text(context->arena, detail),
	};

	if (!audit_head_lock(db, context->arena, entry.account, &entry.sequence, &before, err))
		return error_wrap(err, "writing the audit log");
	entry.sequence++;
	entry_mac(context->keyring, before, &entry, mac);
	entry.mac = (struct bytes){mac, sizeof(mac)};
	return audit_append(db, &entry, err) || error_wrap(err, "writing the audit log");
}

/* Who sits at the command line, as the system knows it. */
static const char *operator_name(struct arena *arena)
{
	char text[1024];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) == 0 && found)
		return arena_strdup(arena, found->pw_name);
	return arena_printf(arena, "uid %u", (unsigned)getuid());
}

/* A copy with one member more: the detail may be a part of the answer, too. Takes both. */
static json_t *detail_with(json_t *detail, const char *member, json_t *value)
{
	json_t *own = detail ? json_copy(detail) : json_object();

	json_decref(detail);
	json_object_set_new(own, member, value);
	return own;
}

bool audit_record(const struct context *context, struct db *db, const char *action,
		  const char *target, json_t *detail, struct error *err)
{
	const struct actor *actor = context->actor;

	if (context->undo)
		detail = detail_with(detail, "undoes",
				     json_integer((json_int_t)context->undo->sequence));

	switch (actor->kind) {
	case ACTOR_OPERATOR:
		return audit_record_as(context, db, "OPERATOR", actor->name, action, target, detail,
				       err);
	case ACTOR_COMMAND:
		return audit_record_as(context, db, "OPERATOR", operator_name(context->arena),
				       action, target, detail, err);
	case ACTOR_CLOCKWORK:
		return audit_record_as(context, db, "SYSTEM", "", action, target, detail, err);
	case ACTOR_APP:
		return audit_record_as(context, db, "CLIENT_APP", actor->client_id, action, target,
				       detail_with(detail, "actingFor", json_string(actor->user)),
				       err);
	case ACTOR_PERSON:
	case ACTOR_SIGNER:
		return audit_record_as(context, db, "USER", actor->user, action, target, detail,
				       err);
	case ACTOR_NOBODY:
		break;
	}
	unreachable("nobody does what is audited");
}

/* Up to the first that is not in order. */
static void entries_verify(const struct context *context, const struct audit_entry *entries,
			   size_t count, struct audit_verdict *verdict)
{
	for (size_t i = 0; i < count; i++) {
		unsigned char mac[AUDIT_MAC_BYTES];
		entry_mac(context->keyring, verdict->head, &entries[i], mac);
		if (entries[i].sequence != verdict->entries + 1 ||
		    entries[i].mac.length != sizeof(mac) ||
		    memcmp(entries[i].mac.data, mac, sizeof(mac)) != 0) {
			verdict->broken_at = verdict->entries + 1;
			return;
		}
		verdict->entries++;
		verdict->head = entries[i].mac;
	}
}

/* Reads on from where the verdict stands. */
static bool rest_verify(const struct context *context, struct db *db, const char *account,
			struct audit_verdict *verdict, struct error *err)
{
	struct audit_filter filter = {.account = account, .limit = VERIFY_AT_ONCE};
	struct audit_entry *entries;
	size_t count;

	do {
		scoped(arena) struct arena *page = arena_new();
		filter.after = verdict->entries;
		if (!audit_list(db, page, &filter, &entries, &count, NULL, err))
			return false;
		entries_verify(context, entries, count, verdict);
		verdict->head.data = arena_memdup(context->arena, verdict->head.data,
						  verdict->head.length);
	} while (count == VERIFY_AT_ONCE && !verdict->broken_at);
	return true;
}

/* Entries past the head or before it would also be a change. What was written since the log was
 * read is read here, while the lock keeps further ones out. */
static bool head_verify(const struct context *context, const char *account,
			struct audit_verdict *verdict, struct error *err)
{
	int64_t sequence;
	struct bytes mac;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !audit_head_lock(txn_db(txn), context->arena, account, &sequence, &mac, err) ||
	    !rest_verify(context, txn_db(txn), account, verdict, err))
		return false;
	if (verdict->broken_at)
		return true;
	verdict->whole = sequence == verdict->entries && mac.length == verdict->head.length &&
			 (mac.length == 0 || memcmp(mac.data, verdict->head.data, mac.length) == 0);
	if (!verdict->whole)
		verdict->broken_at = verdict->entries + 1;
	return true;
}

bool audit_verify(const struct context *context, const char *account,
		  struct audit_verdict *ret_verdict, struct error *err)
{
	struct audit_verdict verdict = {.head = {(const unsigned char *)"", 0}};

	if (!rest_verify(context, session_db(context->session), account, &verdict, err) ||
	    (!verdict.broken_at && !head_verify(context, account, &verdict, err)))
		return false;
	*ret_verdict = verdict;
	return true;
}

bool audit_find_noted(const struct context *context, const char *account, const char *noted,
		      bool *ret_found, struct error *err)
{
	struct audit_filter filter = {.account = account, .limit = 1};
	struct audit_entry *entries;
	size_t count;
	char *end;

	errno = 0;
	long long number = strtoll(noted, &end, 10);
	if (*end != ':' || number < 1 || errno)
		return error_set(err, ERROR_INVALID_FIELD, "expect: must be NUMBER:HASH");
	filter.after = number - 1;
	if (!audit_list(session_db(context->session), context->arena, &filter, &entries, &count,
			NULL, err))
		return false;
	*ret_found = count == 1 && entries[0].sequence == number &&
		     strcmp(hex_encode(context->arena, entries[0].mac.data, entries[0].mac.length),
			    end + 1) == 0;
	return true;
}

json_t *audit_entry_to_json(struct arena *arena, const struct audit_entry *entry)
{
	json_t *detail = json_loads(entry->detail, 0, NULL);

	return json_pack("{s:I, s:o, s:{s:s, s:s}, s:s, s:s, s:s, s:o, s:s}", "sequence",
			 (json_int_t)entry->sequence, "date", json_date(entry->at), "actor", "kind",
			 entry->actor_kind, "id", entry->actor, "address", entry->address, "action",
			 entry->action, "target", entry->target, "detail",
			 detail ? detail : json_object(), "hash",
			 hex_encode(arena, entry->mac.data, entry->mac.length));
}
