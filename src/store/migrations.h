/* migrations.h – brings a database's schema up to date: migrations.c tells how. Inside src/store only. */
#ifndef GREFFIER_STORE_MIGRATIONS_H
#define GREFFIER_STORE_MIGRATIONS_H

#include "store/db_driver.h"
#include "store/rows.h"

struct migration {
	const char *name;
	const char *script;
	bool in_pieces; /* expands only: a node of the version before goes on meanwhile */
};
struct migration_list {
	const struct migration *of; /* version 1 first */
	size_t count;
};
extern const struct migration migrations[];
extern const size_t migration_count;

/* How an engine runs them. */
struct migration_rules {
	const char *begin;
	const char *lock; /* run first in each transaction; NULL: nothing */
	char *(*dialect)(const char *script); /* translates a script, free() the result; NULL: as it stands */
	bool tables_are_shared; /* with other processes: go in pieces, try again when a lock is not got */
};

/* On failure what is done stays done, and the next start goes on from there. */
bool migrate(struct db *db, const struct migration_rules *rules, struct error *err);
/* With another list: for tests. */
bool migrate_to(struct db *db, const struct migration_rules *rules,
		const struct migration_list *list, struct error *err);

/* The statement of that number (from 0), with its semicolon and what stands before it; NULL when there are fewer. free() it.
 * Texts and comments may hold semicolons. */
char *migration_piece(const char *script, int64_t number);

extern const struct migration_rules postgresql_migration_rules;

#endif
