/* package_event.h – raises an event of a package in the transaction that causes it. Inside
 * src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_EVENT_H
#define GREFFIER_SIGNING_PACKAGE_EVENT_H

#include "notify/catalogue.h"
#include "signing/package.h"
#include "store/package_store.h"

/* `package` as it is stored by the transaction. A layout raises nothing. `message` and `document` may be NULL. */
MUST_CHECK bool package_event_raise(const struct context *context, struct txn *txn, enum event_type type,
				    const struct package_record *package, const char *message,
				    const char *document, struct error *err);

#endif
