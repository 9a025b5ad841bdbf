/* catalogue.h – every event type there is: one table (catalogue.def), read by whatever lists events. */
#ifndef GREFFIER_NOTIFY_CATALOGUE_H
#define GREFFIER_NOTIFY_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

enum event_group { EVENT_GROUP_ACCOUNT, EVENT_GROUP_PARTICIPANT };

enum event_type {
#define EVENT_TYPE(name, group, english, french) EVENT_##name,
#include "notify/catalogue.def"
#undef EVENT_TYPE
	EVENT_TYPE_COUNT
};

struct event_type_info {
	const char *name; /* on the wire */
	enum event_group group;
	const char *display_en, *display_fr;
};

const struct event_type_info *event_type_info(enum event_type type);
/* By wire name, exactly. */
bool event_type_find(const char *name, enum event_type *ret_type);

#endif
