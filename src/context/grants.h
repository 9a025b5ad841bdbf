/* grants.h – the catalogues of features, permissions and scopes: bits in memory, words
 * elsewhere. Pure. */
#ifndef GREFFIER_CONTEXT_GRANTS_H
#define GREFFIER_CONTEXT_GRANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

enum account_feature {
#define FEATURE(id, bit, name, help) ACCOUNT_FEATURE_##id = (bit),
#include "context/features.def"
#undef FEATURE
};

/* Credentials that an account accepts, within its features. */
enum accepted_method {
	ACCEPT_API_KEY = 1,
	ACCEPT_CLIENT_APPS = 2,
	ACCEPT_OAUTH = 4,
	ACCEPT_ALL = 7,
};

enum permission {
#define PERMISSION(id, name, manager, help) PERMISSION_##id,
#include "context/permissions.def"
#undef PERMISSION
	PERMISSION_COUNT,
};

enum scope {
#define SCOPE(id, name, help) SCOPE_##id,
#include "context/scopes.def"
#undef SCOPE
	SCOPE_COUNT,
};

#define FEATURES_ALL (~0u)
#define PERMISSIONS_ALL (BIT(PERMISSION_COUNT) - 1)
#define SCOPES_ALL (BIT(SCOPE_COUNT) - 1)

/* Parse words separated by blanks or commas, in any order. Fail with ERROR_INVALID_FIELD, which
 * names `member` and the unknown word. */
MUST_CHECK bool features_parse(const char *text, const char *member, unsigned *ret_bits, struct error *err);
MUST_CHECK bool permissions_parse(const char *text, const char *member, unsigned *ret_bits,
				  struct error *err);
MUST_CHECK bool scopes_parse(const char *text, const char *member, unsigned *ret_bits, struct error *err);
/* Write the words separated by one blank, in the order of the catalogue. */
const char *features_text(struct arena *arena, unsigned bits);
const char *permissions_text(struct arena *arena, unsigned bits);
const char *scopes_text(struct arena *arena, unsigned bits);

const char *permission_name(enum permission permission);
const char *scope_name(enum scope scope);
const char *scope_help(enum scope scope);

/* Permissions of the predefined roles. The user types have the same ones when an account uses no
 * roles. */
unsigned manager_permissions(void);
unsigned sender_permissions(void);

#endif
