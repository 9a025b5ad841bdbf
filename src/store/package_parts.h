/* package_parts.h – roles and documents of packages. Each is a row with the finished JSON text
 * of its part.
 *
 * A change writes only the parts that it touches. A read joins the texts without parsing them.
 * The members of the package itself are in its own row (package_store.h). */
#ifndef GREFFIER_STORE_PACKAGE_PARTS_H
#define GREFFIER_STORE_PACKAGE_PARTS_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

enum package_part_kind { PACKAGE_ROLE, PACKAGE_DOCUMENT, PACKAGE_PART_KIND_COUNT };

struct package_part {
	const char *id;   /* of the role or document; unique in its package and kind */
	const char *body; /* JSON object; a document's has its approvals and fields */
};

/* In the order in which the package shows them. */
struct package_parts {
	struct package_part *list[PACKAGE_PART_KIND_COUNT];
	size_t count[PACKAGE_PART_KIND_COUNT];
};

/* Total length of all texts in bytes. */
size_t package_parts_size(const struct package_parts *parts);

/* Inserts all parts of a new package, a few in each statement. In a txn. */
MUST_CHECK bool package_parts_insert(struct db *db, const char *account, const char *package,
				     const struct package_parts *parts, struct error *err);
/* Reads all parts of a package. Fails with ERROR_NO_MEMORY when memory is short, because their
 * size comes from outside. */
MUST_CHECK bool package_parts_read(struct db *db, struct arena *arena, const char *account,
				   const char *package, struct package_parts *ret_parts,
				   struct error *err);
/* Reads all parts of one kind; the other kind is left empty. */
MUST_CHECK bool package_parts_read_kind(struct db *db, struct arena *arena, const char *account,
					const char *package, enum package_part_kind kind,
					struct package_parts *ret_parts, struct error *err);
/* Reads one part. *ret_found is false when the package has no part of that kind and id. */
MUST_CHECK bool package_part_find(struct db *db, struct arena *arena, const char *account,
				  const char *package, enum package_part_kind kind, const char *id,
				  struct package_part *ret_part, bool *ret_found, struct error *err);
/* Lists the ids of all parts of one kind in order, without their texts. */
MUST_CHECK bool package_part_ids(struct db *db, struct arena *arena, const char *account,
				 const char *package, enum package_part_kind kind,
				 const char *const **ret_ids, size_t *ret_count, struct error *err);

/* The following functions change parts of one package, in a txn that holds the package's row. */

/* Inserts a part after the last one of its kind. */
MUST_CHECK bool package_part_append(struct db *db, const char *account, const char *package,
				    enum package_part_kind kind, const struct package_part *part,
				    struct error *err);
/* Deletes one part, which must exist. */
MUST_CHECK bool package_part_delete(struct db *db, const char *account, const char *package,
				    enum package_part_kind kind, const char *id, struct error *err);
/* Puts the parts of one kind into the order of `ids`, which names each of them once. */
MUST_CHECK bool package_parts_order(struct db *db, const char *account, const char *package,
				    enum package_part_kind kind, const char *const *ids,
				    size_t count, struct error *err);
/* Replaces the text of one part, which must exist. */
MUST_CHECK bool package_part_save(struct db *db, const char *account, const char *package,
				  enum package_part_kind kind, const struct package_part *part,
				  struct error *err);
MUST_CHECK bool package_parts_delete(struct db *db, const char *account, const char *package,
				     struct error *err);

#define PACKAGES_AT_ONCE 8
/* Does the same as package_parts_read for up to PACKAGES_AT_ONCE packages; NULL ids are skipped.
 * Fails with ERROR_BODY_TOO_LARGE when the texts have more than *left bytes, and otherwise
 * subtracts their length from *left. */
MUST_CHECK bool package_parts_read_many(struct db *db, struct arena *arena, const char *account,
					const char *const packages[PACKAGES_AT_ONCE],
					struct package_parts ret_parts[PACKAGES_AT_ONCE],
					size_t *left, struct error *err);

#endif
