/* package_record.h – packages between the rules and the store: read for a caller, written in parts. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_RECORD_H
#define GREFFIER_SIGNING_PACKAGE_RECORD_H

#include <jansson.h>

#include "signing/package.h"
#include "signing/package_view.h"
#include "store/package_store.h"

/* A package as it was read. Its parts come when something needs them. */
struct stored_package {
	struct package_record record; /* `members` is always there, `whole` is "" */
	struct package_parts parts;   /* when has_parts */
	bool has_parts;
	bool is_undivided; /* its row is still the whole package, as version 0.3 wrote it */
};

/* Reads the package for a caller: ERROR_PACKAGE_NOT_FOUND, or ERROR_NO_PERMISSION when it is another user's.
 * `for_update`: in a txn. */
MUST_CHECK bool stored_package_find(const struct context *context, struct db *db, const char *id,
				    bool for_update, struct stored_package *ret_package,
				    struct error *err);
/* Reads the parts unless they are there. ERROR_PACKAGE_NOT_FOUND when the package was deleted meanwhile. */
MUST_CHECK bool stored_package_parts(const struct context *context, struct db *db,
				     struct stored_package *package, struct error *err);

/* Reads one part, which must not be looked for in a package that has been changed. *ret_found is false when the package has no
 * part of that kind and id. */
MUST_CHECK bool stored_package_part(const struct context *context, struct db *db,
				    const struct stored_package *package,
				    enum package_part_kind kind, const char *id,
				    struct package_part *ret_part, bool *ret_found,
				    struct error *err);
/* Reads the parts of one kind. */
MUST_CHECK bool stored_package_kind(const struct context *context, struct db *db,
				    const struct stored_package *package,
				    enum package_part_kind kind, struct package_parts *ret_parts,
				    struct error *err);

/* Takes `members` from the package's JSON: its own members, from which roles and documents have been taken out, and the
 * columns they fill; account, owner and version are the caller's. Texts live in `arena`.
 * ERROR_BODY_TOO_LARGE when they outgrow PACKAGE_BODY_MAX. */
MUST_CHECK bool package_record_fill(struct arena *arena, const json_t *members,
				    struct package_record *record, struct error *err);
/* ERROR_BODY_TOO_LARGE when members and parts together outgrow PACKAGE_BODY_MAX. */
MUST_CHECK bool package_size_check(const struct package_record *record, struct error *err);

/* Writes a new package. In a txn. */
MUST_CHECK bool package_record_insert(const struct context *context, struct txn *txn,
				      const struct package_record *record,
				      const struct package_parts *parts, struct error *err);
/* Writes the package's members after a change; changed parts are written by package_part_save. Divides it when nothing speaks
 * against it. In a txn. */
MUST_CHECK bool stored_package_save(const struct context *context, struct txn *txn,
				    const struct stored_package *package, struct error *err);

#endif
