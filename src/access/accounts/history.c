/* history.c – see history.h: what differs, keeping it, and what may be undone. */
#include "access/accounts/history.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/history_json.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "store/history_store.h"

#define SECRET "$secret"
#define VALUE "$value"
#define SHOWN "$shown"

/* ---- values ---- */

json_t *history_secret(const struct context *context, const char *text)
{
	unsigned char hash[KEYED_HASH_BYTES];

	if (!*text)
		return json_pack("{s:s}", SECRET, "");
	keyring_hash(context->keyring, text, strlen(text), hash);
	return json_pack("{s:s}", SECRET, hex_encode(context->arena, hash, sizeof(hash)));
}

json_t *history_hidden(json_t *value, json_t *shown)
{
	return json_pack("{s:o, s:o}", VALUE, value, SHOWN, shown);
}

static bool is_secret(const json_t *value)
{
	return json_object_size(value) == 1 && json_object_get(value, SECRET);
}

/* Of a new endpoint every secret is compared with nothing. */
static bool is_no_secret(const json_t *value)
{
	return json_is_null(value) || (is_secret(value) && !*json_text(value, SECRET));
}

static bool is_hidden(const json_t *value)
{
	return json_object_size(value) == 2 && json_object_get(value, VALUE) &&
	       json_object_get(value, SHOWN);
}

json_t *history_shown(json_t *value, bool *ret_hidden)
{
	*ret_hidden = is_hidden(value);
	return *ret_hidden ? json_object_get(value, SHOWN) : value;
}

json_t *history_plain(const json_t *values)
{
	json_t *plain = json_object(), *value;
	const char *member;

	json_object_foreach((json_t *)(uintptr_t)values, member, value)
	{
		if (!is_secret(value))
			json_object_set(plain, member,
					is_hidden(value) ? json_object_get(value, VALUE) : value);
	}
	return plain;
}

/* ---- what differs ---- */

struct difference {
	json_t *before, *after; /* members that differ */
	json_t *replaced;	/* names of secrets that differ */
	json_t *omitted;	/* names of members that are too large to be kept */
	size_t bytes;
};

/* A member that is not there and one that is null are the same. New reference. */
static json_t *value_of(const json_t *values, const char *member)
{
	json_t *value = json_object_get(values, member);

	return value ? json_incref(value) : json_null();
}

static size_t text_length(const json_t *value)
{
	size_t length;

	free(json_encode(value, &length));
	return length;
}

static void member_compare(const struct history_change *change, const char *member,
			   struct difference *difference)
{
	scoped(json_t) json_t *before = value_of(change->before, member);
	scoped(json_t) json_t *after = value_of(change->after, member);

	if (json_equal(before, after) || (is_no_secret(before) && is_no_secret(after)))
		return;
	if (is_secret(before) || is_secret(after)) {
		json_array_append_new(difference->replaced, json_string(member));
		return;
	}
	size_t bytes = text_length(before) + text_length(after);
	if (bytes > HISTORY_MEMBER_MAX || difference->bytes + bytes > HISTORY_CHANGE_MAX) {
		json_array_append_new(difference->omitted, json_string(member));
		return;
	}
	difference->bytes += bytes;
	json_object_set(difference->before, member, before);
	json_object_set(difference->after, member, after);
}

static struct difference difference_make(const struct history_change *change)
{
	struct difference difference = {json_object(), json_object(), json_array(), json_array(),
					0};
	const char *member;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)change->before, member, value)
		member_compare(change, member, &difference);
	json_object_foreach((json_t *)(uintptr_t)change->after, member, value)
	{
		if (!json_object_get(change->before, member))
			member_compare(change, member, &difference);
	}
	return difference;
}

static void difference_done(struct difference *difference)
{
	json_decref(difference->before);
	json_decref(difference->after);
	json_decref(difference->replaced);
	json_decref(difference->omitted);
}

static bool difference_is_empty(const struct difference *difference)
{
	return json_object_size(difference->after) == 0 &&
	       json_array_size(difference->replaced) == 0 &&
	       json_array_size(difference->omitted) == 0;
}

/* ---- keeping ---- */

static const char *context_of(struct arena *arena, const char *account, int64_t sequence)
{
	return arena_printf(arena, "configuration_change:%s:%lld", account, (long long)sequence);
}

