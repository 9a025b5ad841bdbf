/* endpoint_options.h – how an endpoint wants to be served: one JSON object, in the API as in the store, read and written here
 * only. Everything has a default, so that {} is a complete one. Secrets are not in it: endpoint_secrets.h. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_OPTIONS_H
#define GREFFIER_NOTIFY_ENDPOINT_OPTIONS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"

enum payload_format {
	PAYLOAD_ORIGINAL,               /* the seven members listeners have always seen */
	PAYLOAD_CLOUDEVENTS_STRUCTURED, /* CloudEvents 1.0, all in the body */
	PAYLOAD_CLOUDEVENTS_BINARY,     /* CloudEvents 1.0, attributes in headers */
	PAYLOAD_FORMAT_COUNT
};

enum { /* signature schemes of Standard Webhooks; bits */
	SIGNATURE_HMAC_SHA256 = 1, /* v1 */
	SIGNATURE_ED25519 = 2,     /* v1a */
};

enum oauth_grant { OAUTH_CLIENT_CREDENTIALS, OAUTH_PASSWORD, OAUTH_GRANT_COUNT };
/* Where the client's credentials go. BASIC_AUTH is another name for HEADER. */
enum oauth_mechanism { OAUTH_HEADER, OAUTH_BASIC_AUTH, OAUTH_BODY, OAUTH_MECHANISM_COUNT };

#define OAUTH_PARAMETERS_MAX 10
#define OAUTH_TEXT_MAX 1000 /* characters of each of its texts */

struct oauth_setting {
	const char *client_id; /* "": there is no setting */
	const char *url;       /* of the authorization server's token endpoint, whatever its path */
	const char *scope;     /* separated by spaces; "" for none */
	enum oauth_grant grant;
	enum oauth_mechanism mechanism;
	bool ignore_ssl;       /* the authorization server's certificate is not checked */
	const char *username;  /* of the password grant */
	struct { const char *key, *value; } parameters[OAUTH_PARAMETERS_MAX]; /* further form parameters */
	size_t parameter_count;
};

/* What a refused delivery (outcome_is_refusal) does to the later ones of its package. */
enum on_refusal {
	ON_REFUSAL_UNSET,   /* as for its kind: PASS_BY for the classic callback and connectors, whose listeners expect it; else HOLD */
	ON_REFUSAL_HOLD,    /* they wait until it is delivered or has failed */
	ON_REFUSAL_PASS_BY, /* they go on; it is tried again by itself */
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
#define FILTER_VALUES_MAX 50 /* of one attribute */
#define FILTER_TEXT_MAX 200  /* characters */

struct endpoint_options {
	const char *method; /* POST or PUT */
	enum payload_format format;
	unsigned signatures;
	bool ordered;
	bool failure_mails; /* the sender is told of what failed for good */
	int64_t retry_waits_s[RETRY_WAITS_MAX]; /* after the first, second … failure */
	size_t retry_wait_count;                /* 0: the server's schedule */
	int64_t horizon_h;                      /* nothing is tried again longer after it was queued */
	enum on_refusal on_refusal;
	int64_t stop_statuses[STOP_STATUSES_MAX]; /* answers after which nothing is tried again */
	size_t stop_status_count;
	int64_t in_flight_limit;
	int64_t rate;               /* attempts a second; 0: no limit */
	int64_t connect_timeout_ms; /* name, connection and TLS; 0: the server's */
	int64_t timeout_ms;         /* the whole attempt; 0: the server's */
	const char *contact;        /* an e-mail address; "" for none */
	const char *client_certificate, *ca_certificates; /* PEM; "" for none */
	const char *filter;         /* JSON {"senders":[…],"attributes":{…:[…]}}; "" for none */
	struct oauth_setting oauth;
};

/* Of an endpoint's body; absent members have their defaults. Texts live in `arena`. Errors name the member. */
MUST_CHECK bool endpoint_options_read(struct arena *arena, const json_t *body,
				      struct endpoint_options *ret_options, struct error *err);
/* `oauthSetting` alone; an absent one is reset. */
MUST_CHECK bool oauth_setting_read(struct arena *arena, const json_t *body,
				   struct oauth_setting *ret_setting, struct error *err);
/* What the store has kept. A group of members that another version took and this one does not take has its defaults: a stored
 * text never stops a delivery. */
void endpoint_options_load(struct arena *arena, const char *text,
			   struct endpoint_options *ret_options);
/* Whether a refused delivery lets the later ones of its package go on; `origin` is the endpoint's. */
bool endpoint_passes_by(const struct endpoint_options *options, const char *origin);
/* All members, defaults too; `onRefusal` only when it was set. New reference. */
json_t *endpoint_options_to_json(const struct endpoint_options *options);
json_t *oauth_setting_to_json(const struct oauth_setting *setting);
/* As kept in the store: "{}" when all is as by default. */
const char *endpoint_options_text(struct arena *arena, const struct endpoint_options *options);

#endif
