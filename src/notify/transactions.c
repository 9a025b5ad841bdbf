/* transactions.c – see transactions.h. */
#include "notify/transactions.h"

#include <string.h>

#include "base/json.h"
#include "store/event_store.h"
#include "store/package_store.h"

static json_t *name_to_json(const struct package_name *name)
{
	return json_pack("{s:s, s:s, s:s, s:o}", "id", name->id, "name", name->name, "status",
			 name->status, "updatedDate", json_date(name->updated));
}

static json_t *answer_make(json_t *results)
{
	return json_pack("{s:o}", "results", results);
}

/* One of them, when it is a package. */
static bool known_add(const struct context *context, const char *id, json_t *results,
		      bool *ret_found, struct error *err)
{
	struct package_name name;

	if (!package_find_name(session_db(context->session), context->arena, context->account, id,
			       &name, ret_found, err))
		return false;
	if (*ret_found)
		json_array_append_new(results, name_to_json(&name));
	return true;
}

json_t *transactions_read(const struct context *context, const char *ids, struct error *err)
{
	scoped(json_t) json_t *results = json_array();
	size_t count = 0;

	for (const char *at = ids; *at; at += *at == ',') {
		const size_t length = strcspn(at, ",");
		bool found;
		if (++count > TRANSACTIONS_MAX) {
			(void)error_set(err, ERROR_INVALID_FIELD, "ids: at most %d",
					TRANSACTIONS_MAX);
			return NULL;
		}
		if (!known_add(context, arena_strndup(context->arena, at, length), results, &found,
			       err))
			return NULL;
		at += length;
	}
	return answer_make(json_incref(results));
}

/* A producer may name any package. */
static bool named_by_events_add(const struct context *context, const char *id, json_t *results,
				struct error *err)
{
	struct event *events;
	size_t count;

	if (!event_list_of(session_db(context->session), context->arena, context->account, id, 0, 1,
			   &events, &count, err))
		return false;
	if (count > 0)
		json_array_append_new(results, json_pack("{s:s, s:n, s:n, s:n}", "id", id, "name",
							 "status", "updatedDate"));
	return true;
}

json_t *transactions_find(const struct context *context, const char *text, struct error *err)
{
	struct package_name names[TRANSACTIONS_FOUND_MAX];
	size_t count;
	bool found;

	scoped(json_t) json_t *results = json_array();
	if (!known_add(context, text, results, &found, err) ||
	    (!found && !named_by_events_add(context, text, results, err)) ||
	    !package_list_named(session_db(context->session), context->arena, context->account,
				text, TRANSACTIONS_FOUND_MAX, names, &count, err))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!found || strcmp(names[i].id, text) != 0)
			json_array_append_new(results, name_to_json(&names[i]));
	}
	return answer_make(json_incref(results));
}
