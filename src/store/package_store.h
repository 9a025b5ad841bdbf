/* package_store.h – packages.
 *
 * A package's row holds the JSON text of its own members, next to the columns that searches
 * need. One statement writes both, so that they always agree. Roles and documents are separate
 * rows (package_parts.h). */
#ifndef GREFFIER_STORE_PACKAGE_STORE_H
#define GREFFIER_STORE_PACKAGE_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/package_parts.h"
#include "store/store.h"

#define PACKAGE_ID_LENGTH 28

struct package_record {
	const char *account;
	const char *id;
	const char *owner;  /* user uid */
	const char *type;   /* PACKAGE, TEMPLATE, LAYOUT */
	const char *status; /* DRAFT … EXPIRED */
	bool trashed;
	const char *visibility;
	const char *name, *description;
	const char *search; /* search_text_make of name and description; write-only */
	const char *people; /* search_people_make; write-only. NULL: unchanged */
	struct wall_time created, updated;
	struct wall_time due, completed; /* 0: none */
	int64_t version; /* number of saves, from 1 */
	int64_t parts_size; /* total length of its parts in bytes; 0 unless `whole` is "" */
	/* One of the following two is "". */
	const char *members; /* JSON object of the package without roles and documents */
	/* JSON object with roles and documents, as version 0.3 stored it; there are no parts
	 * then. */
	const char *whole;
};

/* Inserts a package without its parts. */
MUST_CHECK bool package_insert(struct db *db, const struct package_record *package, struct error *err);
/* Finds a package. With `for_update`, in a txn, PostgreSQL locks the row until the txn ends, so
 * that changes of a package run one after another. */
MUST_CHECK bool package_find(struct db *db, struct arena *arena, const char *account, const char *id,
			     bool for_update, struct package_record *ret_package, bool *ret_found,
			     struct error *err);
/* Finds the owner without reading the rest. */
MUST_CHECK bool package_find_owner(struct db *db, struct arena *arena, const char *account,
				   const char *id, const char **ret_owner, bool *ret_found,
				   struct error *err);
/* Saves all members except account, id, owner and created. `version` is the new version and must
 * follow the stored one; otherwise it fails with ERROR_CONFLICT. */
MUST_CHECK bool package_save(struct db *db, const struct package_record *package, struct error *err);
/* Deletes a package with its parts and the contents of its documents. */
MUST_CHECK bool package_delete(struct txn *txn, const char *account, const char *id, bool *ret_found,
			       struct error *err);

enum package_sort { PACKAGE_SORT_CREATED, PACKAGE_SORT_COMPLETED, PACKAGE_SORT_UPDATED, PACKAGE_SORT_DUE,
		    PACKAGE_SORT_NAME, PACKAGE_SORT_STATUS };

/* NULL, 0 or false mean: no condition. */
struct package_filter {
	const char *account;
	const char *owner;
	const char *type;      /* one type */
	const char *statuses;  /* "|DRAFT|DECLINED|": one of these; NULL: all */
	bool trashed;          /* true: only trashed; false: only those not trashed */
	const char *visibility;
	const char *search;    /* text in name or description; case is ignored (search_text.h) */
	bool search_exact;     /* it must be the whole name; case is ignored */
	struct wall_time updated_from, updated_to; /* inclusive; 0: no bound */
	struct wall_time due_before;               /* 0: any */
	enum package_sort sort;
	bool descending;
	int64_t offset, limit;
};

struct package_found {
	const char *id;
	/* As in package_record; NULL when `bodies_max` is 0. */
	const char *members, *whole;
	struct package_parts parts;
};

/* Lists and locks up to `limit` packages of any account that are not divided into parts yet.
 * Skips rows locked by others (PostgreSQL). In a txn. */
MUST_CHECK bool package_list_undivided(struct db *db, struct arena *arena, size_t limit,
				       struct package_record *ret_packages, size_t *ret_count,
				       struct error *err);
/* Replaces `whole` by members and parts. The version stays. In a txn. */
MUST_CHECK bool package_divide(struct db *db, const struct package_record *package,
			       const struct package_parts *parts, struct error *err);

/* Lists one page; *ret_total counts all matches. Texts are read a few at a time until they
 * exceed `bodies_max` bytes; it then fails with ERROR_BODY_TOO_LARGE. 0: no texts are read. */
MUST_CHECK bool package_list(struct db *db, struct arena *arena, const struct package_filter *filter,
			     size_t bodies_max, struct package_found **ret_packages,
			     size_t *ret_count, int64_t *ret_total, struct error *err);

/* How people recognise a package. */
struct package_name {
	const char *id, *name, *status;
	struct wall_time updated;
};
/* *ret_found is false when no package has that id. */
MUST_CHECK bool package_find_name(struct db *db, struct arena *arena, const char *account, const char *id,
				  struct package_name *ret_name, bool *ret_found, struct error *err);
/* Lists packages with the text in their name or description, ignoring case. Last changed first,
 * the trash after the others, at most `limit`. Searches the last PACKAGE_NAMES_MAX changed
 * packages of each. */
#define PACKAGE_NAMES_MAX 20000
MUST_CHECK bool package_list_named(struct db *db, struct arena *arena, const char *account, const char *text,
				   size_t limit, struct package_name *ret_names, size_t *ret_count,
				   struct error *err);

#endif
