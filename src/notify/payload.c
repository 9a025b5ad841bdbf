/* payload.c – written by hand: the order of the members is part of the interface, and this runs for
 * every delivery. */
#include "notify/payload.h"

#include <string.h>

#include "base/ensure.h"

#define CLASS_NAME "com.silanis.esl.packages.event.ESLProcessEvent"
#define PAYLOAD_MAX (64 * 1024) /* members are bounded where they are written */

static bool string_add(struct buf *buf, const char *text)
{
	if (!text)
		return buf_add_text(buf, "null");
	if (!buf_add_text(buf, "\""))
		return false;
	while (*text) {
		size_t plain = 0;
		while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' &&
		       text[plain] != '\\')
			plain++;
		if (!buf_add(buf, text, plain))
			return false;
		text += plain;
		if (!*text)
			break;
		bool added = (unsigned char)*text < 0x20
				     ? buf_printf(buf, "\\u%04x", (unsigned char)*text)
				     : buf_printf(buf, "\\%c", *text);
		if (!added)
			return false;
		text++;
	}
	return buf_add_text(buf, "\"");
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
