/* package_divide.c – see package_divide.h. */
#include "signing/package_divide.h"

#include "base/json.h"
#include "signing/package_text.h"
#include "store/search_text.h"

#define STEP_MAX 8 /* packages, of 4 MiB at most, in one txn */

bool package_text_divide(struct arena *arena, struct package_record *record,
			 struct package_parts *ret_parts, struct error *err)
{
	scoped(json_t) json_t *package = package_text_decode(record->whole, err);

	if (!package ||
	    !package_parts_encode(arena, json_object_get(package, "roles"),
				  json_object_get(package, "documents"), ret_parts, err))
		return false;
	record->search = search_text_make(arena, record->name, record->description);
	record->people = search_people_make(arena, package);
	record->parts_size = (int64_t)package_parts_size(ret_parts);
	json_object_del(package, "roles");
	json_object_del(package, "documents");
	record->whole = "";
	return package_text_encode(arena, package, &record->members, err);
}

static bool record_divide(struct db *db, struct arena *arena, struct package_record *record,
			  struct error *err)
{
	struct package_parts parts;

	return (package_text_divide(arena, record, &parts, err) &&
		package_divide(db, record, &parts, err)) ||
	       error_wrap(err, "dividing package %s of account %s", record->id, record->account);
}

bool packages_divide_step(struct session *session, bool *ret_more, struct error *err)
{
	struct package_record records[STEP_MAX];
	size_t count;
	bool older;

	*ret_more = false;
	scoped(arena) struct arena *arena = arena_new();
	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !session_beside_older(session, txn_db(txn), &older, err))
		return false;
	if (older)
		return true;
	if (!package_list_undivided(txn_db(txn), arena, STEP_MAX, records, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!record_divide(txn_db(txn), arena, &records[i], err))
			return false;
	}
	*ret_more = count == STEP_MAX;
	return txn_commit(&txn, err);
}
