/* catalogue.c – the table, made of catalogue.def. */
#include "notify/catalogue.h"

#include <string.h>

static const struct event_type_info types[EVENT_TYPE_COUNT] = {
#define EVENT_TYPE(name, group, english, french) \
	[EVENT_##name] = {#name, EVENT_GROUP_##group, english, french},
#include "notify/catalogue.def"
#undef EVENT_TYPE
};

const struct event_type_info *event_type_info(enum event_type type)
{
	return &types[type];
}

bool event_type_find(const char *name, enum event_type *ret_type)
{
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		if (strcmp(types[type].name, name) == 0) {
			*ret_type = (enum event_type)type;
			return true;
		}
	}
	return false;
}
