/* events_api.c – /api/notifications/events and eventTypes: what happened, and what can. */
#include "api/core/routes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ensure.h"
#include "base/json.h"
#include "notify/catalogue.h"
#include "notify/payload.h"
#include "notify/probes.h"
#include "notify/record_json.h"
#include "store/event_store.h"

#define SAMPLE_USER "8QS1yr3q8DEZ" /* in the form of a user's id, and nobody's */
#define EVENTS_LIMIT_DEFAULT 100
#define EVENTS_LIMIT_MAX 1000
#define EVENTS_WAIT_MAX_S 60
#define EVENTS_READ_AT_ONCE 100
#define EVENTS_PAGE_MAX (8 * 1024 * 1024) /* bytes of what producers have added to the events */

#define HEARTBEAT_S 15	       /* of a stream without events: proxies cut what is silent */
#define STREAM_LIFE_MAX_S 3600 /* the client then reconnects, as after any end */
#define STREAM_RETRY_MS 2000   /* after which clients reconnect */
#define STREAM_EVENTS_AT_ONCE 200
#define STREAM_LAST_MAX 100 /* events that were there before it begins */
#define STREAM_PIECE_WANTED (64 * 1024)
#define STREAM_PIECE_MAX (1024 * 1024) /* with one event of the largest size */

static void events_await(struct call *call, int64_t after, struct mono_time until)
{
	struct call_wait *wait = call->wait;

	wait->what = WAIT_FOR_EVENTS;
	wait->account = call->actor.account;
	wait->after = after;
	wait->until = until;
	wait->begun = true;
}

/* ---- pull ---- */

/* Read and written in parts, so that what a page costs is known before all of it is in memory. */
static bool page_write(struct call *call, const char *package, int64_t after, int64_t limit,
		       json_t *results, struct error *err)
{
	struct event *events;
	size_t bytes = 0, count = EVENTS_READ_AT_ONCE;

	for (int64_t left = limit; left > 0 && count == EVENTS_READ_AT_ONCE;
	     left -= (int64_t)count) {
		const int64_t part = left < EVENTS_READ_AT_ONCE ? left : EVENTS_READ_AT_ONCE;
		if (!event_list_of(session_db(call->session), call->arena, call->actor.account,
				   package, after, part, &events, &count, err))
			return false;
		for (size_t i = 0; i < count; i++) {
			bytes += events[i].extra ? strlen(events[i].extra) : 0;
			json_array_append_new(results, event_to_json(&events[i]));
			after = events[i].sequence;
		}
		if (bytes > EVENTS_PAGE_MAX)
			return error_set(err, ERROR_INVALID_FIELD,
					 "limit: the first %zu events are larger than %d MiB; ask "
					 "for fewer, %d always fit",
					 json_array_size(results), EVENTS_PAGE_MAX / 1048576,
					 EVENTS_LIMIT_DEFAULT);
	}
	return true;
}

bool on_events_get(struct call *call, struct http_response *response, struct error *err)
{
	const char *package = http_request_query(call->request, "packageId");
	int64_t after, limit, wait_s;

	if (!call_query_int(call, "after", 0, INT64_MAX, 0, &after, err) ||
	    !call_query_int(call, "limit", 1, EVENTS_LIMIT_MAX, EVENTS_LIMIT_DEFAULT, &limit,
			    err) ||
	    !call_query_int(call, "wait", 0, EVENTS_WAIT_MAX_S, 0, &wait_s, err))
		return false;
	if (package && wait_s > 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "wait: cannot be combined with packageId");
	scoped(json_t) json_t *results = json_array();
	if (!page_write(call, package, after, limit, results, err))
		return false;
	const struct mono_time until = mono_add(call->wait->since, duration_s(wait_s));
	if (json_array_size(results) == 0 && until.us > call->wait->now.us && !call->wait->ends) {
		events_await(call, after, until);
		return true;
	}
	return reply_json(response, json_pack("{s:O}", "results", results));
}

/* ---- stream ---- */

/* Where to begin: after what the client has had last (WHATWG HTML section 9.2), or where it wants
 * to, or `last` events before `newest`. */
static bool stream_start(struct call *call, int64_t newest, int64_t *ret_after, struct error *err)
{
	const char *seen = http_request_header(call->request, "Last-Event-ID");
	int64_t last;
	char *end;

	if (seen && *seen) {
		*ret_after = strtoll(seen, &end, 10);
		return (!*end && *ret_after >= 0 && strspn(seen, "0123456789") == strlen(seen)) ||
		       error_set(err, ERROR_INVALID_FIELD, "Last-Event-ID: a sequence number");
	}
	if (!call_query_int(call, "after", 0, INT64_MAX, -1, ret_after, err) ||
	    !call_query_int(call, "last", 0, STREAM_LAST_MAX, 0, &last, err))
		return false;
	if (*ret_after < 0)
		*ret_after = newest > last ? newest - last : 0;
	return true;
}

/* Tells the client which events were there before the stream began. */
static bool stream_begin(struct call *call, struct http_response *response, struct error *err)
{
	int64_t newest;

	if (!event_last(session_db(call->session), call->actor.account, &newest, err) ||
	    !stream_start(call, newest, &call->wait->after, err))
		return false;
	http_response_header(response, "greffier-newest",
			     arena_printf(call->arena, "%lld", (long long)newest));
	return true;
}