/* Takes `json`. */
static bool change_keep(const struct context *context, struct db *db,
			const struct history_change *change, json_t *json, struct error *err)
{
	struct configuration_change row = {
		.account = context->account, .kind = change->kind, .subject = change->subject};
	size_t length;

	char *text = json_encode(json, &length);
	json_decref(json);
	bool ok = audit_last(db, context->account, &row.sequence, err);
	if (ok) {
		row.change_sealed = keyring_seal(
			context->keyring, context->arena,
			context_of(context->arena, context->account, row.sequence),
			(struct bytes){(const unsigned char *)text, length});
		ok = configuration_change_insert(db, &row, err);
	}
	explicit_bzero(text, length);
	free(text);
	return ok;
}

static bool changed_since(struct error *err, const char *member)
{
	return error_set(err, ERROR_CHANGED_SINCE, "%s", member);
}

/* What an undo may meet, and what it may do. */
static bool undo_fits(const struct history_undo *undo, const struct history_change *change,
		      const struct difference *difference, struct error *err)
{
	const char *member;
	json_t *value;

	ensure(undo->kind == change->kind && strcmp(undo->subject, change->subject) == 0);
	json_object_foreach(undo->after, member, value)
	{
		scoped(json_t) json_t *now = value_of(change->before, member);
		if (!json_equal(now, value))
			return changed_since(err, member);
	}
	json_object_foreach(difference->after, member, value)
	{
		if (!json_object_get(undo->after, member))
			return changed_since(err, member);
	}
	return true;
}

bool history_record(const struct context *context, struct db *db,
		    const struct history_change *change, struct error *err)
{
	struct difference difference = difference_make(change);
	bool ok = !context->undo || undo_fits(context->undo, change, &difference, err);

	ensure(*context->account);
	if (ok && (!difference_is_empty(&difference) || !change->before || !change->after))
		ok = change_keep(
			context, db, change,
			json_pack("{s:s, s:o, s:o, s:O, s:O, s:b}", "name", change->name, "before",
				  change->before ? json_incref(difference.before) : json_null(),
				  "after",
				  change->after ? json_incref(difference.after) : json_null(),
				  "replaced", difference.replaced, "omitted", difference.omitted,
				  "needsSecret", change->needs_secret),
			err);
	difference_done(&difference);
	return ok || error_wrap(err, "writing the configuration's history");
}

json_t *history_open(const struct context *context, const struct configuration_change *change,
		     struct error *err)
{
	struct bytes plain;

	if (!keyring_unseal(context->keyring, context->arena,
			    context_of(context->arena, context->account, change->sequence),
			    change->change_sealed, &plain, err))
		return NULL;
	json_t *json = json_loadb((const char *)plain.data, plain.length, 0, NULL);
	ensure(json);
	return json;
}

/* ---- undoing ---- */

bool history_undo_begin(const struct context *context, int64_t sequence,
			struct history_undo *ret_undo, struct error *err)
{
	struct configuration_change change;
	struct audit_entry entry;
	bool found;

	if (!configuration_change_find(session_db(context->session), context->arena,
				       context->account, sequence, &change, &entry, &found, err))
		return false;
	if (!found || change.kind >= HISTORY_KIND_COUNT ||
	    !history_may_read(context, (enum history_kind)change.kind))
		return error_set(err, ERROR_RESOURCE_NOT_FOUND,
				 "there is no change with number %lld", (long long)sequence);
	scoped(json_t) json_t *kept = history_open(context, &change, err);
	if (!kept || !history_may_undo(context, (enum history_kind)change.kind, err))
		return false;
	const char *obstacle = history_obstacle((enum history_kind)change.kind, kept);
	if (obstacle)
		return error_set(err, ERROR_CANNOT_UNDO, "%s", obstacle);
	*ret_undo = (struct history_undo){
		.sequence = sequence,
		.kind = (enum history_kind)change.kind,
		.subject = change.subject,
		.before = json_incref(json_object_get(kept, "before")),
		.after = json_incref(json_object_get(kept, "after")),
	};
	return true;
}

void history_undo_end(struct history_undo *undo)
{
	json_decref(undo->before);
	json_decref(undo->after);
	*undo = (struct history_undo){0};
}
