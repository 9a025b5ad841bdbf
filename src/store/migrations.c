/* migrations.c – the append-only list of what the schema has been through. Never change an entry:
 * add one. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/db_driver.h"

extern const char migration_1[]; /* schema.sql, embedded by the build */
extern const char migration_2[]; /* migration_2.sql */
extern const char migration_3[]; /* migration_3.sql */
extern const char migration_4[]; /* migration_4.sql */

static const struct {
	const char *name;
	const char *script;
} migrations[] = {
	{"first schema", migration_1},
	{"API access", migration_2},
	{"event notifications", migration_3},
	{"limits and rights", migration_4},
};

static const char CREATE_TABLE[] = "CREATE TABLE IF NOT EXISTS schema_migration (\n"
				   "	version BIGINT NOT NULL PRIMARY KEY,\n"
				   "	name TEXT NOT NULL,\n"
				   "	applied_us BIGINT NOT NULL\n"
				   ")";
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

static bool migration_run(struct db *db, size_t index, char *(*dialect)(const char *script),
			  struct error *err)
{
	char *script = dialect ? dialect(migrations[index].script)
			       : strdup(migrations[index].script);
	bool ok = db->driver->run_script(db, script, err);

	free(script);
	if (!ok)
		return error_wrap(err, "migration %zu (%s)", index + 1, migrations[index].name);
	log_info("store", "schema brought to version %zu: %s", index + 1, migrations[index].name);
	return db_run(db, INSERT_VERSION,
		      ARGS(arg_int((int64_t)index + 1), arg_text(migrations[index].name),
			   arg_time(wall_now())),
		      NULL, err);
}

static bool migrate_locked(struct db *db, char *(*dialect)(const char *script), struct error *err)
{
	int64_t version = 0;

	if (!db_run(db, CREATE_TABLE, NO_ARGS, NULL, err) || !version_read(db, &version, err))
		return false;
	if (version > (int64_t)ARRAY_SIZE(migrations))
		return error_set(
			err, ERROR_CONFIGURATION,
			"the database has schema version %lld and this program knows %zu: run the "
			"newer greffier that made it",
			(long long)version, ARRAY_SIZE(migrations));
	for (size_t i = (size_t)version; i < ARRAY_SIZE(migrations); i++) {
		if (!migration_run(db, i, dialect, err))
			return false;
	}
	return true;
}

bool migrate(struct db *db, const char *begin, const char *lock,
	     char *(*dialect)(const char *script), struct error *err)
{
	struct error ignored = {0};

	if (!db->driver->run_script(db, begin, err))
		return false;
	bool ok = (!lock || db->driver->run_script(db, lock, err)) &&
		  migrate_locked(db, dialect, err) && db->driver->run_script(db, "COMMIT", err);
	if (!ok)
		(void)db->driver->run_script(db, "ROLLBACK", &ignored);
	return ok;
}
