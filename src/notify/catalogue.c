/* catalogue.c – the table, made of catalogue.def and causes.def. */
#include "notify/catalogue.h"

#include <string.h>

#include "base/macros.h"
#include "base/near.h"

static const struct event_cause causes[EVENT_TYPE_COUNT] = {
#define EVENT_CAUSE(name, cause_en, cause_fr, near_miss_en, near_miss_fr) \
	[EVENT_##name] = {cause_en, cause_fr, near_miss_en, near_miss_fr},
#include "notify/causes.def"
#undef EVENT_CAUSE
};

enum {
	CAUSE_COUNT = 0
#define EVENT_CAUSE(name, cause_en, cause_fr, near_miss_en, near_miss_fr) +1
#include "notify/causes.def"
#undef EVENT_CAUSE
};
_Static_assert((int)CAUSE_COUNT == (int)EVENT_TYPE_COUNT, "each event type has its cause");

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

const struct event_cause *event_type_cause(enum event_type type)
{
	return &causes[type];
}

bool event_type_is_legacy(enum event_type type)
{
	return type == EVENT_PACKAGE_OPT_OUT;
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

bool event_type_read(const char *name, const char *where, enum error_code code,
		     enum event_type *ret_type, struct error *err)
{
	const char *names[EVENT_TYPE_COUNT];

	if (event_type_find(name, ret_type))
		return true;
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		names[type] = types[type].name;
	const char *meant = near_find(name, names, EVENT_TYPE_COUNT);
	return error_set(err, code, "%s: `%.60s` is not an event type%s%s%s", where, name,
			 meant ? "; did you mean `" : "", meant ? meant : "", meant ? "`?" : "");
}

const struct event_member *event_members(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(members);
	return members;
}
