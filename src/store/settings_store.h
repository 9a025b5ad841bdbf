/* settings_store.h – settings of accounts that are whole documents: JSON by kind and key. */
#ifndef GREFFIER_STORE_SETTINGS_STORE_H
#define GREFFIER_STORE_SETTINGS_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

struct settings_document {
	const char *account, *kind;
	const char *key; /* "" when a kind has one document */
	const char *body; /* JSON */
};

/* Inserts or replaces a document. In a txn. */
MUST_CHECK bool settings_document_put(struct db *db, const struct settings_document *document,
				      struct error *err);
/* Reads a document; *ret_body is NULL when there is none. */
MUST_CHECK bool settings_document_find(struct db *db, struct arena *arena, const char *account,
				       const char *kind, const char *key, const char **ret_body,
				       struct error *err);
/* Deletes a document. Not an error when there is none. */
MUST_CHECK bool settings_document_delete(struct db *db, const char *account, const char *kind,
					 const char *key, struct error *err);
MUST_CHECK bool settings_document_count(struct db *db, const char *account, const char *kind,
					int64_t *ret_count, struct error *err);
/* Lists the bodies of a kind, ordered by key. `ret_bodies` has room for `limit`. */
MUST_CHECK bool settings_document_list(struct db *db, struct arena *arena, const char *account,
				       const char *kind, int64_t offset, size_t limit,
				       const char **ret_bodies, size_t *ret_count,
				       struct error *err);

#endif
