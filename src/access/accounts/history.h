/* history.h – the history of an account's configuration: which members each change replaced, and
 * undoing a change.
 *
 * A change is stored sealed, next to its entry in the audit log and in the same transaction.
 * Only members that differ are stored. For a secret, only the fact that it was replaced is
 * stored. A value that may contain a key (a header's value, a URL's query) is stored for undoing
 * and never shown.
 *
 * Undoing writes the earlier values with the ordinary call for such changes and with the rights
 * of the person who undoes. history_record checks, in that call's transaction, that nothing has
 * changed since. */
#ifndef GREFFIER_ACCESS_HISTORY_H
#define GREFFIER_ACCESS_HISTORY_H

#include <jansson.h>

#include "context/context.h"

enum history_kind {
#define HISTORY_KIND(id, number, name, permission, read, manage, owner) HISTORY_##id = (number),
#include "access/accounts/history.def"
#undef HISTORY_KIND
	HISTORY_KIND_COUNT,
};

#define HISTORY_PAGE_MAX 50
#define HISTORY_MEMBER_MAX 16384 /* bytes of a member's two values; larger ones are not stored */
#define HISTORY_CHANGE_MAX 65536 /* bytes of all values of one change */

/* Makes a mark that stands for a secret. Two marks are equal when the secrets are equal or both
 * are absent (""). New reference. */
json_t *history_secret(const struct context *context, const char *text);
/* Combines a value that is stored for undoing with the value that is shown. Takes both. New
 * reference. */
json_t *history_hidden(json_t *value, json_t *shown);
/* Returns a body for an ordinary call: without secrets and with the hidden values. New
 * reference. */
json_t *history_plain(const json_t *values);

struct history_change {
	enum history_kind kind;
	const char *subject; /* id */
	const char *name;    /* the name people know; "" for none */
	/* Complete objects; NULL: did not exist before, or no longer exists. */
	const json_t *before, *after;
	bool needs_secret; /* `before` cannot be written back without a secret, which is not kept */
};
/* Stores the differences with the audit entry that the txn has just written; does nothing
 * without differences. In a context with `undo` it fails with ERROR_CHANGED_SINCE when `before`
 * differs from the result of the undone change, or when other members would change too. */
MUST_CHECK bool history_record(const struct context *context, struct db *db,
			       const struct history_change *change, struct error *err);

/* A change that is being undone. */
struct history_undo {
	int64_t sequence;
	enum history_kind kind;
	const char *subject;
	json_t *before, *after; /* members to write; null for a member that did not exist */
};
/* Prepares to undo a change. Fails with ERROR_RESOURCE_NOT_FOUND, ERROR_NO_PERMISSION,
 * ERROR_INSUFFICIENT_SCOPE or ERROR_CANNOT_UNDO, which says why. *ret_undo lives in the
 * context's arena; end it with history_undo_end. */
MUST_CHECK bool history_undo_begin(const struct context *context, int64_t sequence,
				   struct history_undo *ret_undo, struct error *err);
void history_undo_end(struct history_undo *undo);

/* ---- inside src/access/accounts only ---- */

struct configuration_change;
/* Opens a stored change: {name, before, after, replaced, omitted}. New reference. */
json_t *history_open(const struct context *context,
		     const struct configuration_change *change, struct error *err);
/* Returns the part of a stored value that may be shown. Borrowed. */
json_t *history_shown(json_t *value, bool *ret_hidden);

#endif
