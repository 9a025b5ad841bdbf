/* audit.h – the audit log: who did what to which credential, setting or role, from where, when.
 *
 * An entry is written in the transaction of what it tells of. Its MAC covers itself and the MAC before it, under a key that
 * is not in the database: whoever changes, removes or inserts an entry there breaks the chain. Cutting off the end leaves a
 * chain that is whole; note `audit verify`'s last number and MAC somewhere else from time to time to see that too. */
#ifndef GREFFIER_ACCESS_AUDIT_H
#define GREFFIER_ACCESS_AUDIT_H

#include <jansson.h>

#include "context/context.h"
#include "store/audit_store.h"

/* Takes `detail` (an object; NULL for none). Details hold no secret. */
MUST_CHECK bool audit_record(const struct context *context, struct db *db, const char *action,
			     const char *target, json_t *detail, struct error *err);
/* The same on behalf of somebody who is no caller: PARTNER, SYSTEM, or a USER who is just signing in. */
MUST_CHECK bool audit_record_as(const struct context *context, struct db *db,
				const char *actor_kind, const char *actor, const char *action,
				const char *target, json_t *detail, struct error *err);

struct audit_verdict {
	int64_t entries; /* that are in order */
	bool whole;
	int64_t broken_at; /* number of the first that is not, when the chain is not whole */
	struct bytes head; /* MAC of the last of them, in the context's arena */
};
/* Reads the whole log of `account` ("" for the installation's). Entries written meanwhile are read, too. */
MUST_CHECK bool audit_verify(const struct context *context, const char *account,
			     struct audit_verdict *ret_verdict, struct error *err);

/* Whether the log still has an entry that was noted as NUMBER:HASH: otherwise it was cut or rewritten. ERROR_INVALID_FIELD for
 * another form. */
MUST_CHECK bool audit_find_noted(const struct context *context, const char *account,
				 const char *noted, bool *ret_found, struct error *err);

json_t *audit_entry_to_json(struct arena *arena, const struct audit_entry *entry);

#endif
