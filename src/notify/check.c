/* check.c – evaluates the outcome of a probe: the other part of probes.h. */
#include "notify/probes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/text.h"

#define MESSAGE_MAX 400

static const char *const level_names[] = {
	[CHECK_OK] = "OK", [CHECK_WARNING] = "WARNING", [CHECK_FAILED] = "FAILED"};

static const char *const outlook_names[] = {[OUTLOOK_WORKS] = "WORKS",
					    [OUTLOOK_REFUSED] = "REFUSED",
					    [OUTLOOK_UNREACHABLE] = "UNREACHABLE",
					    [OUTLOOK_NEVER] = "NEVER"};

struct report {
	const struct endpoint *endpoint;
	const struct attempt *attempt;
	const struct probe_result *result;
	bool is_catcher;
	enum check_level verdict;
	enum check_outlook outlook;
	json_t *findings, *certificates;
};

static void PRINTF_LIKE(5, 6)
	found(struct report *report, const char *check, enum check_level level, const char *code,
	      const char *format, ...)
{
	char text[MESSAGE_MAX], message[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)utf8_repair(text, strlen(text), message, sizeof(message));
	if (level > report->verdict)
		report->verdict = level;
	json_array_append_new(report->findings,
			      json_pack("{s:s, s:s, s:s, s:s}", "check", check, "level",
					level_names[level], "code", code, "message", message));
}

static bool ended_with(const struct report *report, const char *error_class)
{
	return strcmp(report->attempt->error_class, error_class) == 0;
}

static bool ended_in(const struct report *report, const char *phase)
{
	return strcmp(report->attempt->phase, phase) == 0;
}

static const char *why(const struct report *report)
{
	return report->result->problem ? report->result->problem : report->attempt->error_class;
}

static bool failed(struct report *report, enum check_outlook outlook)
{
	report->outlook = outlook;
	return false;
}

/* Each of these returns whether it is worth looking further. */

static bool authorization_judge(struct report *report)
{
	if (ended_with(report, "AUTHORIZATION")) {
		found(report, "AUTHORIZATION", CHECK_FAILED, "TOKEN_REFUSED",
		      "No access token: %s.", why(report));
		return failed(report, OUTLOOK_UNREACHABLE);
	}
	if (report->endpoint->auth == ENDPOINT_AUTH_OAUTH2 ||
	    report->endpoint->auth == ENDPOINT_AUTH_REFRESH_TOKEN)
		found(report, "AUTHORIZATION", CHECK_OK, "TOKEN_FETCHED",
		      "The authorization server gave an access token.");
	return true;
}

static bool name_judge(struct report *report)
{
	if (ended_with(report, "NAME_RESOLUTION") || ended_in(report, "NAME")) {
		found(report, "NAME", CHECK_FAILED, "NAME_NOT_RESOLVED",
		      "The host's name does not resolve: %s.", why(report));
		return failed(report, OUTLOOK_NEVER);
	}
	if (*report->attempt->address)
		found(report, "NAME", CHECK_OK, "NAME_RESOLVES", "The host is at %s.",
		      report->attempt->address);
	return true;
}

static bool address_judge(struct report *report)
{
	if (ended_with(report, "ADDRESS_REFUSED")) {
		found(report, "ADDRESS", CHECK_FAILED, "ADDRESS_REFUSED",
		      "This server does not deliver there: %s.", why(report));
		return failed(report, OUTLOOK_NEVER);
	}
	if (ended_with(report, "CONNECTION") || ended_in(report, "CONNECT")) {
		found(report, "ADDRESS", CHECK_FAILED, "CONNECTION_FAILED",
		      "Nobody accepts a connection: %s.", why(report));
		return failed(report, OUTLOOK_UNREACHABLE);
	}
	if (ended_with(report, "INTERNAL")) {
		found(report, "ADDRESS", CHECK_FAILED, "NOT_SENT", "Nothing could be sent: %s.",
		      why(report));
		return failed(report, OUTLOOK_UNREACHABLE);
	}
	found(report, "ADDRESS", CHECK_OK, "ADDRESS_ALLOWED",
	      "The address may be delivered to and accepts a connection.");
	return true;
}

/* ---- certificates ---- */

/* The text behind `label` in the line at `*at`, which moves to the next line; false when another
 * label is there. A certificate's names may be in any encoding. */
