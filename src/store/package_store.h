/* package_store.h – packages and the contents of their documents.
 *
 * A package's row holds the JSON text of its own members, next to the columns that searches need. One statement writes both, so
 * they cannot differ. Its roles and documents are rows of their own (package_parts.h). */
#ifndef GREFFIER_STORE_PACKAGE_STORE_H
#define GREFFIER_STORE_PACKAGE_STORE_H

#include "base/arena.h"
#include "base/buf.h"
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
	const char *search; /* search_text_make of both; only written */
	const char *people; /* search_people_make; only written. NULL: stays */
	struct wall_time created, updated;
	struct wall_time due, completed; /* 0: none */
	int64_t version; /* counts saves, from 1 */
	int64_t parts_size; /* bytes of its parts' texts together; 0 while `whole` is not "" */
	/* One of these two is "": */
	const char *members; /* JSON object of the package's own members, without roles and documents */
	const char *whole;   /* the same with roles and documents, as version 0.3 has it; then there are no parts */
};

/* Without its parts. */
MUST_CHECK bool package_insert(struct db *db, const struct package_record *package, struct error *err);
/* In a txn, PostgreSQL locks the row until the end of it (`for_update`): the changes of a package are serial. */
MUST_CHECK bool package_find(struct db *db, struct arena *arena, const char *account, const char *id,
			     bool for_update, struct package_record *ret_package, bool *ret_found,
			     struct error *err);
/* Who owns it, without reading the rest. */
MUST_CHECK bool package_find_owner(struct db *db, struct arena *arena, const char *account,
				   const char *id, const char **ret_owner, bool *ret_found,
				   struct error *err);
/* Writes everything but account, id, owner and created; `version` is the new one and must follow the stored one
 * (else ERROR_CONFLICT). */
MUST_CHECK bool package_save(struct db *db, const struct package_record *package, struct error *err);
/* With its parts and its documents' contents. */
MUST_CHECK bool package_delete(struct db *db, const char *account, const char *id, bool *ret_found,
			       struct error *err);

enum package_sort { PACKAGE_SORT_CREATED, PACKAGE_SORT_COMPLETED, PACKAGE_SORT_UPDATED, PACKAGE_SORT_DUE,
		    PACKAGE_SORT_NAME, PACKAGE_SORT_STATUS };

/* NULL, 0 or false: no condition of that kind. */
struct package_filter {
	const char *account;
	const char *owner;
	const char *type;      /* one type */
	const char *statuses;  /* "|DRAFT|DECLINED|": any of them; NULL for all */
	bool trashed;          /* true: only trashed; false: only those not trashed */
	const char *visibility;
	const char *search;    /* in name or description, in any case (search_text.h) */
	bool search_exact;     /* the whole name, in any case */
	struct wall_time updated_from, updated_to; /* inclusive; 0: open */
	struct wall_time due_before;               /* 0: any */
	enum package_sort sort;
	bool descending;
	int64_t offset, limit;
};

struct package_found {
	const char *id;
	/* As in package_record; NULL without `bodies_max`. */
	const char *members, *whole;
	struct package_parts parts;
};

/* Undivided packages of any account, locked; as many as `limit`. On PostgreSQL it passes over those that somebody else has
 * locked. In a txn. */
MUST_CHECK bool package_list_undivided(struct db *db, struct arena *arena, size_t limit,
				       struct package_record *ret_packages, size_t *ret_count,
				       struct error *err);
/* Replaces the whole by members and parts: the version stays. In a txn. */
MUST_CHECK bool package_divide(struct db *db, const struct package_record *package,
			       const struct package_parts *parts, struct error *err);

/* One page; *ret_total counts all that match. Texts are read a few at a time, until they have more than `bodies_max` bytes
 * together: then ERROR_BODY_TOO_LARGE, and no more of them are read. 0: no bodies. */
MUST_CHECK bool package_list(struct db *db, struct arena *arena, const struct package_filter *filter,
			     size_t bodies_max, struct package_found **ret_packages,
			     size_t *ret_count, int64_t *ret_total, struct error *err);

/* What people know a package by. */
struct package_name {
	const char *id, *name, *status;
	struct wall_time updated;
};
/* *ret_found false: there is none with that id. */
MUST_CHECK bool package_find_name(struct db *db, struct arena *arena, const char *account, const char *id,
				  struct package_name *ret_name, bool *ret_found, struct error *err);
/* Those whose name or description has the text in it, in any case: the last changed first, at most `limit`, those in the trash
 * behind the others. Looks at the PACKAGE_NAMES_MAX that were changed last, of either. */
#define PACKAGE_NAMES_MAX 20000
MUST_CHECK bool package_list_named(struct db *db, struct arena *arena, const char *account, const char *text,
				   size_t limit, struct package_name *ret_names, size_t *ret_count,
				   struct error *err);

struct document_content {
	const char *account, *package, *document; /* the document's id */
	struct bytes content;                     /* PDF */
	struct wall_time created;
};

/* Inserts or replaces. */
MUST_CHECK bool document_content_put(struct db *db, const struct document_content *content,
				     struct error *err);
/* Gives another package copies of all contents, under the same document ids. */
MUST_CHECK bool document_contents_copy(struct db *db, const char *account, const char *from,
				       const char *to, struct wall_time now, struct error *err);
/* One that is not there is no failure: some documents have none. */
MUST_CHECK bool document_content_delete(struct db *db, const char *account, const char *package,
					const char *document, struct error *err);
MUST_CHECK bool document_content_find(struct db *db, struct arena *arena, const char *account,
				      const char *package, const char *document, struct bytes *ret_content,
				      bool *ret_found, struct error *err);

#endif
