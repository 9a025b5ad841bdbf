/* retention.c – see retention.h. */
#include "notify/retention.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/history.h"
#include "access/audit.h"
#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/log.h"
#include "store/account_store.h"
#include "store/delivery_store.h"

#define BATCH 200    /* rows removed in one transaction */
#define ACCOUNTS 100 /* read at once */
#define INTERVAL_S 3600

static const char *const kind_names[RETENTION_KIND_COUNT] = {
	[RETENTION_EVENTS] = "events",
	[RETENTION_DELIVERIES] = "deliveries",
	[RETENTION_REPLAYS] = "replays",
	[RETENTION_MAILS] = "mails",
	[RETENTION_REQUESTS] = "idempotentRequests",
};

/* ---- what an account has set ---- */

struct own_days {
	bool is_own[RETENTION_KIND_COUNT];
	int64_t days[RETENTION_KIND_COUNT];
};

static bool own_days_read(struct db *db, struct arena *arena, const char *account,
			  const struct retention_config *config, struct own_days *ret_days,
			  struct error *err)
{
	const char *text;

	if (!retention_days_read(db, arena, account, &text, err))
		return false;
	scoped(json_t) json_t *json = text ? json_loads(text, 0, NULL) : NULL;
	for (int kind = 0; kind < RETENTION_KIND_COUNT; kind++) {
		const json_t *days = json_object_get(json, kind_names[kind]);
		ret_days->is_own[kind] = json_is_integer(days);
		ret_days->days[kind] = days ? json_integer_value(days) : config->days[kind];
	}
	return true;
}

static const char *resource_of(const struct context *context)
{
	return arena_printf(context->arena, "retention:%s", context->account);
}

/* One part for each kind: its own days, or null where the setting's hold. */
static json_t *own_parts(const struct own_days *own)
{
	json_t *parts = json_object();

	for (int kind = 0; kind < RETENTION_KIND_COUNT; kind++)
		json_object_set_new(parts, kind_names[kind],
				    own->is_own[kind] ? json_integer(own->days[kind])
						      : json_null());
	return parts;
}

static json_t *size_to_json(const struct retention_size *size)
{
	return json_pack("{s:I, s:o}", "count", (json_int_t)size->count, "oldestDate",
			 size->oldest.us ? json_date(size->oldest) : json_null());
}

json_t *retention_read(const struct context *context, const struct retention_config *config,
		       struct error *err)
{
	struct db *db = session_db(context->session);
	struct retention_size size;
	struct own_days own;

	if (!own_days_read(db, context->arena, context->account, config, &own, err))
		return NULL;
	scoped(json_t) json_t *kinds = json_array();
	for (int kind = 0; kind < RETENTION_KIND_COUNT; kind++) {
		if (!retention_size_read(db, context->account, (enum retention_kind)kind, &size,
					 err))
			return NULL;
		json_t *json = size_to_json(&size);
		json_object_set_new(json, "kind", json_string(kind_names[kind]));
		json_object_set_new(json, "days", json_integer(own.days[kind]));
		json_object_set_new(json, "isOwn", json_boolean(own.is_own[kind]));
		json_array_append_new(kinds, json);
	}
	if (!retention_pending_read(db, context->account, &size, err))
		return NULL;
	version_tell(context, resource_of(context), own_parts(&own));
	return json_pack("{s:O, s:o}", "kinds", kinds, "pending", size_to_json(&size));
}

static bool kind_is_known(const char *name)
{
	for (int kind = 0; kind < RETENTION_KIND_COUNT; kind++) {
		if (strcmp(kind_names[kind], name) == 0)
			return true;
	}
	return false;
}

/* As it is kept: without what is null. */
static json_t *days_check(const json_t *body, struct error *err)
{
	json_t *given, *value, *kept;
	const char *name;

	if (!json_get_object(body, "days", NULL, &given, err))
		return NULL;
	kept = json_object();
	json_object_foreach(given, name, value)
	{
		int64_t days = 0;
		if (!kind_is_known(name) ||
		    (!json_is_null(value) &&
		     (!json_whole(value, &days) || days < 0 || days > RETENTION_DAYS_MAX))) {
			(void)error_set(
				err, ERROR_INVALID_FIELD,
				"days.%.60s: must be a known kind with a number of days from 0 (forever) to %d",
				name, RETENTION_DAYS_MAX);
			json_decref(kept);
			return NULL;
		}
		if (!json_is_null(value))
			json_object_set_new(kept, name, json_integer(days));
	}
	return kept;
}

json_t *retention_own_days(const struct context *context, struct error *err)
{
	const char *text;

	if (!retention_days_read(session_db(context->session), context->arena, context->account,
				 &text, err))
		return NULL;
	return text ? json_loads(text, 0, NULL) : json_object();
}

