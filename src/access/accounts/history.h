/* history.h – the history of an account's configuration: which members a change replaced, and undoing it.
 *
 * A change is kept sealed, beside its entry in the audit log, in the same transaction. Only members that differ are kept. Of a
 * secret nothing is kept but that it was replaced. A value that may hold a key (a header's, a URL's query) is kept to be written
 * back and never shown.
 * Undoing writes the earlier values back through the call that changes them anyway, with the rights of whoever undoes. The check
 * that nothing has changed since is made in that call's transaction: history_record. */
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
#define HISTORY_MEMBER_MAX 16384 /* bytes of a member's two values; a larger one is not kept */
#define HISTORY_CHANGE_MAX 65536 /* bytes of all values of a change together */

/* In place of a secret: two are equal when they are the same secret, or both none (""). New reference. */
json_t *history_secret(const struct context *context, const char *text);
/* A value that is kept to be undone, and what is shown of it. Takes both. New reference. */
json_t *history_hidden(json_t *value, json_t *shown);
/* Without secrets, and with the values that are hidden: a body to be sent back. New reference. */
json_t *history_plain(const json_t *values);

struct history_change {
	enum history_kind kind;
	const char *subject; /* id */
	const char *name;    /* as people call it; "" for none */
	const json_t *before, *after; /* objects, whole. NULL: it did not exist before, or does not any more */
};
/* Writes what differs beside the audit entry that the txn has just written; nothing when nothing differs. For a context with
 * `undo`: ERROR_CHANGED_SINCE when `before` is not what the undone change has left, or more would change than that did. */
MUST_CHECK bool history_record(const struct context *context, struct db *db,
			       const struct history_change *change, struct error *err);

/* {results, next}: newest first, of the kinds that the caller may read. `kind` and `subject` NULL: any; a subject needs its kind.
 * `before`: numbers below that; 0: from the newest. `limit`: HISTORY_PAGE_MAX at most. ERROR_NO_PERMISSION. New reference. */
json_t *history_list(const struct context *context, const char *kind, const char *subject,
		     int64_t before, int64_t limit, struct error *err);

/* A change that is being undone. */
struct history_undo {
	int64_t sequence;
	enum history_kind kind;
	const char *subject;
	json_t *before, *after; /* members to be written back; null for one that was not there */
};
/* ERROR_RESOURCE_NOT_FOUND; ERROR_NO_PERMISSION, ERROR_INSUFFICIENT_SCOPE; ERROR_CANNOT_UNDO says why. *ret_undo lives in the
 * context's arena; end it with history_undo_end. */
MUST_CHECK bool history_undo_begin(const struct context *context, int64_t sequence,
				   struct history_undo *ret_undo, struct error *err);
void history_undo_end(struct history_undo *undo);

#endif
