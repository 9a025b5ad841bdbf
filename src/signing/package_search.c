/* package_search.c – from query parameters to a filter, and a page of packages back. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/words.h"
#include "signing/package.h"
#include "signing/package_status.h"
#include "signing/package_text.h"
#include "store/package_store.h"

#define PAGE_BODIES_MAX (8u * PACKAGE_BODY_MAX) /* bytes; the page is made of a copy of them */

/* `query`: a folder, or a status; in any case. */
static bool folder_read(struct arena *arena, const struct package_query *query,
			struct package_filter *filter, struct error *err)
{
	const char *folder = query->query;

	if (!folder || !*folder || text_equal_nocase(folder, "inbox"))
		return true;
	if (text_equal_nocase(folder, "trashed")) {
		filter->trashed = true;
		return true;
	}
	if (text_equal_nocase(folder, "drafts")) {
		filter->statuses = "|DRAFT|DECLINED|EXPIRED|OPTED_OUT|";
		return true;
	}
	for (int status = 0; status < PACKAGE_STATUS_COUNT; status++) {
		const char *name = package_status_name((enum package_status)status);
		if (text_equal_nocase(folder, name)) {
			filter->statuses = arena_printf(arena, "|%s|", name);
			return true;
		}
	}
	return error_set(err, ERROR_INVALID_FIELD,
			 "query: must be a status, or drafts, inbox or trashed");
}

static bool predefined_read(const struct package_query *query, struct wall_time now,
			    struct package_filter *filter, struct error *err)
{
	const char *name = query->predefined;

	if (!name || !*name || text_equal_nocase(name, "all"))
		return true;
	if (text_equal_nocase(name, "sent") || text_equal_nocase(name, "awaitingSignature")) {
		/* Only the owner's own packages are listed, so these two differ by nothing until
		 * the owner signs. */
		filter->statuses = "|SENT|";
		return true;
	}
	if (text_equal_nocase(name, "completed")) {
		filter->statuses = "|COMPLETED|";
		return true;
	}
	if (!text_equal_nocase(name, "expiringSoon"))
		return error_set(err, ERROR_INVALID_FIELD,
				 "predefined: must be all, awaitingSignature, sent, completed or "
				 "expiringSoon");
	filter->statuses = "|SENT|";
	filter->due_before = wall_add(now, duration_s(query->expiring_soon_days * 86400));
	return true;
}

static bool date_read(const char *name, const char *text, struct wall_time *ret_time,
		      struct error *err)
{
	if (!text || !*text || wall_parse(text, ret_time))
		return true;
	return error_set(err, ERROR_INVALID_FIELD,
			 "%s: must be a date such as 2026-01-31T12:00:00Z", name);
}

/* One of `allowed`, in any case, as it stands there. NULL when absent. */
static bool query_word_read(const char *name, const char *text, const char *const *allowed,
			    size_t count, const char **ret_word, struct error *err)
{
	*ret_word = NULL;
	if (!text || !*text)
		return true;
	const int at = word_find_nocase(text, allowed, count);
	if (at == WORD_NONE)
		return error_set(err, ERROR_INVALID_FIELD, "%s: `%.40s` is not known", name, text);
	*ret_word = allowed[at];
	return true;
}

static bool order_read(const struct package_query *query, struct package_filter *filter,
		       struct error *err)
{
	static const char *const sorts[] = {
		[PACKAGE_SORT_CREATED] = "created", [PACKAGE_SORT_COMPLETED] = "completed",
		[PACKAGE_SORT_UPDATED] = "updated", [PACKAGE_SORT_DUE] = "due",
		[PACKAGE_SORT_NAME] = "name",	    [PACKAGE_SORT_STATUS] = "status"};
	static const char *const directions[] = {"asc", "desc"};
	const char *sort, *direction;

