/* package_event.c – see package_event.h. */
#include "signing/package_event.h"

#include <string.h>

#include "notify/event.h"

bool package_event_raise(const struct context *context, struct txn *txn, enum event_type type,
			 const struct package_record *package, const char *message,
			 const char *document, struct error *err)
{
	const struct event_draft draft = {
		.type = type,
		.account = context->account,
		.package = package->id,
		.session_user = actor_name(context->actor),
		.message = message,
		.document = document,
		.context = {.sender = package->owner, .package = package->members},
		.hops = context->actor->hops,
	};
	return strcmp(package->type, "LAYOUT") == 0 || event_raise(txn, &draft, context->now, err);
}
