/* package_record.h – loads packages for a caller and stores them in parts: the layer between the
 * rules and the store. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_RECORD_H
#define GREFFIER_SIGNING_PACKAGE_RECORD_H

#include <jansson.h>

#include "signing/package.h"
#include "signing/package_view.h"
#include "store/package_store.h"

/* A package as it was read. Its parts are read when needed. */
struct stored_package {
	struct package_record record; /* `members` is always there, `whole` is "" */
	struct package_parts parts;   /* when has_parts */
	bool has_parts;
	/* Its row still has the whole package as one text, as version 0.3 wrote it. */
	bool is_undivided;
};

/* Reads the package for a caller. Fails with ERROR_PACKAGE_NOT_FOUND, or with
 * ERROR_NO_PERMISSION when it belongs to another user. `for_update` needs a txn. */
MUST_CHECK bool stored_package_find(const struct context *context, struct db *db, const char *id,
				    bool for_update, struct stored_package *ret_package,
				    struct error *err);
/* Reads the parts unless they were read before. Fails with ERROR_PACKAGE_NOT_FOUND when the
 * package was deleted meanwhile. */
MUST_CHECK bool stored_package_parts(const struct context *context, struct db *db,
				     struct stored_package *package, struct error *err);

/* Reads one part. The package must not have been changed. *ret_found is false when it has no
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

/* Fills the record from `members`, the package's JSON without roles and documents: the text and
 * the columns. Account, owner and version are set by the caller. Texts live in `arena`. Fails
 * with ERROR_BODY_TOO_LARGE when they exceed PACKAGE_BODY_MAX. */
MUST_CHECK bool package_record_fill(struct arena *arena, const json_t *members,
				    struct package_record *record, struct error *err);
/* Fails with ERROR_BODY_TOO_LARGE when members and parts together exceed PACKAGE_BODY_MAX. */
MUST_CHECK bool package_size_check(const struct package_record *record, struct error *err);

/* Writes a new package. In a txn. */
MUST_CHECK bool package_record_insert(const struct context *context, struct txn *txn,
				      const struct package_record *record,
				      const struct package_parts *parts, struct error *err);
/* Saves the package's members after a change; changed parts are saved by package_part_save.
 * Divides an undivided package when possible. In a txn. */
MUST_CHECK bool stored_package_save(const struct context *context, struct txn *txn,
				    const struct stored_package *package, struct error *err);

#endif
