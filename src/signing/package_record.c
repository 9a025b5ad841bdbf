/* package_record.c – see package_record.h. */
#include "signing/package_record.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/search_text.h"

static struct wall_time time_of(const json_t *package, const char *member)
{
	struct wall_time time = {0};
	(void)!wall_parse(json_text(package, member), &time);
	return time;
}

bool package_record_fill(struct arena *arena, const json_t *package, struct package_record *record,
			 struct error *err)
{
	size_t length;
	char *body = json_try_encode(package, &length, err);

	if (!body)
		return false;
	if (length > PACKAGE_BODY_MAX) {
		free(body);
		return error_set(err, ERROR_BODY_TOO_LARGE, "the package is larger than %u bytes",
				 PACKAGE_BODY_MAX);
	}
	const char *kept = arena_try_memdup(arena, body, length);
	free(body);
	if (!kept)
		return error_set(err, ERROR_NO_MEMORY, NULL);
	record->body = kept;
	record->id = arena_strdup(arena, json_text(package, "id"));
	record->type = arena_strdup(arena, json_text(package, "type"));
	record->status = arena_strdup(arena, json_text(package, "status"));
	record->trashed = json_is_true(json_object_get(package, "trashed"));
	record->visibility = arena_strdup(arena, json_text(package, "visibility"));
	record->name = arena_strdup(arena, json_text(package, "name"));
	record->description = arena_strdup(arena, json_text(package, "description"));
	record->search = search_text_make(arena, record->name, record->description);
	record->people = search_people_make(arena, package);
	record->created = time_of(package, "created");
	record->updated = time_of(package, "updated");
	record->due = time_of(package, "due");
	record->completed = time_of(package, "completed");
	return true;
}

bool package_record_find(const struct package_service *service, struct db *db, const char *id,
			 bool for_update, struct package_record *ret_record, struct error *err)
{
	bool found;

	if (!package_find(db, service->arena, service->actor.account, id, for_update, ret_record,
			  &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_PACKAGE_NOT_FOUND, NULL);
	if (service->actor.package && *service->actor.package &&
	    strcmp(id, service->actor.package) != 0)
		return error_set(err, ERROR_NO_PERMISSION, "the session is for another package");
	if (service->actor.signer)
		return true;
	if (strcmp(ret_record->owner, service->actor.user) != 0 && !service->actor.sees_account)
		return error_set(err, ERROR_NO_PERMISSION, "the package is another user's");
	return true;
}
