/* cloud_event.c – the forms of payload.h: CloudEvents 1.0, JSON format (structured) and HTTP
 * protocol binding (binary). */
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "notify/payload.h"

#define JSON_TYPE "application/json; charset=utf-8"

/* The attributes, in the order they are sent. `sequence` and `sequencetype` are CloudEvents'
 * sequence extension. */
struct attribute {
	const char *name, *value; /* value NULL: left out */
};

#define ATTRIBUTES 8

static void attributes_make(struct arena *arena, const struct event *event,
			    struct attribute ret_attributes[ATTRIBUTES])
{
	char *created = arena_alloc(arena, WALL_TIME_TEXT);

	wall_format(event->created, created);
	const struct attribute attributes[ATTRIBUTES] = {
		{"specversion", "1.0"},
		{"id", event->id},
		{"source", arena_printf(arena, "urn:greffier:account:%s", event->account)},
		{"type", arena_printf(arena, CLOUDEVENT_TYPE_PREFIX "%s", event->type)},
		{"subject", event->package && *event->package ? event->package : NULL},
		{"time", created},
		{"sequence",
		 event->sequence ? arena_printf(arena, "%lld", (long long)event->sequence) : NULL},
		{"sequencetype", event->sequence ? "Integer" : NULL},
	};
	memcpy(ret_attributes, attributes, sizeof(attributes));
}

/* HTTP binding 1.0.2 section 3.1.3.2: space, quote, percent and what is not printable ASCII as %XX
 * of its UTF-8. */
static const char *header_value(struct arena *arena, const char *value)
{
	char *text = arena_alloc(arena, 3 * strlen(value) + 1), *out = text;

	for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
		if (*c <= 0x20 || *c >= 0x7f || *c == '"' || *c == '%')
			out += snprintf(out, 4, "%%%02X", *c);
		else
			*out++ = (char)*c;
	}
	*out = '\0';
	return text;
}

static struct payload binary_build(struct arena *arena, const struct event *event)
{
	struct payload payload = {.body = payload_build(arena, event), .content_type = JSON_TYPE};
	struct attribute attributes[ATTRIBUTES];

	attributes_make(arena, event, attributes);
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		if (attributes[i].value)
			payload.headers[payload.header_count++] = arena_printf(
				arena, "ce-%s: %s", attributes[i].name,
				header_value(arena, attributes[i].value));
	}
	return payload;
}

static struct payload structured_build(struct arena *arena, const struct event *event)
{
	const struct bytes data = payload_build(arena, event);
	struct attribute attributes[ATTRIBUTES];

	attributes_make(arena, event, attributes);
	scoped(json_t) json_t *json = json_object();
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		if (attributes[i].value)
			json_object_set_new(json, attributes[i].name,
					    json_string(attributes[i].value));
	}
	json_object_set_new(json, "datacontenttype", json_string("application/json"));
	json_object_set_new(json, "data",
			    json_loadb((const char *)data.data, data.length, 0, NULL));
	return (struct payload){
		.body = json_encode_bytes(arena, json),
		.content_type = "application/cloudevents+json; charset=utf-8",
	};
}

struct payload payload_build_as(struct arena *arena, const struct event *event,
				enum payload_format format)
{
	switch (format) {
	case PAYLOAD_CLOUDEVENTS_STRUCTURED:
		return structured_build(arena, event);
	case PAYLOAD_CLOUDEVENTS_BINARY:
		return binary_build(arena, event);
	case PAYLOAD_ORIGINAL:
	case PAYLOAD_FORMAT_COUNT:
		break;
	}
	return (struct payload){.body = payload_build(arena, event), .content_type = JSON_TYPE};
}
