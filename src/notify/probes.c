/* probes.c – the event that a test sends. */
#include "notify/probes.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "crypto/random.h"
#include "notify/payload.h"
#include "store/package_store.h"

#define ID_PREFIX "evt_test_"
#define ID_RANDOM_LENGTH 20
#define TEST_PACKAGE "GREFFIER-TEST-TRANSACTION-0=" /* in the form of an id, and nobody's */
#define EVENTS_LOOKED_AT 200
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

/* The members that a notification shows are those of the real event; its id stays a test's. */
static void event_take(struct event *event, const struct event *real)
{
	event->session_user = real->session_user;
	event->message = real->message;
	event->document = real->document;
	event->extra = real->extra;
	event->created = real->created;
}

/* Looks at the transaction's first EVENTS_LOOKED_AT events, which few transactions have more of. */
static bool package_look_up(const struct context *context, struct event *event, bool *ret_found,
			    struct error *err)
{
	struct package_name name;
	struct event *events;
	size_t count;

	if (!package_find_name(session_db(context->session), context->arena, context->account,
			       event->package, &name, ret_found, err) ||
	    !event_list_of(session_db(context->session), context->arena, context->account,
			   event->package, 0, EVENTS_LOOKED_AT, &events, &count, err))
		return false;
	for (size_t i = count; i > 0; i--) {
		const struct event *real = &events[i - 1];
		if (strcmp(real->type, event->type) == 0 && !real->expunged.us) {
			event_take(event, real);
			break;
		}
	}
	*ret_found |= count > 0;
	return true;
}

bool probe_choose_package(const struct context *context, const json_t *body, struct probe *probe,
			  struct error *err)
{
	const char *package;
	bool found;

	if (!json_get_text(body, "packageId", NULL, &package, err))
		return false;
	if (!package || !*package)
		return true;
	if (*probe->endpoint.package && strcmp(package, probe->endpoint.package) != 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "packageId: the endpoint receives events of package %s only",
				 probe->endpoint.package);
	probe->event.package = arena_strdup(context->arena, package);
	return package_look_up(context, &probe->event, &found, err) &&
	       (found || error_set(err, ERROR_PACKAGE_NOT_FOUND, NULL));
}

const char *probe_body(const struct context *context, const struct probe *probe)
{
	struct endpoint_options options;

	endpoint_options_load(context->arena, probe->endpoint.options, &options);
	const struct payload payload = payload_build_as(context->arena, &probe->event,
							options.format);
	return arena_strndup(context->arena, (const char *)payload.body.data, payload.body.length);
}

bool probe_is_accepted(const struct probe_result *result)
{
	return !*result->attempt.error_class && result->attempt.http_status >= 200 &&
	       result->attempt.http_status < 300;
}
