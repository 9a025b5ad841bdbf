/* check_test.c – each thing that can be wrong with an endpoint, and how a check says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/macros.h"
#include "notify/probes.h"

#define CHAIN(expires) \
	"Subject:CN = receiver.example\nIssuer:CN = Some CA\nStart date:Jan  1 00:00:00 2026 GMT\n" \
	"Expire date:" expires "\nSubject:CN = Some CA\nIssuer:CN = Root\n" \
	"Start date:Jan  1 00:00:00 2020 GMT\nExpire date:Jan  1 00:00:00 2030 GMT\n"
#define GOOD_CHAIN CHAIN("Nov 26 10:00:00 2027 GMT")
#define PLAIN "http://receiver.example/"
#define SECURE "https://receiver.example/"

struct row {
	const char *says, *url, *error_class, *phase;
	int64_t status, took_ms;
	const char *chain;
	int64_t forged_status; /* -1: not asked */
	enum endpoint_auth auth;
	const char *verdict;
	const char *codes; /* of the findings, in order */
};

static const struct row rows[] = {
	{"all is well", SECURE, "", "", 200, 20, GOOD_CHAIN, 401, ENDPOINT_AUTH_NONE, "OK",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_GOOD CERTIFICATE_VALID ANSWER_ACCEPTED TIME_SHORT "
	 "SIGNATURE_CHECKED"},
	{"http is worth a warning", PLAIN, "", "", 204, 20, NULL, 401, ENDPOINT_AUTH_BASIC,
	 "WARNING",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_ACCEPTED TIME_SHORT SIGNATURE_CHECKED"},
	{"a wrong signature is accepted", SECURE, "", "", 200, 20, GOOD_CHAIN, 200,
	 ENDPOINT_AUTH_NONE, "WARNING",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_GOOD CERTIFICATE_VALID ANSWER_ACCEPTED TIME_SHORT "
	 "SIGNATURE_IGNORED"},
	{"the certificate expires soon", SECURE, "", "", 200, 20, CHAIN("Dec  1 00:00:00 2026 GMT"),
	 401, ENDPOINT_AUTH_NONE, "WARNING",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_GOOD CERTIFICATE_EXPIRES_SOON ANSWER_ACCEPTED "
	 "TIME_SHORT SIGNATURE_CHECKED"},
	{"the answer takes long", PLAIN, "", "", 200, 1500, NULL, 401, ENDPOINT_AUTH_NONE,
	 "WARNING",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_ACCEPTED TIME_LONG SIGNATURE_CHECKED"},
	{"a token was fetched", PLAIN, "", "", 200, 20, NULL, 401, ENDPOINT_AUTH_OAUTH2, "WARNING",
	 "TOKEN_FETCHED NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_ACCEPTED TIME_SHORT "
	 "SIGNATURE_CHECKED"},
	{"no token", SECURE, "AUTHORIZATION", "", 0, 20, NULL, -1, ENDPOINT_AUTH_OAUTH2, "FAILED",
	 "TOKEN_REFUSED"},
	{"no such name", SECURE, "NAME_RESOLUTION", "NAME", 0, 20, NULL, -1, ENDPOINT_AUTH_NONE,
	 "FAILED", "NAME_NOT_RESOLVED"},
	{"a name server that stalls", SECURE, "TIMEOUT", "NAME", 0, 5000, NULL, -1,
	 ENDPOINT_AUTH_NONE, "FAILED", "NAME_NOT_RESOLVED"},
	{"a private address", SECURE, "ADDRESS_REFUSED", "CONNECT", 0, 20, NULL, -1,
	 ENDPOINT_AUTH_NONE, "FAILED", "NAME_RESOLVES ADDRESS_REFUSED"},
	{"nobody listens", SECURE, "CONNECTION", "CONNECT", 0, 20, NULL, -1, ENDPOINT_AUTH_NONE,
	 "FAILED", "NAME_RESOLVES CONNECTION_FAILED"},
	{"a secret that does not open", SECURE, "INTERNAL", "", 0, 0, NULL, -1, ENDPOINT_AUTH_BASIC,
	 "FAILED", "NAME_RESOLVES NOT_SENT"},
	{"an expired certificate", SECURE, "TLS", "TLS", 0, 20, NULL, -1, ENDPOINT_AUTH_NONE,
	 "FAILED", "NAME_RESOLVES ADDRESS_ALLOWED TLS_FAILED"},
	{"TLS stalls", SECURE, "TIMEOUT", "TLS", 0, 5000, NULL, -1, ENDPOINT_AUTH_NONE, "FAILED",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_FAILED"},
	{"no answer", PLAIN, "TIMEOUT", "ANSWER", 0, 15000, NULL, -1, ENDPOINT_AUTH_NONE, "FAILED",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_MISSING"},
	{"elsewhere", PLAIN, "", "", 302, 20, NULL, -1, ENDPOINT_AUTH_NONE, "FAILED",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_REDIRECTS TIME_SHORT"},
	{"the key is refused", PLAIN, "", "", 401, 20, NULL, -1, ENDPOINT_AUTH_BASIC, "FAILED",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_UNAUTHORIZED TIME_SHORT"},
	{"gone", PLAIN, "", "", 410, 20, NULL, -1, ENDPOINT_AUTH_NONE, "FAILED",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_GONE TIME_SHORT"},
	{"refused", PLAIN, "", "", 422, 20, NULL, -1, ENDPOINT_AUTH_NONE, "FAILED",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_REFUSED TIME_SHORT"},
	{"the receiver fails", PLAIN, "", "", 503, 20, NULL, -1, ENDPOINT_AUTH_NONE, "FAILED",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_ERROR TIME_SHORT"},
	{"a status nobody knows", PLAIN, "", "", 700, 20, NULL, -1, ENDPOINT_AUTH_NONE, "FAILED",
	 "NAME_RESOLVES ADDRESS_ALLOWED TLS_NONE ANSWER_REFUSED TIME_SHORT"},
};

static struct probe_result result_of(const struct row *row, int64_t status)
{
	return (struct probe_result){
		.attempt = {.took = duration_ms(row->took_ms),
			    .address = strcmp(row->error_class, "NAME_RESOLUTION") == 0 ||
						       strcmp(row->phase, "NAME") == 0
					       ? ""
					       : "192.0.2.1:443",
			    .http_status = status,
			    .error_class = row->error_class,
			    .phase = row->phase,
			    .tls = "TLSv1.3 TLS_AES_256_GCM_SHA384"},
		.chain = row->chain,
		.problem = *row->error_class ? "what libcurl says" : NULL,
	};
}

static void row_check(const struct row *row)
{
	const struct endpoint endpoint = {.url = row->url, .auth = row->auth};
	const struct probe_result result = result_of(row, row->status);
	const struct probe_result forged = result_of(row, row->forged_status);
	struct wall_time now;
	char codes[400] = "";
	json_t *finding;
	size_t i;

	assert_true(wall_parse("2026-11-26T12:00:00Z", &now));
	scoped(json_t) json_t *report = check_report(&endpoint, false, &result,
						     row->forged_status < 0 ? NULL : &forged, now);
	json_array_foreach(json_object_get(report, "findings"), i, finding)
	{
		if (i)
			strcat(codes, " ");
		strcat(codes, json_text(finding, "code"));
		assert_true(strlen(json_text(finding, "message")) > 10);
	}
	if (strcmp(codes, row->codes) != 0 ||
	    strcmp(json_text(report, "verdict"), row->verdict) != 0)
		fail_msg("%s: %s: %s", row->says, json_text(report, "verdict"), codes);
}

static void each_fault_has_its_finding(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_check(&rows[i]);
}

static void certificates_are_told(void **state)
{
	const struct probe_result result = result_of(&rows[0], 200);
	const struct endpoint endpoint = {.url = SECURE};

	scoped(json_t)
		json_t *report = check_report(&endpoint, false, &result, NULL, wall_from_us(0));
	const json_t *certificates = json_object_get(report, "certificates");
	assert_int_equal(json_array_size(certificates), 2);
	const json_t *first = json_array_get(certificates, 0);
	assert_string_equal(json_text(first, "subject"), "CN = receiver.example");
	assert_string_equal(json_text(first, "issuer"), "CN = Some CA");
	assert_string_equal(json_text(first, "startDate"), "2026-01-01T00:00:00.000Z");
	assert_string_equal(json_text(first, "expiresDate"), "2027-11-26T10:00:00.000Z");
}

static void outlooks_are_told(void **state)
{
	static const struct {
		const char *error_class, *phase, *problem;
		int64_t status;
		const char *outlook, *last_code;
	} outlooks[] = {
		{"", "", NULL, 200, "WORKS", "TIME_SHORT"},
		{"", "", NULL, 404, "REFUSED", "TIME_SHORT"},
		{"", "", NULL, 307, "NEVER", "TIME_SHORT"},
		{"NAME_RESOLUTION", "NAME", "no host", 0, "NEVER", "NAME_NOT_RESOLVED"},
		{"ADDRESS_REFUSED", "CONNECT", "no", 0, "NEVER", "ADDRESS_REFUSED"},
		{"CONNECTION", "CONNECT", "no", 0, "UNREACHABLE", "CONNECTION_FAILED"},
		{"AUTHORIZATION", "", "no", 0, "UNREACHABLE", "TOKEN_REFUSED"},
		{"TIMEOUT", "ANSWER", "late", 0, "UNREACHABLE", "ANSWER_MISSING"},
		{"TIMEOUT", "TLS", "late", 0, "UNREACHABLE", "TLS_FAILED"},
		{"TLS", "TLS", "certificate has expired", 0, "NEVER", "CERTIFICATE_EXPIRED"},
		{"TLS", "TLS", "self-signed certificate in certificate chain", 0, "NEVER",
		 "CERTIFICATE_UNTRUSTED"},
		{"TLS", "TLS", "certificate subject name 'a' does not match target host name 'b'",
		 0, "NEVER", "CERTIFICATE_WRONG_NAME"},
	};
	const struct endpoint endpoint = {.url = SECURE};

	for (size_t i = 0; i < ARRAY_SIZE(outlooks); i++) {
		const struct probe_result result = {
			.attempt = {.address = "192.0.2.1:443",
				    .http_status = outlooks[i].status,
				    .error_class = outlooks[i].error_class,
				    .phase = outlooks[i].phase,
				    .tls = ""},
			.problem = outlooks[i].problem,
		};
		scoped(json_t) json_t *report = check_report(&endpoint, false, &result, NULL,
							     wall_from_us(0));
		const json_t *findings = json_object_get(report, "findings");
		const json_t *last = json_array_get(findings, json_array_size(findings) - 1);
		assert_string_equal(json_text(report, "outlook"), outlooks[i].outlook);
		assert_string_equal(json_text(last, "code"), outlooks[i].last_code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_finding),
		cmocka_unit_test(certificates_are_told),
		cmocka_unit_test(outlooks_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
