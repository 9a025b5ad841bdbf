/* migrations.h – brings the schema of a database up to date (migrations.c explains how). Inside
 * src/store only. */
#ifndef GREFFIER_STORE_MIGRATIONS_H
#define GREFFIER_STORE_MIGRATIONS_H

#include "store/db_driver.h"
#include "store/rows.h"

struct migration {
	const char *name;
	const char *script;
	bool in_pieces; /* it only adds; a node of the previous version can continue meanwhile */
};
struct migration_list {
	const struct migration *of; /* version 1 first */
	size_t count;
};
extern const struct migration migrations[];
extern const size_t migration_count;

/* How an engine runs migrations. */
struct migration_rules {
	const char *begin;
	const char *lock; /* the first statement of each transaction; NULL: none */
	/* Translates a script; the caller calls free(); NULL: unchanged. */
	char *(*dialect)(const char *script);
	/* Other processes use the tables: run in pieces, and retry when a lock is not available. */
	bool tables_are_shared;
};

/* Runs all missing migrations. After a failure, completed steps stay completed, and the next
 * start continues from there. */
bool migrate(struct db *db, const struct migration_rules *rules, struct error *err);
/* Does the same with another list, for tests. */
bool migrate_to(struct db *db, const struct migration_rules *rules,
		const struct migration_list *list, struct error *err);

/* Returns statement `number` of a script, counted from 0, with its semicolon and the text before
 * it. Returns NULL when there are fewer. The caller calls free(). Texts and comments may contain
 * semicolons. */
char *migration_piece(const char *script, int64_t number);

extern const struct migration_rules sqlite_migration_rules, postgresql_migration_rules;

#endif
