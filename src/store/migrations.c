/* migrations.c – the append-only list of what the schema has been through. Never change an entry:
 * add one.
 *
 * On PostgreSQL a node of the version before goes on while a migration runs, and afterwards until
 * it is replaced. So from version 4 on a migration expands only: it adds tables, and columns with
 * defaults, and renames, narrows and drops nothing that the version before uses. What is no longer
 * used is dropped one version later. Rows in large tables are filled by the clockwork, not here.
 *
 * Such a migration runs in pieces there: each statement is a transaction of its own, and a row says
 * how far it came. A transaction that locks one table cannot stand in a circle of waiting. Locking
 * all tables first, in one order, was tried: the order of those who go on is theirs, and under load
 * the locks were never got. Each wait for a lock is short, because everybody else waits behind it,
 * and then retried. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ensure.h"
#include "base/log.h"
#include "store/migrations.h"

/* Tables that others hold are asked for again and again for so long. */
#define RETRY_LIMIT_S 120
#define RETRY_WAIT_MIN_MS 20
#define RETRY_WAIT_MAX_MS 1000

extern const char migration_1[]; /* schema.sql, embedded by the build */
extern const char migration_2[]; /* migration_2.sql */
extern const char migration_3[]; /* migration_3.sql */
extern const char migration_4[]; /* migration_4.sql */

const struct migration migrations[] = {
	{"first schema", migration_1, false},
	{"API access", migration_2, false},
	{"event notifications", migration_3, false},
	{"limits and rights", migration_4, true},
};
const size_t migration_count = ARRAY_SIZE(migrations);

/* `pieces`: how many statements of the version after the last have been run. */
static const char CREATE_TABLES[] = "CREATE TABLE IF NOT EXISTS schema_migration (\n"
				    "	version BIGINT NOT NULL PRIMARY KEY,\n"
				    "	name TEXT NOT NULL,\n"
				    "	applied_us BIGINT NOT NULL\n"
				    ");"
				    "CREATE TABLE IF NOT EXISTS schema_pieces (\n"
				    "	version BIGINT NOT NULL PRIMARY KEY,\n"
				    "	pieces BIGINT NOT NULL\n"
				    ")";
static const char SELECT_PIECES[] = "SELECT pieces FROM schema_pieces WHERE version = $1";
static const char SET_PIECES[] = "INSERT INTO schema_pieces (version, pieces) VALUES ($1, $2)"
				 " ON CONFLICT (version) DO UPDATE SET pieces = excluded.pieces";
static const char SELECT_VERSION[] =
	"SELECT COALESCE(MAX(version), 0) AS version FROM schema_migration";
static const char INSERT_VERSION[] =
	"INSERT INTO schema_migration (version, name, applied_us) VALUES ($1, $2, $3)";

static bool version_read(struct db *db, int64_t *ret_version, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_VERSION, NO_ARGS, err);
	if (!rows || !rows_next(rows, err))
		return false;
	*ret_version = rows_int(rows, "version");
	return true;
}

