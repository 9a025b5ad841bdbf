/* probes.h – makes test events for endpoints and evaluates checks. Pure, except for reading the
 * endpoint. */
#ifndef GREFFIER_NOTIFY_PROBES_H
#define GREFFIER_NOTIFY_PROBES_H

#include <jansson.h>

#include "context/context.h"
#include "notify/catalogue.h"
#include "notify/probe.h"

/* Reads `name` of a test's body. When absent: the first type that the endpoint subscribes to, or
 * PACKAGE_CREATE. */
MUST_CHECK bool probe_type_read(const json_t *body, const struct endpoint *endpoint,
				enum event_type *ret_type, struct error *err);
/* Makes a test of the endpoint with an event of that type that has a value in each of its
 * members. In context's arena. */
void probe_make(const struct context *context, const struct endpoint *endpoint,
		enum event_type type, struct probe *ret_probe);
/* Makes the event one of the transaction that `packageId` of a test's body names; without it nothing changes. The event is then
 * that transaction's newest of its type, or, when it has none, a made-up one that names the transaction.
 * ERROR_PACKAGE_NOT_FOUND: neither a package of the account nor one that its events name. */
MUST_CHECK bool probe_choose_package(const struct context *context, const json_t *body,
				     struct probe *probe, struct error *err);
/* The body that the probe would send. In the context's arena. */
const char *probe_body(const struct context *context, const struct probe *probe);

/* Makes an event of that type with a value in each of its members, for no existing package.
 * `user` is the person who acted. In the arena. */
struct event probe_event(struct arena *arena, enum event_type type, const char *account,
			 const char *user, struct wall_time now);

bool probe_is_accepted(const struct probe_result *result); /* 2xx */

/* The result of one finding of a check. */
enum check_level { CHECK_OK, CHECK_WARNING, CHECK_FAILED };
#define CHECK_SLOW_MS 1000          /* longer answers give a warning */
#define CHECK_CERTIFICATE_DAYS 21   /* certificates that expire sooner give a warning */

/* What deliveries can expect, according to the first failed finding. */
enum check_outlook {
	OUTLOOK_WORKS,
	/* The receiver answers, but not with 2xx; the content of the test may be the reason. */
	OUTLOOK_REFUSED,
	OUTLOOK_UNREACHABLE, /* no answer or no token at this moment */
	/* Not before somebody changes something: name, address, certificate, redirect. */
	OUTLOOK_NEVER,
};

/* Returns {"verdict", "outlook", "findings": [{"check", "level", "code", "message"}],
 * "certificates": [{"subject", "issuer", "startDate", "expiresDate"}]} as a new reference.
 * `is_catcher`: the receiver is a catcher of this server. `forged` is NULL when no request with a
 * wrong signature was sent, because the correct one was not accepted. */
json_t *check_report(const struct endpoint *endpoint, bool is_catcher,
		     const struct probe_result *result,
		     const struct probe_result *forged, struct wall_time now);

#endif
