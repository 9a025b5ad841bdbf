/* history_json.c – see history_json.h. */
#include "access/accounts/history_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/macros.h"
#include "store/history_store.h"

static const struct {
	const char *name;
	enum permission permission;
	enum scope read, manage;
	bool needs_owner;
} kinds[HISTORY_KIND_COUNT] = {
#define HISTORY_KIND(id, number, name, permission, read, manage, owner) \
	[HISTORY_##id] = {name, permission, read, manage, owner},
#include "access/accounts/history.def"
#undef HISTORY_KIND
};

/* ---- who may ---- */

bool history_may_read(const struct context *context, enum history_kind kind)
{
	return actor_may(context->actor, kinds[kind].permission) &&
	       (context->actor->rights.scopes & BIT(kinds[kind].read)) != 0;
}

bool history_may_undo(const struct context *context, enum history_kind kind, struct error *err)
{
	const struct actor *actor = context->actor;

	if (!(actor->rights.scopes & BIT(kinds[kind].manage)))
		return error_set(err, ERROR_INSUFFICIENT_SCOPE, "scope: %s is required",
				 scope_name(kinds[kind].manage));
	if (kinds[kind].needs_owner && !actor->rights.is_owner)
		return error_set(err, ERROR_NO_PERMISSION, "only the account's owner may do this");
	return actor_may(actor, kinds[kind].permission) ||
	       error_set(err, ERROR_NO_PERMISSION, "%s is required",
			 permission_name(kinds[kind].permission));
}

const char *history_obstacle(enum history_kind kind, const json_t *kept)
{
	if (kind == HISTORY_ACCOUNT)
		return "OPERATOR";
	if (json_is_null(json_object_get(kept, "before")))
		return "CREATED";
	if (json_is_null(json_object_get(kept, "after")))
		return "DELETED";
	if (json_array_size(json_object_get(kept, "omitted")) > 0)
		return "TOO_LARGE";
	if (json_is_true(json_object_get(kept, "needsSecret")))
		return "NEEDS_SECRET";
	if (kind == HISTORY_CLIENT_APP && json_object_get(json_object_get(kept, "after"), "actsAs"))
		return "TAKEN_OVER"; /* for good: no call gives it back to its maker */
	return json_object_size(json_object_get(kept, "after")) == 0 ? "SECRET" : NULL;
}

/* ---- how it is shown ---- */

static json_t *value_shown(const json_t *values, const char *member, bool *is_hidden)
{
	json_t *value = json_object_get(values, member);
	bool hidden = false;

	if (!value)
		return json_null();
	json_t *shown = history_shown(value, &hidden);
	*is_hidden |= hidden;
	return json_incref(shown);
}

static void member_add(json_t *changes, const char *member, const json_t *before,
		       const json_t *after)
{
	bool hidden = false;
	json_t *json = json_pack("{s:s, s:o, s:o}", "member", member, "before",
				 value_shown(before, member, &hidden), "after",
				 value_shown(after, member, &hidden));

	if (hidden)
		json_object_set_new(json, "masked", json_true());
	json_array_append_new(changes, json);
}

static void names_add(json_t *changes, const json_t *names, const char *as)
{
	json_t *name;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)names, i, name)
		json_array_append_new(changes, json_pack("{s:O, s:b}", "member", name, as, 1));
}

static json_t *changes_to_json(const json_t *kept)
{
	json_t *before = json_object_get(kept, "before"), *after = json_object_get(kept, "after");
	json_t *changes = json_array(), *value;
	const char *member;

	json_object_foreach(json_is_object(after) ? after : before, member, value)
		member_add(changes, member, before, after);
	names_add(changes, json_object_get(kept, "replaced"), "replaced");
	names_add(changes, json_object_get(kept, "omitted"), "omitted");
	return changes;
}

static json_t *undo_to_json(const struct context *context, enum history_kind kind,
			    const json_t *kept)
{
	struct error refusal = {0};
	const char *obstacle = history_obstacle(kind, kept);

	if (!obstacle && !history_may_undo(context, kind, &refusal))
		obstacle = "NO_PERMISSION";
	return obstacle ? json_pack("{s:b, s:s}", "possible", 0, "reason", obstacle)
			: json_pack("{s:b}", "possible", 1);
}

