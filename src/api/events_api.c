/* events_api.c – /api/notifications/events and eventTypes: what happened, and what can. */
#include "api/event_json.h"
#include "api/routes.h"

#include "base/json.h"
#include "notify/catalogue.h"
#include "store/event_store.h"

#define EVENTS_LIMIT_DEFAULT 100
#define EVENTS_LIMIT_MAX 1000

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

json_t *event_to_json(const struct event *event)
{
	json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "sequence",
			 (json_int_t)event->sequence, "id", event->id, "name", event->type,
			 "packageId", event->package, "sessionUser", event->session_user, "message",
			 text_or_null(event->message), "documentId", text_or_null(event->document),
			 "createdDate", json_date(event->created));
	scoped(json_t) json_t *extra = event->extra ? json_loads(event->extra, 0, NULL) : NULL;
	if (extra)
		json_object_update(json, extra);
	if (event->expunged.us)
		json_object_set_new(json, "expungedDate", json_date(event->expunged));
	return json;
}

bool on_events_get(struct call *call, struct http_response *response, struct error *err)
{
	struct event *events;
	size_t count;
	int64_t after, limit;

	if (!call_query_int(call, "after", 0, INT64_MAX, 0, &after, err) ||
	    !call_query_int(call, "limit", 1, EVENTS_LIMIT_MAX, EVENTS_LIMIT_DEFAULT, &limit,
			    err) ||
	    !event_list(session_db(call->session), call->arena, call->caller.account, after, limit,
			&events, &count, err))
		return false;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, event_to_json(&events[i]));
	return reply_json(response, json_pack("{s:o}", "results", results));
}

static json_t *members_to_json(enum event_type type)
{
	size_t count;
	const struct event_member *members = event_members(&count);
	json_t *json = json_array();

	for (size_t i = 0; i < count; i++) {
		if (members[i].type == type)
			json_array_append_new(
				json,
				json_pack("{s:s, s:s, s:s, s:s}", "name", members[i].name, "type",
					  members[i].kind == EVENT_MEMBER_TEXT ? "string"
									       : "array of strings",
					  "meaning", members[i].meaning, "values",
					  members[i].values));
	}
	return json;
}

bool on_event_types_get(struct call *call, struct http_response *response, struct error *err)
{
	json_t *results = json_array();

	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		const struct event_type_info *info = event_type_info((enum event_type)type);
		const char *group = info->group == EVENT_GROUP_ACCOUNT ? "ACCOUNT" : "PARTICIPANT";
		json_array_append_new(
			results,
			json_pack("{s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:o}", "name", info->name,
				  "group", group, "displayName", "en", info->display_en, "fr",
				  info->display_fr, "meaning", "en", info->meaning_en, "fr",
				  info->meaning_fr, "members",
				  members_to_json((enum event_type)type)));
	}
	return reply_json(response, json_pack("{s:o}", "results", results));
}