static bool pieces_read(struct db *db, int64_t version, int64_t *ret_pieces, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_PIECES, ARGS(arg_int(version)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_pieces = found ? rows_int(rows, "pieces") : 0;
	return true;
}

char *migration_piece(const char *script, int64_t number)
{
	const char *at = script, *begin = script;
	bool in_text = false;

	for (; *at; at++) {
		if (!in_text && strncmp(at, "--", 2) == 0)
			at += strcspn(at, "\n");
		if (*at == '\'')
			in_text = !in_text;
		if (*at != ';' || in_text)
			continue;
		if (number-- == 0)
			return strndup(begin, (size_t)(at + 1 - begin));
		begin = at + 1;
	}
	return NULL;
}

/* What one transaction does. */
struct step {
	const struct migration_list *list;
	int64_t version; /* that the database has */
	bool all_done, version_done;
};

static bool version_finish(struct db *db, struct step *step, struct error *err)
{
	step->version_done = true;
	return db_run(db, INSERT_VERSION,
		      ARGS(arg_int(step->version + 1), arg_text(step->list->of[step->version].name),
			   arg_time(wall_now())),
		      NULL, err);
}

static bool piece_run(struct db *db, struct step *step, const char *script, struct error *err)
{
	int64_t pieces;

	if (!pieces_read(db, step->version + 1, &pieces, err))
		return false;
	char *piece = migration_piece(script, pieces);
	bool ok = piece ? db->driver->run_script(db, piece, err) &&
				  db_run(db, SET_PIECES,
					 ARGS(arg_int(step->version + 1), arg_int(pieces + 1)),
					 NULL, err)
			: version_finish(db, step, err);
	free(piece);
	return ok;
}

static bool script_run(struct db *db, const struct migration_rules *rules, struct step *step,
		       struct error *err)
{
	const struct migration *migration = &step->list->of[step->version];
	char *script = rules->dialect ? rules->dialect(migration->script)
				      : strdup(migration->script);

	ensure(script);
	bool ok = rules->tables_are_shared && migration->in_pieces
			  ? piece_run(db, step, script, err)
			  : db->driver->run_script(db, script, err) &&
				    version_finish(db, step, err);
	free(script);
	return ok || error_wrap(err, "migration %lld (%s)", (long long)step->version + 1,
				migration->name);
}

static bool step_locked(struct db *db, const struct migration_rules *rules, struct step *step,
			struct error *err)
{
	if ((rules->lock && !db->driver->run_script(db, rules->lock, err)) ||
	    !db->driver->run_script(db, CREATE_TABLES, err) ||
	    !version_read(db, &step->version, err))
		return false;
	if (step->version > (int64_t)step->list->count)
		return error_set(
			err, ERROR_CONFIGURATION,
			"the database has schema version %lld and this program knows %zu: run the "
			"newer greffier that made it",
			(long long)step->version, step->list->count);
	step->all_done = step->version == (int64_t)step->list->count;
	return step->all_done || script_run(db, rules, step, err);
}

/* What a version took. Other sessions wait for its longest transaction, and no longer. */
struct version_time {
	struct mono_time begun;
	int64_t longest_us;
};

static void step_measure(const struct step *step, struct mono_time begun, struct version_time *took)
{
	const struct mono_time now = mono_now();
	const int64_t us = mono_since(now, begun).us;

	if (took->longest_us < us)
		took->longest_us = us;
	if (!step->version_done)
		return;
	log_info("store",
		 "schema updated to version %lld: %s (%lld ms; longest transaction: %lld ms)",
		 (long long)step->version + 1, step->list->of[step->version].name,
		 (long long)(mono_since(now, took->begun).us / 1000),
		 (long long)(took->longest_us / 1000));
	*took = (struct version_time){.begun = now};
}

static bool step_run(struct db *db, const struct migration_rules *rules, struct step *step,
		     struct error *err)
{
	struct error ignored = {0};

	if (!db->driver->run_script(db, rules->begin, err))
		return false;
	if (!step_locked(db, rules, step, err) || !db->driver->run_script(db, "COMMIT", err)) {
		(void)db->driver->run_script(db, "ROLLBACK", &ignored);
		return false;
	}
	return true;
}

/* What is waited for, and for how long. */
struct patience {
	struct mono_time begun;
	unsigned waits;
};

static bool retry_wait(struct db *db, const struct migration_rules *rules,
		       struct patience *patience, struct error *err)
{
	const int64_t wait_us = duration_grown(duration_ms(RETRY_WAIT_MIN_MS), 2, patience->waits,
					       duration_ms(RETRY_WAIT_MAX_MS))
					.us;
	const struct timespec wait = {wait_us / 1000000, wait_us % 1000000 * 1000};

	if (!rules->tables_are_shared || err->code != ERROR_STORE_UNAVAILABLE ||
	    mono_since(mono_now(), patience->begun).us > duration_s(RETRY_LIMIT_S).us)
		return false;
	if (patience->waits == 0)
		log_info("store", "the migration waits for a table that other sessions use: %s",
			 err->technical);
	nanosleep(&wait, NULL);
	patience->waits++;
	return db->driver->session_db_check(db, err);
}

bool migrate_to(struct db *db, const struct migration_rules *rules,
		const struct migration_list *list, struct error *err)
{
	struct patience patience = {mono_now(), 0};
	struct version_time took = {.begun = patience.begun};

	for (;;) {
		struct step step = {.list = list};
		const struct mono_time begun = mono_now();
		if (step_run(db, rules, &step, err)) {
			if (step.all_done)
				return true;
			step_measure(&step, begun, &took);
			patience = (struct patience){mono_now(), 0};
		} else if (!retry_wait(db, rules, &patience, err)) {
			return false;
		}
	}
}

bool migrate(struct db *db, const struct migration_rules *rules, struct error *err)
{
	return migrate_to(db, rules, &(struct migration_list){migrations, migration_count}, err);
}
