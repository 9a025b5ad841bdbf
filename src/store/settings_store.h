/* settings_store.h – settings of accounts that are documents: JSON by kind and key. */
#ifndef GREFFIER_STORE_SETTINGS_STORE_H
#define GREFFIER_STORE_SETTINGS_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

struct settings_document {
	const char *account, *kind;
	const char *key; /* "" where a kind has one document */
	const char *body; /* JSON */
};

/* Inserts or replaces. In a txn. */
MUST_CHECK bool settings_document_put(struct db *db, const struct settings_document *document,
				      struct error *err);
/* *ret_body is NULL when there is none. */
MUST_CHECK bool settings_document_find(struct db *db, struct arena *arena, const char *account,
				       const char *kind, const char *key, const char **ret_body,
				       struct error *err);
/* One that is not there is no failure. */
MUST_CHECK bool settings_document_delete(struct db *db, const char *account, const char *kind,
					 const char *key, struct error *err);
MUST_CHECK bool settings_document_count(struct db *db, const char *account, const char *kind,
					int64_t *ret_count, struct error *err);
/* The bodies of a kind in order of keys: at most `limit`, which is the room of `ret_bodies`. */
MUST_CHECK bool settings_document_list(struct db *db, struct arena *arena, const char *account,
				       const char *kind, int64_t offset, size_t limit,
				       const char **ret_bodies, size_t *ret_count,
				       struct error *err);

#endif
