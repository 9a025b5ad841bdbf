/* settings.h – settings of an account that are whole documents. Each is checked by its shape,
 * stored as JSON, and read back with its defaults.
 *
 * Settings of sign-in and of credentials are separate columns (accounts.h). */
#ifndef GREFFIER_ACCESS_ACCOUNTS_SETTINGS_H
#define GREFFIER_ACCESS_ACCOUNTS_SETTINGS_H

#include <jansson.h>

#include "base/shape.h"
#include "context/context.h"

/* One value per row of settings.def. */
enum settings_kind {
#define SETTINGS(kind, ...) SETTINGS_##kind,
#include "access/accounts/settings.def"
#undef SETTINGS
	SETTINGS_KIND_COUNT
};

/* Selects a document. */
struct settings_place {
	enum settings_kind kind;
	/* A language, or the id of a custom field; "" when the kind has one document. */
	const char *key;
};

/* Returns the document with its defaults as a new reference; NULL on failure. */
json_t *settings_read(const struct context *context, struct settings_place place, struct error *err);
/* Changes the members present in `body` and keeps the others. Returns the same as settings_read.
 * Fails with ERROR_INVALID_FIELD, which names the member. */
json_t *settings_change(const struct context *context, struct settings_place place, const json_t *body,
			struct error *err);
/* Replaces the document. Returns the same as settings_read. */
json_t *settings_replace(const struct context *context, struct settings_place place, const json_t *body,
			 struct error *err);
/* Restores the defaults. */
MUST_CHECK bool settings_reset(const struct context *context, struct settings_place place, struct error *err);

/* Lists the documents of a kind with keys, ordered by key, as a new reference. */
json_t *settings_list(const struct context *context, enum settings_kind kind, int64_t offset, int64_t limit,
		      struct error *err);
/* Tells whether the document was ever stored. */
MUST_CHECK bool settings_are_set(const struct context *context, struct settings_place place, bool *ret_are_set,
				 struct error *err);

/* Returns the shape of a kind, for the test that compares shapes with openapi/. NULL for a list
 * or a map. */
const struct shape *settings_shape(enum settings_kind kind);

#endif