json_t *retention_change(const struct context *context, const struct retention_config *config,
			 const json_t *body, struct error *err)
{
	struct own_days own;

	scoped(json_t) json_t *days = days_check(body, err);
	if (!days)
		return NULL;
	const char *kept = json_encode_in(context->arena, days);
	const char *was;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn ||
	    !own_days_read(txn_db(txn), context->arena, context->account, config, &own, err) ||
	    !version_check(context, resource_of(context), own_parts(&own), err) ||
	    !retention_days_read(txn_db(txn), context->arena, context->account, &was, err))
		return NULL;
	scoped(json_t) json_t *before = was ? json_loads(was, 0, NULL) : json_object();
	const struct history_change change = {.kind = HISTORY_RETENTION,
					      .subject = context->account,
					      .name = "",
					      .before = before,
					      .after = days};
	if (!retention_days_save(txn_db(txn), context->account, kept, err) ||
	    !audit_record(context, txn_db(txn), "retention.change", context->account,
			  json_incref(days), err) ||
	    !history_record(context, txn_db(txn), &change, err) || !txn_commit(&txn, err))
		return NULL;
	return retention_read(context, config, err);
}

/* ---- removing ---- */

/* *ret_found: fewer than BATCH when there are no more. */
static bool keys_prune(struct session *session, struct arena *arena, const char *account,
		       enum retention_kind kind, struct wall_time cutoff, int64_t *ret_found,
		       int64_t *ret_removed, struct error *err)
{
	struct retention_key *keys;
	size_t count;

	*ret_removed = 0;
	if (!retention_find(session_db(session), arena, account, kind, cutoff, BATCH, &keys, &count,
			    err))
		return false;
	*ret_found = (int64_t)count;
	if (count == 0)
		return true;
	scoped(txn) struct txn *txn = txn_begin(session, err);
	return txn && delivery_lock(txn_db(txn), account, err) &&
	       retention_remove(txn_db(txn), account, kind, keys, count, cutoff, ret_removed,
				err) &&
	       txn_commit(&txn, err);
}

static bool batch_prune(struct session *session, struct arena *arena, const char *account,
			enum retention_kind kind, struct wall_time cutoff, int64_t *ret_found,
			int64_t *ret_removed, struct error *err)
{
	if (kind == RETENTION_DELIVERIES || kind == RETENTION_EVENTS)
		return keys_prune(session, arena, account, kind, cutoff, ret_found, ret_removed,
				  err);
	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !retention_prune(txn_db(txn), account, kind, cutoff, BATCH, ret_removed, err))
		return false;
	*ret_found = *ret_removed;
	return txn_commit(&txn, err);
}

static bool endpoints_prune(struct session *session, const char *account, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(session, err);

	return txn && delivery_lock(txn_db(txn), account, err) &&
	       retention_prune_endpoints(txn_db(txn), account, err) && txn_commit(&txn, err);
}

/* Deliveries before the events they are of. */
static const enum retention_kind order[] = {RETENTION_DELIVERIES, RETENTION_EVENTS,
					    RETENTION_REPLAYS, RETENTION_MAILS, RETENTION_REQUESTS};

static bool account_prune(struct session *session, const struct retention_config *config,
			  const char *account, struct wall_time now, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	struct own_days own;

	if (!own_days_read(session_db(session), arena, account, config, &own, err))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		int64_t days = own.days[order[i]], found = BATCH, removed, total = 0;
		struct wall_time cutoff = wall_add(now, duration_s(-days * 86400));
		for (; days > 0 && found == BATCH; total += removed) {
			scoped(arena) struct arena *scratch = arena_new();
			if (!batch_prune(session, scratch, account, order[i], cutoff, &found,
					 &removed, err))
				return false;
		}
		if (total > 0)
			log_info("retention",
				 "account %s: removed %lld %s older than %lld days (retention)",
				 account, (long long)total, kind_names[order[i]], (long long)days);
	}
	return endpoints_prune(session, account, err);
}

bool retention_step(struct session *session, const struct retention_config *config,
		    struct wall_time now, struct wall_time *ret_next, struct error *err)
{
	size_t count = ACCOUNTS;

	for (int64_t offset = 0; count == ACCOUNTS; offset += ACCOUNTS) {
		scoped(arena) struct arena *arena = arena_new();
		struct account *accounts;
		if (!account_list(session_db(session), arena, NULL, offset, ACCOUNTS, &accounts,
				  &count, err))
			return false;
		for (size_t i = 0; i < count; i++) {
			struct error refused = {0};
			if (!account_prune(session, config, accounts[i].id, now, &refused))
				log_error("retention",
					  "account %s: %s (%s); will be retried in an hour",
					  accounts[i].id, error_message(refused.code),
					  refused.technical);
		}
	}
	*ret_next = wall_add(now, duration_s(INTERVAL_S));
	return true;
}