static bool line_take(const char **at, const char *label, char *ret_text, size_t room)
{
	size_t length = strcspn(*at, "\n");

	if (strncmp(*at, label, strlen(label)) != 0)
		return false;
	(void)utf8_repair(*at + strlen(label), length - strlen(label), ret_text, room);
	*at += length + ((*at)[length] == '\n');
	return true;
}

/* As OpenSSL prints it: "Nov 26 10:00:00 2027 GMT". */
static bool date_parse(const char *text, struct wall_time *ret_time)
{
	struct tm date = {0};
	const char *end = strptime(text, "%b %e %H:%M:%S %Y", &date);

	if (!end)
		return false;
	*ret_time = wall_from_us((int64_t)timegm(&date) * 1000000);
	return true;
}

static json_t *date_or_text(const char *text)
{
	struct wall_time time;
	return date_parse(text, &time) ? json_date(time) : json_string(text);
}

/* The expiry of the first one, which is the receiver's own; 0 when it is not told. */
static struct wall_time chain_read(struct report *report)
{
	char subject[300], issuer[300], start[60], expiry[60];
	const char *at = report->result->chain ? report->result->chain : "";
	struct wall_time first = {0}, time;

	while (line_take(&at, "Subject:", subject, sizeof(subject)) &&
	       line_take(&at, "Issuer:", issuer, sizeof(issuer)) &&
	       line_take(&at, "Start date:", start, sizeof(start)) &&
	       line_take(&at, "Expire date:", expiry, sizeof(expiry))) {
		if (json_array_size(report->certificates) == 0 && date_parse(expiry, &time))
			first = time;
		json_array_append_new(report->certificates,
				      json_pack("{s:s, s:s, s:o, s:o}", "subject", subject,
						"issuer", issuer, "startDate", date_or_text(start),
						"expiresDate", date_or_text(expiry)));
	}
	return first;
}

/* As libcurl and OpenSSL say it. */
static const struct {
	const char *words, *check, *code, *advice;
} tls_problems[] = {
	{"has expired", "CERTIFICATE", "CERTIFICATE_EXPIRED", ""},
	{"not yet valid", "CERTIFICATE", "CERTIFICATE_EXPIRED", ""},
	{"does not match", "CERTIFICATE", "CERTIFICATE_WRONG_NAME", ""},
	{"no alternative certificate subject name", "CERTIFICATE", "CERTIFICATE_WRONG_NAME", ""},
	{"unable to get local issuer", "CERTIFICATE", "CERTIFICATE_UNTRUSTED",
	 " Does the receiver send its intermediate certificates?"},
	{"self-signed", "CERTIFICATE", "CERTIFICATE_UNTRUSTED", ""},
	{"self signed", "CERTIFICATE", "CERTIFICATE_UNTRUSTED", ""},
	{"", "TLS", "TLS_FAILED", ""},
};

static bool tls_fail(struct report *report)
{
	const char *words = why(report);
	size_t i = 0;

	while (!strstr(words, tls_problems[i].words))
		i++;
	found(report, tls_problems[i].check, CHECK_FAILED, tls_problems[i].code, "TLS fails: %s.%s",
	      words, tls_problems[i].advice);
	return failed(report, ended_with(report, "TLS") ? OUTLOOK_NEVER : OUTLOOK_UNREACHABLE);
}

static bool tls_judge(struct report *report, struct wall_time now)
{
	struct wall_time expires = chain_read(report);

	if (report->is_catcher) {
		found(report, "TLS", CHECK_OK, "TLS_WITHIN",
		      "The catcher is part of this server: nothing leaves the machine.");
		return true;
	}
	if (strncasecmp(report->endpoint->url, "https:", 6) != 0) {
		found(report, "TLS", CHECK_WARNING, "TLS_NONE",
		      "The URL is http: anybody on the way can read and change notifications.");
		return true;
	}
	if (ended_with(report, "TLS") || ended_in(report, "TLS"))
		return tls_fail(report);
	found(report, "TLS", CHECK_OK, "TLS_GOOD", "%s.", report->attempt->tls);
	if (!expires.us)
		return true;
	int64_t days = wall_since(expires, now).us / 1000000 / 86400;
	bool soon = days < CHECK_CERTIFICATE_DAYS;
	found(report, "CERTIFICATE", soon ? CHECK_WARNING : CHECK_OK,
	      soon ? "CERTIFICATE_EXPIRES_SOON" : "CERTIFICATE_VALID",
	      "The certificate is valid for %lld more days.", (long long)days);
	return true;
}

