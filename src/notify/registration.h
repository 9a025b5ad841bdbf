/* registration.h – reads the settings of an endpoint from a body, validates them together, and
 * applies them to an endpoint. Inside src/notify only. */
#ifndef GREFFIER_NOTIFY_REGISTRATION_H
#define GREFFIER_NOTIFY_REGISTRATION_H

#include "context/context.h"
#include "notify/catalogue.h"
#include "notify/endpoint_options.h"
#include "notify/endpoint_secrets.h"

#define ENDPOINT_NAME_MAX 100  /* characters */
#define ENDPOINT_KEY_MAX 500   /* characters; it becomes a header's value */
/* Characters; `key` of authType HEADER, which is the header's value. */
#define ENDPOINT_AUTHORIZATION_MAX 8192

enum registration_shape {
	/* Url, key, events, authType, oauthSetting, customHeaders, as in OneSpan Sign's API. */
	REGISTRATION_CALLBACK,
	/* The same, but the key says how to get tokens: the Salesforce connector. */
	REGISTRATION_REFRESH_TOKEN,
	REGISTRATION_ENDPOINT,      /* the same, and name and all options */
};

struct registration {
	enum registration_shape shape;
	const char *name, *url, *custom_headers;
	const char *key; /* NULL: absent */
	enum endpoint_auth auth;
	const char *types[EVENT_TYPE_COUNT];
	size_t type_count;
	struct endpoint_options options;
	/* NULL: absent, and the stored value stays. */
	const char *client_secret, *password, *client_key;
};

/* Refuses unknown members, also inside objects, in a body that replaces a stored endpoint.
 * Members of answers are accepted, so that an answer can be sent back. */
MUST_CHECK bool registration_members_check(const json_t *body, enum registration_shape shape,
					   struct error *err);
/* Reads and validates a body. Texts live in `arena`. Errors name the member. registration_apply
 * checks what depends on the stored endpoint. */
MUST_CHECK bool registration_read(struct arena *arena, const json_t *body,
				  enum registration_shape shape, struct registration *ret_registration,
				  struct error *err);
/* Applies the settings to `endpoint`, which is as stored, or new with account, id and origin
 * only. */
MUST_CHECK bool registration_apply(const struct context *context,
				   const struct registration *registration,
				   struct endpoint *endpoint, struct error *err);
/* Returns false with the error that authType HEADER is not available for the callback and
 * connectors. */
bool registration_header_refuse(struct error *err);
/* Reads the event types of a body. */
MUST_CHECK bool registration_types_read(const json_t *body, struct registration *registration,
					struct error *err);
/* Reads event types from the JSON array in the store. Names unknown to this version are skipped. */
void registration_types_load(const char *events, struct registration *registration);

#endif
