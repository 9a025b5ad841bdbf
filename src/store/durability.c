/* durability.c – see durability.h. */
#include "store/durability.h"

#include <string.h>

#include "base/log.h"

const char durability_session[] =
	"SELECT set_config('synchronous_commit', 'on', false)"
	" WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')";

static const char SELECT_SETTINGS[] =
	"SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages";

bool durability_check(struct db *db, bool allow_unsafe, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(rows) struct rows *rows = db_query(db, SELECT_SETTINGS, NO_ARGS, err);

	if (!rows || !rows_next(rows, err))
		return false;
	if (allow_unsafe)
		return true;
	if (strcmp(rows_text(rows, "fsync", arena), "off") == 0)
		return error_set(
			err, ERROR_CONFIGURATION,
			"the PostgreSQL server runs with fsync=off and may lose confirmed "
			"changes: turn fsync on, or give --allow-unsafe-database for tests");
	if (strcmp(rows_text(rows, "pages", arena), "off") == 0)
		log_warn(
			"store",
			"the PostgreSQL server runs with full_page_writes=off, which is safe only on "
			"file systems that never tear a page");
	return true;
}
