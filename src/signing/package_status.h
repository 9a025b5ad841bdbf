/* package_status.h – the state machine of a package as a table: the allowed moves, their
 * conditions and their events. Pure.
 *
 *   DRAFT ──send──▶ SENT ──all signed──▶ COMPLETED ──▶ ARCHIVED
 *     ▲ ◀──recall────┘ │ ├──▶ DECLINED          ◀────────┘
 *     │                │ ├──▶ OPTED_OUT
 *     └────edit again──┴─┴──▶ EXPIRED
 *
 * `trashed` is independent of the status and handled by package_change. */
#ifndef GREFFIER_SIGNING_PACKAGE_STATUS_H
#define GREFFIER_SIGNING_PACKAGE_STATUS_H

#include <stdbool.h>

#include "base/error.h"
#include "notify/catalogue.h"

enum package_status {
	PACKAGE_DRAFT,
	PACKAGE_SENT,
	PACKAGE_COMPLETED,
	PACKAGE_ARCHIVED,
	PACKAGE_DECLINED,
	PACKAGE_OPTED_OUT,
	PACKAGE_EXPIRED,
	PACKAGE_STATUS_COUNT
};

enum package_move_need {
	MOVE_NEEDS_NOTHING = 0,
	MOVE_NEEDS_SENDABLE = 1, /* a signer, a document besides the consent, a signature */
	MOVE_NEEDS_COMMENT = 2,  /* a messages block with a reason */
	MOVE_NEEDS_ALL_SIGNED = 4,
	MOVE_BY_SYSTEM_ONLY = 8,
};

struct package_move {
	enum package_status from, to;
	unsigned needs;
	bool raises;
	enum event_type event;
};

const char *package_status_name(enum package_status status);
bool package_status_find(const char *name, enum package_status *ret_status);
/* Finds a status by its name. An unknown name fails with ERROR_INVALID_FIELD, which lists the
 * names or suggests the most similar one. */
MUST_CHECK bool package_status_read(const char *name, enum package_status *ret_status, struct error *err);
/* Returns NULL when the move is not allowed. */
const struct package_move *package_move_find(enum package_status from, enum package_status to);

#endif
