/* package_version.c – see package_version.h. */
#include "signing/package_version.h"

#include "access/version.h"

/* Each save is counted, so the number alone is hashed. */
static json_t *parts_of(const struct package_record *record)
{
	return json_pack("{s:I}", "package", (json_int_t)record->version);
}

static const char *resource_of(const struct package_service *service,
			       const struct package_record *record)
{
	return arena_printf(service->arena, "package:%s:%s", record->account, record->id);
}

void package_version_note(const struct package_service *service,
			  const struct package_record *record)
{
	if (service->access)
		version_tell(service->access, resource_of(service, record), parts_of(record));
}

bool package_is_as_read(const struct package_service *service, const struct package_record *record,
			struct error *err)
{
	return !service->access ||
	       version_check(service->access, resource_of(service, record), parts_of(record), err);
}
