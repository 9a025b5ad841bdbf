/* endpoint_options.h – the delivery options of an endpoint: one JSON object, the same in the API
 * and in the store, read and written only here.
 *
 * Every option has a default, so that {} is valid. Secrets are not part of it:
 * endpoint_secrets.h. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_OPTIONS_H
#define GREFFIER_NOTIFY_ENDPOINT_OPTIONS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"

enum payload_format {
	PAYLOAD_ORIGINAL,               /* the seven members of OneSpan Sign's notifications */
	PAYLOAD_CLOUDEVENTS_STRUCTURED, /* CloudEvents 1.0 with everything in the body */
	PAYLOAD_CLOUDEVENTS_BINARY,     /* CloudEvents 1.0 with attributes in headers */
	PAYLOAD_FORMAT_COUNT
};

enum { /* signature schemes of Standard Webhooks, as bits */
	SIGNATURE_HMAC_SHA256 = 1, /* v1 */
	SIGNATURE_ED25519 = 2,     /* v1a */
};

enum oauth_grant { OAUTH_CLIENT_CREDENTIALS, OAUTH_PASSWORD, OAUTH_GRANT_COUNT };
/* Where the client's credentials are sent. BASIC_AUTH is another name for HEADER. */
enum oauth_mechanism { OAUTH_HEADER, OAUTH_BASIC_AUTH, OAUTH_BODY, OAUTH_MECHANISM_COUNT };

#define OAUTH_PARAMETERS_MAX 10
#define OAUTH_TEXT_MAX 1000 /* characters of each text */

struct oauth_setting {
	const char *client_id; /* "": no setting */
	const char *url;       /* the token endpoint of the authorization server */
	const char *scope;     /* separated by spaces; "" for none */
	enum oauth_grant grant;
	enum oauth_mechanism mechanism;
	bool ignore_ssl;       /* do not verify the authorization server's certificate */
	const char *username;  /* for the password grant */
	struct { const char *key, *value; } parameters[OAUTH_PARAMETERS_MAX]; /* further form parameters */
	size_t parameter_count;
};

/* How a rejected delivery (outcome_is_refusal) affects later deliveries of its package. */
enum on_refusal {
	/* The default: PASS_BY for the classic callback and connectors, whose listeners expect
	 * it; otherwise HOLD. */
	ON_REFUSAL_UNSET,
	ON_REFUSAL_HOLD,    /* later deliveries wait until it is delivered or has failed */
	ON_REFUSAL_PASS_BY, /* later deliveries continue, and it is retried alone */
	ON_REFUSAL_COUNT
};

#define STOP_STATUSES_MAX 50
#define RETRY_WAITS_MAX 20
#define RETRY_WAIT_MAX_S (7 * 24 * 3600)
#define HORIZON_DEFAULT_H 96
#define HORIZON_MAX_H (30 * 24)
#define ENDPOINT_IN_FLIGHT_DEFAULT 100
#define ENDPOINT_IN_FLIGHT_MAX 1000
#define ENDPOINT_RATE_MAX 10000
#define ENDPOINT_TIMEOUT_MAX_MS 120000
#define FILTER_SENDERS_MAX 100
#define FILTER_ATTRIBUTES_MAX 10
#define FILTER_VALUES_MAX 50 /* per attribute */
#define FILTER_TEXT_MAX 200  /* characters */

struct endpoint_options {
	const char *method; /* POST or PUT */
	enum payload_format format;
	unsigned signatures;
	bool ordered;
	bool failure_mails; /* mail the sender of the package about failed deliveries */
	int64_t retry_waits_s[RETRY_WAITS_MAX]; /* after the first, second … failure */
	size_t retry_wait_count;                /* 0: the server's schedule */
	/* No retry later than this after the delivery was queued. */
	int64_t horizon_h;
	enum on_refusal on_refusal;
	int64_t stop_statuses[STOP_STATUSES_MAX]; /* statuses after which it is not retried */
	size_t stop_status_count;
	int64_t in_flight_limit;
	int64_t rate;               /* attempts per second; 0: no limit */
	int64_t connect_timeout_ms; /* for name, connection and TLS; 0: the server's setting */
	int64_t timeout_ms;         /* for the whole attempt; 0: the server's setting */
	const char *contact;        /* an e-mail address; "" for none */
	const char *client_certificate, *ca_certificates; /* PEM; "" for none */
	const char *filter;         /* JSON {"senders":[…],"attributes":{…:[…]}}; "" for none */
	struct oauth_setting oauth;
};

/* Reads the options of an endpoint's body. Absent members have their defaults. Texts live in
 * `arena`. Errors name the member. */
MUST_CHECK bool endpoint_options_read(struct arena *arena, const json_t *body,
				      struct endpoint_options *ret_options, struct error *err);
/* Reads `oauthSetting` alone; when absent, the setting is cleared. */
MUST_CHECK bool oauth_setting_read(struct arena *arena, const json_t *body,
				   struct oauth_setting *ret_setting, struct error *err);
/* Reads the options from the store. A group of members that this version does not accept gets
 * its defaults, so that a stored text never stops a delivery. */
void endpoint_options_load(struct arena *arena, const char *text,
			   struct endpoint_options *ret_options);
/* Tells whether later deliveries of the package continue after a rejected one. `origin` is the
 * endpoint's. */
bool endpoint_passes_by(const struct endpoint_options *options, const char *origin);
/* Returns all members, including defaults, as a new reference; `onRefusal` only when it was set. */
json_t *endpoint_options_to_json(const struct endpoint_options *options);
json_t *oauth_setting_to_json(const struct oauth_setting *setting);
/* Returns the text for the store: "{}" when all options have their defaults. */
const char *endpoint_options_text(struct arena *arena, const struct endpoint_options *options);

#endif
