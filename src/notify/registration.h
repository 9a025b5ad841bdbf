/* registration.h – what somebody asks an endpoint to be: read from a body, checked as a whole, and then put on an endpoint. Inside
 * src/notify only. */
#ifndef GREFFIER_NOTIFY_REGISTRATION_H
#define GREFFIER_NOTIFY_REGISTRATION_H

#include "context/context.h"
#include "notify/catalogue.h"
#include "notify/endpoint_options.h"
#include "notify/endpoint_secrets.h"

#define ENDPOINT_NAME_MAX 100  /* characters */
#define ENDPOINT_KEY_MAX 500   /* characters: it becomes a header's value */
#define ENDPOINT_AUTHORIZATION_MAX 8192 /* characters: `key` of authType HEADER, which is the header's value */

enum registration_shape {
	REGISTRATION_CALLBACK,      /* url, key, events, authType, oauthSetting, customHeaders: the original's */
	REGISTRATION_REFRESH_TOKEN, /* the same, and the key says how to get tokens: the Salesforce connector */
	REGISTRATION_ENDPOINT,      /* and name and all options */
};

struct registration {
	enum registration_shape shape;
	const char *name, *url, *custom_headers;
	const char *key; /* NULL: not given */
	enum endpoint_auth auth;
	const char *types[EVENT_TYPE_COUNT];
	size_t type_count;
	struct endpoint_options options;
	/* NULL: not given, and what is stored stays. */
	const char *client_secret, *password, *client_key;
};

/* Of a body that replaces what is stored: no member is unknown, in its objects neither. What answers show is known too, so that
 * they can be sent back. */
MUST_CHECK bool registration_members_check(const json_t *body, enum registration_shape shape,
					   struct error *err);
/* Texts live in `arena`. Errors name the member; what depends on the stored endpoint is checked by registration_apply. */
MUST_CHECK bool registration_read(struct arena *arena, const json_t *body,
				  enum registration_shape shape, struct registration *ret_registration,
				  struct error *err);
/* Puts it on `endpoint`, which is as stored, or new with no more than its account, id and origin. */
MUST_CHECK bool registration_apply(const struct context *context,
				   const struct registration *registration,
				   struct endpoint *endpoint, struct error *err);
/* authType HEADER is not for the callback and connectors: false, with that error. */
bool registration_header_refuse(struct error *err);
/* Its event types, whatever the body had. */
MUST_CHECK bool registration_types_read(const json_t *body, struct registration *registration,
					struct error *err);
/* Of the JSON array that the store has kept; a name that this version does not know is passed over. */
void registration_types_load(const char *events, struct registration *registration);

#endif
