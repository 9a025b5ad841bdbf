/* catalogue.h – the table of all event types (catalogue.def, causes.def), for all code that
 * lists events. */
#ifndef GREFFIER_NOTIFY_CATALOGUE_H
#define GREFFIER_NOTIFY_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/macros.h"

enum event_group { EVENT_GROUP_ACCOUNT, EVENT_GROUP_PARTICIPANT };

enum event_type {
#define EVENT_TYPE(name, group, english, french, meaning_en, meaning_fr) EVENT_##name,
#define EVENT_MEMBER(type, member, kind, meaning, values)
#include "notify/catalogue.def"
#undef EVENT_TYPE
#undef EVENT_MEMBER
	EVENT_TYPE_COUNT
};

struct event_type_info {
	const char *name; /* as in the API */
	enum event_group group;
	const char *display_en, *display_fr;
	const char *meaning_en, *meaning_fr;
};

/* What raises the event, and what does not although people expect it. */
struct event_cause {
	const char *en, *fr;
	const char *near_miss_en, *near_miss_fr;
};

enum event_member_kind { EVENT_MEMBER_TEXT, EVENT_MEMBER_TEXTS };

/* A member of the payload that only this type has. */
struct event_member {
	enum event_type type;
	/* "message" and "documentId" are in every payload, and null unless listed here. */
	const char *name;
	enum event_member_kind kind;
	const char *meaning;
	const char *values; /* the only allowed values, separated by commas; "" for any */
};

const struct event_type_info *event_type_info(enum event_type type);
const struct event_cause *event_type_cause(enum event_type type);
/* True for the type that only older integrations use and that is listed apart from the 22. */
bool event_type_is_legacy(enum event_type type);
/* Finds a type by its exact name. */
bool event_type_find(const char *name, enum event_type *ret_type);
/* Does the same and fails for an unknown name with `code`; the error says `where` the name is
 * and suggests the most similar type. */
MUST_CHECK bool event_type_read(const char *name, const char *where, enum error_code code,
				enum event_type *ret_type, struct error *err);
/* Returns all members of all types, in the order of the catalogue. */
const struct event_member *event_members(size_t *ret_count);

#endif