static json_t *change_to_json(const struct context *context,
			      const struct configuration_change *change,
			      const struct audit_entry *entry, struct error *err)
{
	const enum history_kind kind = (enum history_kind)change->kind;

	scoped(json_t) json_t *kept = history_open(context, change, err);
	if (!kept)
		return NULL;
	scoped(json_t) json_t *detail = json_loads(entry->detail, 0, NULL);
	json_t *json = json_pack("{s:I, s:o, s:{s:s, s:s}, s:s, s:s, s:s, s:s, s:s, s:o, s:o}",
				 "sequence", (json_int_t)change->sequence, "date",
				 json_date(entry->at), "actor", "kind", entry->actor_kind, "id",
				 entry->actor, "address", entry->address, "action", entry->action,
				 "kind", kinds[kind].name, "subject", change->subject, "name",
				 json_text(kept, "name"), "changes", changes_to_json(kept), "undo",
				 undo_to_json(context, kind, kept));
	json_t *undoes = json_object_get(detail, "undoes");
	if (json && undoes)
		json_object_set(json, "undoes", undoes);
	return json;
}

/* ---- pages ---- */

static int newest_first(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left < *right) - (*left > *right);
}

/* Of each kind that the caller may read, and `kind` names; each is a range of an index. */
static bool sequences_collect(const struct context *context, const char *kind, const char *subject,
			      int64_t before, int64_t limit, int64_t *sequences, size_t *ret_count,
			      struct error *err)
{
	bool may_any = false;
	size_t count = 0, more;

	for (int i = 0; i < HISTORY_KIND_COUNT; i++) {
		if ((kind && strcmp(kinds[i].name, kind) != 0) ||
		    !history_may_read(context, (enum history_kind)i))
			continue;
		may_any = true;
		if (!configuration_change_list(session_db(context->session), context->account, i,
					       subject, before, limit, sequences + count, &more,
					       err))
			return false;
		count += more;
	}
	qsort(sequences, count, sizeof(*sequences), newest_first);
	*ret_count = count;
	return may_any ||
	       error_set(err, ERROR_NO_PERMISSION, "you may not read any of this history");
}

static bool kind_check(const char *kind, const char *subject, struct error *err)
{
	if (!kind)
		return !subject ||
		       error_set(err, ERROR_MISSING_FIELD, "kind: required with a subject");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, kind) == 0)
			return true;
	}
	return error_set(err, ERROR_INVALID_FIELD, "kind: there is no kind `%.60s`", kind);
}

static bool changes_add(const struct context *context, const int64_t *sequences, size_t count,
			json_t *results, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct configuration_change change;
		struct audit_entry entry;
		bool found;
		if (!configuration_change_find(session_db(context->session), context->arena,
					       context->account, sequences[i], &change, &entry,
					       &found, err))
			return false;
		if (!found)
			continue;
		json_t *json = change_to_json(context, &change, &entry, err);
		if (!json)
			return false;
		json_array_append_new(results, json);
	}
	return true;
}

json_t *history_list(const struct context *context, const char *kind, const char *subject,
		     int64_t before, int64_t limit, struct error *err)
{
	int64_t sequences[HISTORY_KIND_COUNT * (HISTORY_PAGE_MAX + 1)];
	size_t count;

	/* One more than is shown, to know whether there are more. */
	if (!kind_check(kind, subject, err) ||
	    !sequences_collect(context, kind, subject, before, limit + 1, sequences, &count, err))
		return NULL;
	const bool more = count > (size_t)limit;
	if (more)
		count = (size_t)limit;
	scoped(json_t) json_t *results = json_array();
	if (!changes_add(context, sequences, count, results, err))
		return NULL;
	return json_pack("{s:O, s:o}", "results", results, "next",
			 more ? json_integer((json_int_t)sequences[count - 1]) : json_null());
}
