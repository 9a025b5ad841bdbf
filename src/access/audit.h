/* audit.h – the audit log: who did what to which credential, setting or role, from where, and
 * when.
 *
 * An entry is written in the transaction of the change that it reports. Its MAC covers the entry
 * and the MAC before it; the key is not in the database. Changing, removing or inserting an
 * entry in the database therefore breaks the chain. Cutting off the end does not: note the last
 * number and MAC of `audit verify` elsewhere from time to time to detect that. */
#ifndef GREFFIER_ACCESS_AUDIT_H
#define GREFFIER_ACCESS_AUDIT_H

#include <jansson.h>

#include "context/context.h"
#include "store/audit_store.h"

/* Writes an entry. Takes `detail` (an object; NULL for none), which must not contain secrets. */
MUST_CHECK bool audit_record(const struct context *context, struct db *db, const char *action,
			     const char *target, json_t *detail, struct error *err);
/* Writes an entry for someone who is not the caller: PARTNER, SYSTEM, or a USER who is signing
 * in. */
MUST_CHECK bool audit_record_as(const struct context *context, struct db *db,
				const char *actor_kind, const char *actor, const char *action,
				const char *target, json_t *detail, struct error *err);

struct audit_verdict {
	int64_t entries; /* number of valid entries */
	bool whole;
	int64_t broken_at; /* number of the first invalid entry, when the chain is broken */
	struct bytes head; /* MAC of the last valid entry, in the context's arena */
};
/* Verifies the whole log of `account` ("" for the installation's), including entries written
 * meanwhile. */
MUST_CHECK bool audit_verify(const struct context *context, const char *account,
			     struct audit_verdict *ret_verdict, struct error *err);

/* Tells whether the log still has an entry noted as NUMBER:HASH; otherwise it was cut or
 * rewritten. Fails with ERROR_INVALID_FIELD when `noted` has another form. */
MUST_CHECK bool audit_find_noted(const struct context *context, const char *account,
				 const char *noted, bool *ret_found, struct error *err);

json_t *audit_entry_to_json(struct arena *arena, const struct audit_entry *entry);

#endif
