/* delegates.h – the users who may act for a user. */
#ifndef GREFFIER_ACCESS_DELEGATES_H
#define GREFFIER_ACCESS_DELEGATES_H

#include <jansson.h>

#include "context/context.h"

/* Lists who may act for a user: [DelegationUser]. For that user and for those who manage users. */
json_t *delegates_list(const struct context *context, const char *uid, struct error *err);
MUST_CHECK bool delegates_replace(const struct context *context, const char *uid,
				  const json_t *list, struct error *err);
MUST_CHECK bool delegate_add(const struct context *context, const char *uid, const char *delegate,
			     struct error *err);
MUST_CHECK bool delegate_remove(const struct context *context, const char *uid,
				const char *delegate, struct error *err);

#endif