	if (!query_word_read("sort", query->sort, sorts, ARRAY_SIZE(sorts), &sort, err) ||
	    !query_word_read("dir", query->dir, directions, ARRAY_SIZE(directions), &direction,
			     err))
		return false;
	filter->sort = PACKAGE_SORT_UPDATED;
	if (sort)
		filter->sort = (enum package_sort)word_find(sort, sorts, ARRAY_SIZE(sorts));
	filter->descending = direction ? strcmp(direction, "desc") == 0 : !sort;
	return true;
}

static bool filter_read(const struct context *context, const struct package_query *query,
			struct package_filter *filter, struct error *err)
{
	static const char *const types[] = {"PACKAGE", "TEMPLATE", "LAYOUT"};
	static const char *const visibilities[] = {"ACCOUNT", "SENDER"};

	*filter = (struct package_filter){.account = context->account,
					  .owner = query->owner ? query->owner
								: context->actor->user,
					  .offset = query->offset,
					  .limit = query->limit};
	if (!folder_read(context->arena, query, filter, err) ||
	    !predefined_read(query, context->now, filter, err) || !order_read(query, filter, err) ||
	    !query_word_read("type", query->type, types, ARRAY_SIZE(types), &filter->type, err) ||
	    !query_word_read("visibility", query->visibility, visibilities,
			     ARRAY_SIZE(visibilities), &filter->visibility, err) ||
	    !date_read("lastUpdatedStartDate", query->updated_start, &filter->updated_from, err) ||
	    !date_read("lastUpdatedEndDate", query->updated_end, &filter->updated_to, err))
		return false;
	if (!filter->type)
		filter->type = "PACKAGE";
	/* What others share: only templates and layouts can be shared. */
	if (!query->owner && filter->visibility && strcmp(filter->visibility, "ACCOUNT") == 0 &&
	    strcmp(filter->type, "PACKAGE") != 0)
		filter->owner = NULL;
	if (query->search && *query->search) {
		filter->search = query->search;
		filter->search_exact = query->searchtype &&
				       text_starts_with_nocase(query->searchtype, "exact");
	}
	return true;
}

static size_t result_length(const struct package_found *package)
{
	if (!package->members)
		return strlen("{\"id\":\"") + strlen(package->id) + strlen("\"}");
	return *package->whole ? strlen(package->whole)
			       : package_text_length(package->members, &package->parts);
}

static char *result_put(char *end, const struct package_found *package)
{
	if (!package->members)
		return stpcpy(stpcpy(stpcpy(end, "{\"id\":\""), package->id), "\"}");
	return *package->whole ? stpcpy(end, package->whole)
			       : package_text_put(end, package->members, &package->parts);
}

/* The texts are JSON already: they are put together, not parsed. */
static bool page_write(const struct context *context, const struct package_found *packages,
		       size_t count, int64_t total, const char **ret_json, struct error *err)
{
	char head[64];
	size_t room = (size_t)snprintf(head, sizeof(head), "{\"count\":%lld,\"results\":[",
				       (long long)total) +
		      sizeof("]}");

	for (size_t i = 0; i < count; i++)
		room += strlen(",") + result_length(&packages[i]);
	char *page = arena_try_alloc(context->arena, room);
	if (!page)
		return error_set(err, ERROR_NO_MEMORY, NULL);
	char *end = stpcpy(page, head);
	for (size_t i = 0; i < count; i++)
		end = result_put(stpcpy(end, i > 0 ? "," : ""), &packages[i]);
	stpcpy(end, "]}");
	*ret_json = page;
	return true;
}

bool package_search(const struct context *context, const struct package_query *query,
		    const char **ret_json, struct error *err)
{
	struct package_filter filter;
	struct package_found *packages;
	size_t count;
	int64_t total;
	bool ids_only = query->fields && strcmp(query->fields, "id") == 0;

	return filter_read(context, query, &filter, err) &&
	       package_list(session_db(context->session), context->arena, &filter,
			    ids_only ? 0 : PAGE_BODIES_MAX, &packages, &count, &total, err) &&
	       page_write(context, packages, count, total, ret_json, err);
}
