/* package_status.c – the table. */
#include "signing/package_status.h"

#include <stddef.h>
#include <string.h>

#include "base/macros.h"
#include "base/near.h"

static const char *const names[PACKAGE_STATUS_COUNT] = {
	[PACKAGE_DRAFT] = "DRAFT",	   [PACKAGE_SENT] = "SENT",
	[PACKAGE_COMPLETED] = "COMPLETED", [PACKAGE_ARCHIVED] = "ARCHIVED",
	[PACKAGE_DECLINED] = "DECLINED",   [PACKAGE_OPTED_OUT] = "OPTED_OUT",
	[PACKAGE_EXPIRED] = "EXPIRED",
};

#define RAISES(name) true, EVENT_##name
#define SILENT false, EVENT_TYPE_COUNT

static const struct package_move moves[] = {
	{PACKAGE_DRAFT, PACKAGE_SENT, MOVE_NEEDS_SENDABLE, RAISES(PACKAGE_ACTIVATE)},
	{PACKAGE_SENT, PACKAGE_DRAFT, MOVE_NEEDS_NOTHING, RAISES(PACKAGE_DEACTIVATE)},
	{PACKAGE_SENT, PACKAGE_COMPLETED, MOVE_NEEDS_ALL_SIGNED, RAISES(PACKAGE_COMPLETE)},
	{PACKAGE_SENT, PACKAGE_DECLINED, MOVE_NEEDS_COMMENT, RAISES(PACKAGE_DECLINE)},
	{PACKAGE_SENT, PACKAGE_OPTED_OUT, MOVE_NEEDS_COMMENT, RAISES(PACKAGE_OPT_OUT)},
	{PACKAGE_SENT, PACKAGE_EXPIRED, MOVE_BY_SYSTEM_ONLY, RAISES(PACKAGE_EXPIRE)},
	{PACKAGE_COMPLETED, PACKAGE_ARCHIVED, MOVE_NEEDS_NOTHING, RAISES(PACKAGE_ARCHIVE)},
	{PACKAGE_ARCHIVED, PACKAGE_COMPLETED, MOVE_NEEDS_NOTHING, RAISES(PACKAGE_RESTORE)},
	{PACKAGE_DECLINED, PACKAGE_DRAFT, MOVE_NEEDS_NOTHING, SILENT},
	{PACKAGE_OPTED_OUT, PACKAGE_DRAFT, MOVE_NEEDS_NOTHING, SILENT},
	{PACKAGE_EXPIRED, PACKAGE_DRAFT, MOVE_NEEDS_NOTHING, SILENT},
};

const char *package_status_name(enum package_status status)
{
	return names[status];
}

bool package_status_find(const char *name, enum package_status *ret_status)
{
	for (int status = 0; status < PACKAGE_STATUS_COUNT; status++) {
		if (strcmp(names[status], name) == 0) {
			*ret_status = (enum package_status)status;
			return true;
		}
	}
	return false;
}

bool package_status_read(const char *name, enum package_status *ret_status, struct error *err)
{
	if (package_status_find(name, ret_status))
		return true;
	const char *meant = near_find(name, names, PACKAGE_STATUS_COUNT);
	if (meant)
		return error_set(err, ERROR_INVALID_FIELD,
				 "status: `%.40s` is not a status; did you mean `%s`?", name,
				 meant);
	return error_set(err, ERROR_INVALID_FIELD,
			 "status: `%.40s` is not a status: DRAFT, SENT, COMPLETED, ARCHIVED, "
			 "DECLINED, OPTED_OUT or EXPIRED",
			 name);
}

const struct package_move *package_move_find(enum package_status from, enum package_status to)
{
	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		if (moves[i].from == from && moves[i].to == to)
			return &moves[i];
	}
	return NULL;
}
