/* settings.h – the account's settings that are documents: each is checked by its shape, stored as JSON and read back with its
 * defaults. Settings of sign-in and of credentials are columns of their own (accounts.h). */
#ifndef GREFFIER_ACCESS_ACCOUNTS_SETTINGS_H
#define GREFFIER_ACCESS_ACCOUNTS_SETTINGS_H

#include <jansson.h>

#include "base/shape.h"
#include "context/context.h"

/* One row of settings.def each. */
enum settings_kind {
#define SETTINGS(kind, ...) SETTINGS_##kind,
#include "access/accounts/settings.def"
#undef SETTINGS
	SETTINGS_KIND_COUNT
};

/* Which document. */
struct settings_place {
	enum settings_kind kind;
	const char *key; /* a language, or the id of a custom field; "" where there is one document */
};

/* The document with its defaults: a new reference. NULL on failure. */
json_t *settings_read(const struct context *context, struct settings_place place, struct error *err);
/* Changes the members that `body` has, and keeps the others. Answers as settings_read. ERROR_INVALID_FIELD names the member. */
json_t *settings_change(const struct context *context, struct settings_place place, const json_t *body,
			struct error *err);
/* Replaces the document. Answers as settings_read. */
json_t *settings_replace(const struct context *context, struct settings_place place, const json_t *body,
			 struct error *err);
/* Back to the defaults. */
MUST_CHECK bool settings_reset(const struct context *context, struct settings_place place, struct error *err);

/* The documents of a kind that has a key for each, as a list in order of keys: a new reference. */
json_t *settings_list(const struct context *context, enum settings_kind kind, int64_t offset, int64_t limit,
		      struct error *err);
/* Whether the document was ever stored. */
MUST_CHECK bool settings_are_set(const struct context *context, struct settings_place place, bool *ret_are_set,
				 struct error *err);

/* The shape of a kind, for the test that compares shapes with openapi/. NULL for a list or a map. */
const struct shape *settings_shape(enum settings_kind kind);

#endif
