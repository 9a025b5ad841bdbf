/* failure_test.c – causes of failures: a row each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "notify/failure.h"

static const struct {
	const char *error_class, *phase;
	int64_t status;
	const char *said, *cause;
} rows[] = {
	{"NAME_RESOLUTION", "NAME", 0, "Could not resolve host: nowhere.example", "NAME_UNKNOWN"},
	{"CONNECTION", "CONNECT", 0, "Failed to connect to 10.0.0.1 port 9: Connection refused",
	 "CONNECTION_REFUSED"},
	{"CONNECTION", "CONNECT", 0, "Failed to connect: No route to host", "UNREACHABLE"},
	{"TLS", "TLS", 0, "SSL certificate problem: certificate has expired",
	 "CERTIFICATE_EXPIRED"},
	{"TLS", "TLS", 0, "SSL certificate problem: unable to get local issuer certificate",
	 "CERTIFICATE_UNTRUSTED"},
	{"TLS", "TLS", 0,
	 "SSL: no alternative certificate subject name matches target host name 'a.example'",
	 "CERTIFICATE_NAME"},
	{"TLS", "TLS", 0, "wrong version number", "TLS_FAILED"},
	{"TIMEOUT", "CONNECT", 0, "", "TIMEOUT_CONNECTION"},
	{"TIMEOUT", "ANSWER", 0, "", "TIMEOUT_ANSWER"},
	{"AUTHORIZATION", "", 0, "the authorization server answers 401: invalid_client",
	 "TOKEN_REFUSED"},
	{"", "", 401, "has expired", "UNAUTHORIZED"},
	{"", "", 404, "", "NOT_FOUND"},
	{"", "", 422, "", "REFUSED"},
	{"", "", 500, "", "SERVER_ERROR"},
	{"", "", 503, "", "UNAVAILABLE"},
	{"", "", 302, "", "REDIRECT"},
	{"", "", 199, "", "OTHER"},
	{"NOT_ATTEMPTED", "", 0, "", "NOT_ATTEMPTED"},
	{"OF_A_LATER_VERSION", "", 0, "", "OTHER"},
};

static void rows_hold(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *cause = failure_cause(rows[i].error_class, rows[i].phase,
						  rows[i].status, rows[i].said);
		if (strcmp(cause, rows[i].cause) != 0)
			fail_msg("%s %lld `%s`: %s", rows[i].error_class, (long long)rows[i].status,
				 rows[i].said, cause);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_hold)};

	return cmocka_run_group_tests_name("notify/failure", tests, NULL, NULL);
}
