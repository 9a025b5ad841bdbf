/* probes.h – what a test of an endpoint says, and what a check of it found. Pure but for reading the endpoint. */
#ifndef GREFFIER_NOTIFY_PROBES_H
#define GREFFIER_NOTIFY_PROBES_H

#include <jansson.h>

#include "context/context.h"
#include "notify/catalogue.h"
#include "notify/probe.h"

/* `name` of a test's body; absent: the first type that the endpoint subscribes to, or PACKAGE_CREATE. */
MUST_CHECK bool probe_type_read(const json_t *body, const struct endpoint *endpoint,
				enum event_type *ret_type, struct error *err);
/* A test event of that type, with a value in each member that the type has, to the endpoint. In context's arena. */
void probe_make(const struct context *context, const struct endpoint *endpoint,
		enum event_type type, struct probe *ret_probe);

/* An event of that type, with a value in each member that the type has, of nobody's package. `user` acted. In the arena. */
struct event probe_event(struct arena *arena, enum event_type type, const char *account,
			 const char *user, struct wall_time now);

bool probe_is_accepted(const struct probe_result *result); /* 2xx */

/* What is said of an endpoint after a check. */
enum check_level { CHECK_OK, CHECK_WARNING, CHECK_FAILED };
#define CHECK_SLOW_MS 1000          /* an answer that takes longer is worth a warning */
#define CHECK_CERTIFICATE_DAYS 21   /* so is a certificate that expires sooner */

/* What is to be expected of deliveries, from the first finding that failed. */
enum check_outlook {
	OUTLOOK_WORKS,
	OUTLOOK_REFUSED,     /* the receiver answers, and not with 2xx: it may be a matter of a test's content */
	OUTLOOK_UNREACHABLE, /* nobody answers, or no token is given, now */
	OUTLOOK_NEVER,       /* until somebody changes something: name, address, certificate, redirect */
};

/* {"verdict", "outlook", "findings": [{"check", "level", "code", "message"}], "certificates": [{"subject", "issuer", "startDate",
 * "expiresDate"}]}. `forged` NULL: no request with a wrong signature was made, because the right one was not accepted. New
 * reference. */
json_t *check_report(const struct endpoint *endpoint, const struct probe_result *result,
		     const struct probe_result *forged, struct wall_time now);

#endif
