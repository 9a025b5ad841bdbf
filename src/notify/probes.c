/* probes.c – the event that a test sends. */
#include "notify/probes.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "crypto/random.h"

#define ID_PREFIX "evt_test_"
#define ID_RANDOM_LENGTH 20
#define TEST_PACKAGE "GREFFIER-TEST-TRANSACTION-0=" /* in the form of an id, and nobody's */
#define TEST_DOCUMENT "test-document"

bool probe_type_read(const json_t *body, const struct endpoint *endpoint, enum event_type *ret_type,
		     struct error *err)
{
	const char *name;

	if (!json_get_text(body, "name", NULL, &name, err))
		return false;
	if (name)
		return event_type_read(name, "name", ERROR_CALLBACK_INVALID_EVENT, ret_type, err);
	scoped(json_t) json_t *events = json_loads(endpoint->events, 0, NULL);
	const char *first = json_string_value(json_array_get(events, 0));
	if (!first || !event_type_find(first, ret_type))
		*ret_type = EVENT_PACKAGE_CREATE;
	return true;
}

static const char *sample_of(struct arena *arena, const struct event_member *member)
{
	size_t length = strcspn(member->values, ",");

	if (strcmp(member->name, "documentId") == 0)
		return TEST_DOCUMENT;
	return length ? arena_strndup(arena, member->values, length) : "Test";
}

static void member_fill(struct arena *arena, const struct event_member *member, struct event *event,
			json_t *extra)
{
	const char *sample = sample_of(arena, member);

	if (strcmp(member->name, "message") == 0)
		event->message = sample;
	else if (strcmp(member->name, "documentId") == 0)
		event->document = sample;
	else
		json_object_set_new(extra, member->name,
				    member->kind == EVENT_MEMBER_TEXT ? json_string(sample)
								      : json_pack("[s]", sample));
}

struct event probe_event(struct arena *arena, enum event_type type, const char *account,
			 const char *user, struct wall_time now)
{
	char random[ID_RANDOM_LENGTH + 1];
	size_t count;
	const struct event_member *members = event_members(&count);

	random_base62(random, ID_RANDOM_LENGTH);
	struct event event = {.account = account,
			      .id = arena_printf(arena, ID_PREFIX "%s", random),
			      .type = event_type_info(type)->name,
			      .package = TEST_PACKAGE,
			      .session_user = user,
			      .created = now};
	scoped(json_t) json_t *extra = json_object();
	for (size_t i = 0; i < count; i++) {
		if (members[i].type == type)
			member_fill(arena, &members[i], &event, extra);
	}
	if (json_object_size(extra) == 0)
		return event;
	event.extra = json_encode_in(arena, extra);
	return event;
}

void probe_make(const struct context *context, const struct endpoint *endpoint,
		enum event_type type, struct probe *ret_probe)
{
	const char *user = arena_strdup(context->arena, context->actor->user);

	*ret_probe = (struct probe){
		.endpoint = *endpoint,
		.event = probe_event(context->arena, type,
				     arena_strdup(context->arena, context->account), user,
				     context->now)};
	if (*endpoint->package)
		ret_probe->event.package = endpoint->package;
}

bool probe_is_accepted(const struct probe_result *result)
{
	return !*result->attempt.error_class && result->attempt.http_status >= 200 &&
	       result->attempt.http_status < 300;
}
