/* audit_api.c – /api/account/audit: the account's log, in pages or as a whole. */
#include "api/core/routes.h"

#include <stdlib.h>

#include "access/audit.h"
#include "base/buf.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"

#define EXPORT_ENTRIES_MAX 10000
#define EXPORT_BYTES_MAX (32u * 1024 * 1024)

static bool filter_read(const struct call *call, struct audit_filter *filter, struct error *err)
{
	const struct http_request *request = call->request;

	*filter = (struct audit_filter){
		.account = call->actor.account,
		.action = http_request_query(request, "action"),
		.actor = http_request_query(request, "actor"),
		.target = http_request_query(request, "target"),
	};
	return call_query_date(call, "startDate", &filter->from, err) &&
	       call_query_date(call, "endDate", &filter->to, err) &&
	       call_query_int(call, "after", 0, INT64_MAX, 0, &filter->after, err);
}

bool on_audit_get(struct call *call, struct http_response *response, struct error *err)
{
	struct audit_filter filter;
	struct audit_entry *entries;
	size_t count;
	int64_t total;

	if (!filter_read(call, &filter, err) ||
	    !call_page(call, PAGE_DEFAULT, &filter.offset, &filter.limit, err))
		return false;
	filter.descending = true;
	if (!audit_list(session_db(call->session), call->arena, &filter, &entries, &count, &total,
			err))
		return false;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, audit_entry_to_json(call->arena, &entries[i]));
	return reply_json(response,
			  json_pack("{s:I, s:o}", "count", (json_int_t)total, "results", results));
}

/* {entries, whole, head, brokenAt, expected}: the whole chain, and whether an entry that was noted
 * is still in it. */
bool on_audit_verification_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *noted = http_request_query(call->request, "expect");
	struct audit_verdict verdict;
	bool found = false;

	if ((noted && !audit_find_noted(&context, call->actor.account, noted, &found, err)) ||
	    !audit_verify(&context, call->actor.account, &verdict, err))
		return false;
	json_t *json = json_pack("{s:I, s:b, s:s}", "entries", (json_int_t)verdict.entries, "whole",
				 verdict.whole, "head",
				 hex_encode(call->arena, verdict.head.data, verdict.head.length));
	if (!verdict.whole)
		json_object_set_new(json, "brokenAt", json_integer((json_int_t)verdict.broken_at));
	if (noted)
		json_object_set_new(json, "expected", json_boolean(found));
	return reply_json(response, json);
}

static bool line_add(struct arena *arena, struct buf *lines, const struct audit_entry *entry)
{
	scoped(json_t) json_t *json = audit_entry_to_json(arena, entry);

	return buf_printf(lines, "%s\n", json_encode_in(arena, json));
}

/* JSON lines, oldest first; a next call with ?after= the last sequence goes on where this one ends.
 */
bool on_audit_export(struct call *call, struct http_response *response, struct error *err)
{
	struct audit_filter filter;
	struct audit_entry *entries;
	struct buf lines;
	size_t count, i = 0;

	if (!filter_read(call, &filter, err))
		return false;
	filter.limit = EXPORT_ENTRIES_MAX;
	if (!audit_list(session_db(call->session), call->arena, &filter, &entries, &count, NULL,
			err))
		return false;
	buf_init(&lines, EXPORT_BYTES_MAX);
	while (i < count && line_add(call->arena, &lines, &entries[i]))
		i++;
	response->status = 200;
	response->content_type = "application/x-ndjson";
	response->body = buf_take(&lines, &response->body_length);
	return true;
}
