/* catalogue.c – the table, made of catalogue.def. */
#include "notify/catalogue.h"

#include <string.h>

#include "base/macros.h"

static const struct event_type_info types[EVENT_TYPE_COUNT] = {
#define EVENT_TYPE(name, group, english, french, meaning_en, meaning_fr) \
	[EVENT_##name] = {#name, EVENT_GROUP_##group, english, french, meaning_en, meaning_fr},
#define EVENT_MEMBER(type, member, kind, meaning, values)
#include "notify/catalogue.def"
#undef EVENT_TYPE
#undef EVENT_MEMBER
};

static const struct event_member members[] = {
#define EVENT_TYPE(name, group, english, french, meaning_en, meaning_fr)
#define EVENT_MEMBER(type, member, kind, meaning, values) \
	{EVENT_##type, member, EVENT_MEMBER_##kind, meaning, values},
#include "notify/catalogue.def"
#undef EVENT_TYPE
#undef EVENT_MEMBER
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

const struct event_member *event_members(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(members);
	return members;
}
