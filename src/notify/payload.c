/* payload.c – written by hand: the order of the members is part of the interface, and this runs for
 * every delivery. */
#include "notify/payload.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"

#define CLASS_NAME "com.silanis.esl.packages.event.ESLProcessEvent"
#define PAYLOAD_MAX (64 * 1024) /* members are bounded where they are written */

static bool string_add(struct buf *buf, const char *text)
{
	return text ? json_text_write_long(buf, text, strlen(text)) : buf_add_text(buf, "null");
}

static bool member_add(struct buf *buf, const char *name, const char *value)
{
	return buf_printf(buf, ",\"%s\":", name) && string_add(buf, value);
}

/* `extra` is a JSON object: its members without the braces. */
static bool extra_add(struct buf *buf, const char *extra)
{
	size_t length = extra ? strlen(extra) : 0;

	if (length <= 2)
		return true;
	ensure(extra[0] == '{' && extra[length - 1] == '}');
	return buf_add_text(buf, ",") && buf_add(buf, extra + 1, length - 2);
}

struct bytes payload_build(struct arena *arena, const struct event *event)
{
	char created[WALL_TIME_TEXT];
	struct buf buf;

	wall_format(event->created, created);
	buf_init(&buf, PAYLOAD_MAX);
	bool fits = buf_add_text(&buf, "{\"@class\":\"" CLASS_NAME "\"") &&
		    member_add(&buf, "name", event->type) &&
		    member_add(&buf, "sessionUser", event->session_user) &&
		    member_add(&buf, "packageId", event->package) &&
		    member_add(&buf, "message", event->message) &&
		    member_add(&buf, "documentId", event->document) &&
		    member_add(&buf, "createdDate", created) && extra_add(&buf, event->extra) &&
		    buf_add_text(&buf, "}");
	ensure(fits);
	const struct bytes payload = {arena_memdup(arena, buf.data, buf.length), buf.length};
	buf_done(&buf);
	return payload;
}
