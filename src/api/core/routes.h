/* routes.h – every route of the server, in one table. The rows stand in each area's routes.def;
 * openapi/ describes the same routes (routes_test.c). Inside src/api only. */
#ifndef GREFFIER_API_ROUTES_H
#define GREFFIER_API_ROUTES_H

#include <stddef.h>

#include "api/core/call.h"
#include "api/core/pools.h"

/* Who may call a route. Up to LEVEL_OWNER each level admits fewer callers than the one before it. */
enum caller_level {
	LEVEL_PUBLIC,   /* anybody: no credentials are needed */
	LEVEL_SIGNER,   /* any credential of the account, and a session of a signer or sender */
	LEVEL_SENDER,   /* the same without signers: a session bound to a sender's packages is enough */
	LEVEL_USER,     /* any credential of the account; of sessions, only a user's own */
	LEVEL_OWNER,    /* the account's owner */
	LEVEL_OPERATOR, /* an operator (access/accounts/operators.h), and nobody in an account */
};

enum route_flags {
	ROUTE_FROM_MEMORY = 1,    /* tried on the loop first, without a session */
	ROUTE_WITHOUT_STORE = 2,  /* answered even when the data folder is gone */
	ROUTE_SAME_SITE = 4,      /* not from another site's page, credentials or not */
	ROUTE_GUESSES = 8,        /* strangers try passwords: limited by address before a thread is taken */
	ROUTE_OAUTH = 16,         /* errors have RFC 6749's members too */
	ROUTE_WAITS = 32,         /* may wait for something: call_wait */
	ROUTE_CAUSES_NOTHING = 64, /* raises no event, whoever calls: a notification may come here */
};

/* The scope and permission of a route that asks for none. */
#define SCOPE_NONE SCOPE_COUNT
#define PERMISSION_NONE PERMISSION_COUNT

/* What a route's body may hold, and so its limits: they are checked before the body is read (docs/reference/limits.md). */
enum body_class {
	BODY_SMALL,        /* none, or a few members */
	BODY_CREDENTIALS,  /* credentials and forms; UTF-16 counts as the UTF-8 it stands for */
	BODY_DEFAULT,
	BODY_CERTIFICATES, /* endpoints, with certificates and keys */
	BODY_LIST,         /* many events or leak reports */
	BODY_PACKAGE,      /* packages, roles, approvals, metadata of documents */
	BODY_DOCUMENTS,    /* contents of documents */
};

struct body_kind {
	size_t limit;  /* bytes; 0: --body-limit */
	size_t values; /* that JSON may hold: base/json.h */
	bool may_be_utf16; /* the limit counts UTF-8, the raw body may be twice as long */
};
extern const struct body_kind body_kinds[];

struct api_route {
	enum http_method method;
	const char *pattern;
	call_handler *handler;
	enum caller_level level;
	unsigned flags;
	enum scope scope;           /* that a client app's token must have, or SCOPE_NONE */
	enum permission permission; /* that the user must have, or PERMISSION_NONE */
	enum body_class body;
	enum route_pool pool;       /* whose threads run it */
};

extern const struct api_route api_routes[];
extern const size_t api_route_count;

/* The handlers: some routes share one. */
#define ROUTE(method, path, handler, ...) call_handler handler;
#include "api/routes.def"
#undef ROUTE

const char *oauth_error_name(enum error_code code); /* of RFC 6749 section 5.2 */

#endif