static bool message_add(struct buf *buf, const struct event *event)
{
	scoped(json_t) json_t *json = event_to_json(event);
	struct error ignored = {0};
	size_t length;
	char *text = json_try_encode(json, &length, &ignored);
	bool fits = text &&
		    buf_printf(buf, "id: %lld\nevent: %s\ndata: ", (long long)event->sequence,
			       event->type) &&
		    buf_add_text(buf, text) && buf_add_text(buf, "\n\n");

	free(text);
	return fits;
}

/* Events that fit, one at least; the others come with the next piece. False without memory for it.
 */
static bool piece_make(struct call *call, const struct event *events, size_t count,
		       struct http_response *response)
{
	struct call_wait *wait = call->wait;
	struct buf buf;
	bool ok = true;

	buf_init(&buf, STREAM_PIECE_MAX);
	if (!wait->begun)
		ok = buf_printf(&buf, "retry: %d\n\n", STREAM_RETRY_MS);
	else if (count == 0)
		ok = buf_add_text(&buf, ":\n\n");
	for (size_t i = 0; ok && i < count && buf.length < STREAM_PIECE_WANTED; i++) {
		ok = message_add(&buf, &events[i]);
		wait->after = events[i].sequence;
	}
	ok = ok && reply_bytes(response, "text/event-stream; charset=utf-8",
			       (struct bytes){buf.data, buf.length});
	buf_done(&buf);
	return ok;
}

bool on_event_stream_get(struct call *call, struct http_response *response, struct error *err)
{
	struct call_wait *wait = call->wait;
	const struct mono_time end = mono_add(wait->since, duration_s(STREAM_LIFE_MAX_S));
	struct event *events;
	size_t count;

	if ((!wait->begun && !stream_begin(call, response, err)) ||
	    !event_list(session_db(call->session), call->arena, call->actor.account, wait->after,
			STREAM_EVENTS_AT_ONCE, &events, &count, err))
		return false;
	http_response_header(response, "Cache-Control", "no-store");
	http_response_header(response, "X-Accel-Buffering", "no"); /* nginx would keep it back */
	if (!piece_make(call, events, count, response))
		return error_set(err, ERROR_NO_MEMORY, "a piece of a stream");
	if (call->request->method != HTTP_METHOD_HEAD && wait->now.us < end.us)
		events_await(call, wait->after, mono_add(wait->now, duration_s(HEARTBEAT_S)));
	return true;
}

/* ---- what there can be ---- */

static json_t *members_to_json(enum event_type type)
{
	size_t count;
	const struct event_member *members = event_members(&count);
	json_t *json = json_array();

	for (size_t i = 0; i < count; i++) {
		if (members[i].type == type)
			json_array_append_new(json, json_pack("{s:s, s:s, s:s, s:s}", "name",
							      members[i].name, "type",
							      members[i].kind == EVENT_MEMBER_TEXT
								      ? "string"
								      : "array of strings",
							      "meaning", members[i].meaning,
							      "values", members[i].values));
	}
	return json;
}

static json_t *words_to_json(const char *english, const char *french)
{
	return json_pack("{s:s, s:s}", "en", english, "fr", french);
}

/* What a notification of that type says. */
static json_t *sample_to_json(const struct call *call, enum event_type type)
{
	const struct event event = probe_event(call->arena, type, "", SAMPLE_USER, call->now);
	const struct bytes payload = payload_build(call->arena, &event);

	return json_loadb((const char *)payload.data, payload.length, 0, NULL);
}

bool on_event_types_get(struct call *call, struct http_response *response, struct error *err)
{
	json_t *results = json_array();

	for (int i = 0; i < EVENT_TYPE_COUNT; i++) {
		const enum event_type type = (enum event_type)i;
		const struct event_type_info *info = event_type_info(type);
		const struct event_cause *cause = event_type_cause(type);
		const char *group = info->group == EVENT_GROUP_ACCOUNT ? "ACCOUNT" : "PARTICIPANT";
		json_array_append_new(
			results,
			json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
				  info->name, "group", group, "legacy", event_type_is_legacy(type),
				  "displayName", words_to_json(info->display_en, info->display_fr),
				  "meaning", words_to_json(info->meaning_en, info->meaning_fr),
				  "cause", words_to_json(cause->en, cause->fr), "nearMisses",
				  words_to_json(cause->near_miss_en, cause->near_miss_fr),
				  "members", members_to_json(type), "sample",
				  sample_to_json(call, type)));
	}
	return reply_json(response, json_pack("{s:o}", "results", results));
}

bool on_event_types_last(struct call *call, struct http_response *response, struct error *err)
{
	scoped(json_t) json_t *results = json_array();

	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		struct event event;
		bool found;
		if (!event_last_of_type(session_db(call->session), call->arena, call->actor.account,
					event_type_info((enum event_type)type)->name, &event,
					&found, err))
			return false;
		if (found)
			json_array_append_new(results, event_to_json(&event));
	}
	return reply_json(response, json_pack("{s:O}", "results", results));
}