/* ---- the answer ---- */

struct answer_kind {
	int from, to; /* statuses */
	enum check_level level;
	const char *code, *message;
};

static const struct answer_kind answers[] = {
	{200, 299, CHECK_OK, "ANSWER_ACCEPTED", "The notification is accepted"},
	{300, 399, CHECK_FAILED, "ANSWER_REDIRECTS",
	 "The receiver sends elsewhere, and redirects are not followed: give the final URL"},
	{401, 401, CHECK_FAILED, "ANSWER_UNAUTHORIZED",
	 "The receiver refuses the key or token, or the signature"},
	{403, 403, CHECK_FAILED, "ANSWER_UNAUTHORIZED",
	 "The receiver refuses the key or token, or the signature"},
	{410, 410, CHECK_FAILED, "ANSWER_GONE",
	 "The receiver says that it is gone: a delivery would disable the endpoint"},
	{400, 499, CHECK_FAILED, "ANSWER_REFUSED", "The receiver refuses the notification"},
	{500, 599, CHECK_FAILED, "ANSWER_ERROR", "The receiver fails"},
};

static bool answer_judge(struct report *report)
{
	int64_t status = report->attempt->http_status;

	if (*report->attempt->error_class) {
		found(report, "ANSWER", CHECK_FAILED, "ANSWER_MISSING",
		      "The connection is accepted, but no proper answer comes: %s.", why(report));
		return failed(report, OUTLOOK_UNREACHABLE);
	}
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		if (status < answers[i].from || status > answers[i].to)
			continue;
		found(report, "ANSWER", answers[i].level, answers[i].code, "%s (status %lld).",
		      answers[i].message, (long long)status);
		return answers[i].level == CHECK_OK ||
		       failed(report, status < 400 ? OUTLOOK_NEVER : OUTLOOK_REFUSED);
	}
	found(report, "ANSWER", CHECK_FAILED, "ANSWER_REFUSED", "Status %lld is no success.",
	      (long long)status);
	return failed(report, OUTLOOK_REFUSED);
}

static void time_judge(struct report *report)
{
	long long ms = (long long)(report->attempt->took.us / 1000);
	bool slow = ms > CHECK_SLOW_MS;

	found(report, "TIME", slow ? CHECK_WARNING : CHECK_OK, slow ? "TIME_LONG" : "TIME_SHORT",
	      slow ? "The answer took %lld ms: answer first, and work afterwards."
		   : "The answer took %lld ms.",
	      ms);
}

static void signature_judge(struct report *report, const struct probe_result *forged)
{
	if (report->is_catcher)
		found(report, "SIGNATURE", CHECK_OK, "SIGNATURE_CATCHER",
		      "A catcher keeps whatever comes, and checks no signature.");
	if (report->is_catcher || !forged)
		return;
	bool accepted = probe_is_accepted(forged);
	found(report, "SIGNATURE", accepted ? CHECK_WARNING : CHECK_OK,
	      accepted ? "SIGNATURE_IGNORED" : "SIGNATURE_CHECKED",
	      accepted
		      ? "A notification with a wrong signature is accepted (status %lld): the receiver "
			"does not check it."
		      : "A notification with a wrong signature is refused (status %lld).",
	      (long long)forged->attempt.http_status);
}

json_t *check_report(const struct endpoint *endpoint, bool is_catcher,
		     const struct probe_result *result, const struct probe_result *forged,
		     struct wall_time now)
{
	struct report report = {.endpoint = endpoint,
				.attempt = &result->attempt,
				.result = result,
				.is_catcher = is_catcher,
				.verdict = CHECK_OK,
				.findings = json_array(),
				.certificates = json_array()};

	if (authorization_judge(&report) && name_judge(&report) && address_judge(&report) &&
	    tls_judge(&report, now)) {
		bool accepted = answer_judge(&report);
		if (result->attempt.http_status)
			time_judge(&report);
		if (accepted)
			signature_judge(&report, forged);
	}
	return json_pack("{s:s, s:s, s:o, s:o}", "verdict", level_names[report.verdict], "outlook",
			 outlook_names[report.outlook], "findings", report.findings, "certificates",
			 report.certificates);
}
