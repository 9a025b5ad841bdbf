/* routes.h – every route of the server, in one table. The rows stand in each area's routes.def;
 * openapi/ describes the same routes (routes_test.c). Inside src/api only. */
#ifndef GREFFIER_API_ROUTES_H
#define GREFFIER_API_ROUTES_H

#include <stddef.h>

#include "api/core/call.h"
#include "api/core/pools.h"

/* Who may call a route. Up to LEVEL_OWNER each level admits fewer callers than the previous one. */
enum caller_level {
	LEVEL_PUBLIC,   /* everyone; no credentials are needed */
	LEVEL_SIGNER,   /* any credential of the account, and sessions of signers and senders */
	LEVEL_SENDER,   /* the same without signers; a session for a sender's package suffices */
	LEVEL_USER,     /* any credential of the account, but only sessions of users */
	LEVEL_OWNER,    /* the account's owner */
	LEVEL_OPERATOR, /* operators (access/accounts/operators.h), and nobody in an account */
};

enum route_flags {
	ROUTE_FROM_MEMORY = 1,    /* tried on the loop first, without a store session */
	ROUTE_WITHOUT_STORE = 2,  /* answered even when the data folder is gone */
	/* Refused for pages of other sites, with or without credentials. */
	ROUTE_SAME_SITE = 4,
	/* Strangers may try passwords: limited by address before a thread is used. */
	ROUTE_GUESSES = 8,
	ROUTE_OAUTH = 16,         /* errors also have the members of RFC 6749 */
	ROUTE_WAITS = 32,         /* may wait: call_wait */
	/* Raises no event, whoever calls: notifications may be sent here. */
	ROUTE_CAUSES_NOTHING = 64,
};

/* Scope and permission of a route that requires none. */
#define SCOPE_NONE SCOPE_COUNT
#define PERMISSION_NONE PERMISSION_COUNT

/* The kind of a route's body, which sets its limits. They are checked before the body is read
 * (docs/reference/limits.md). */
enum body_class {
	BODY_SMALL,        /* none, or a few members */
	BODY_CREDENTIALS,  /* credentials and forms; UTF-16 counts by its length in UTF-8 */
	BODY_DEFAULT,
	BODY_CERTIFICATES, /* endpoints, with certificates and keys */
	BODY_LIST,         /* many events or leak reports */
	BODY_PACKAGE,      /* packages, roles, approvals, metadata of documents */
	BODY_DOCUMENTS,    /* contents of documents */
};

struct body_kind {
	size_t limit;  /* bytes; 0: --body-limit */
	size_t values; /* maximum number of JSON values: base/json.h */
	bool may_be_utf16; /* the limit applies to UTF-8; the raw body may be twice as long */
};
extern const struct body_kind body_kinds[];

struct api_route {
	enum http_method method;
	const char *pattern;
	call_handler *handler;
	enum caller_level level;
	unsigned flags;
	enum scope scope;           /* required of a client app's token, or SCOPE_NONE */
	enum permission permission; /* required of the user, or PERMISSION_NONE */
	enum body_class body;
	enum route_pool pool;       /* the pool whose threads run it */
};

extern const struct api_route api_routes[];
extern const size_t api_route_count;

/* The handlers; some routes share one. */
#define ROUTE(method, path, handler, ...) call_handler handler;
#include "api/routes.def"
#undef ROUTE

const char *oauth_error_name(enum error_code code); /* name of RFC 6749 section 5.2 */

#endif
