/* package_version.c – see package_version.h. */
#include "signing/package_version.h"

#include "access/version.h"

/* Each save is counted, so the number alone is hashed. */
static json_t *parts_of(const struct package_record *record)
{
	return json_pack("{s:I}", "package", (json_int_t)record->version);
}

static const char *resource_of(const struct context *context, const struct package_record *record)
{
	return arena_printf(context->arena, "package:%s:%s", record->account, record->id);
}

void package_version_note(const struct context *context, const struct package_record *record)
{
	version_tell(context, resource_of(context, record), parts_of(record));
}

bool package_is_as_read(const struct context *context, const struct package_record *record,
			struct error *err)
{
	return version_check(context, resource_of(context, record), parts_of(record), err);
}
