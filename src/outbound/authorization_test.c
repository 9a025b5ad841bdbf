/* authorization_test.c – token requests and answers, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "outbound/authorization.h"

static const struct endpoint_secrets secrets = {
	.client_secret = "s:e c&r=t", .password = "p@ss", .client_key = ""};

static struct oauth_setting setting_of(enum oauth_grant grant, enum oauth_mechanism mechanism)
{
	return (struct oauth_setting){
		.client_id = "the id",
		.url = "https://auth.example/anything",
		.scope = "a b",
		.grant = grant,
		.mechanism = mechanism,
		.username = "ann",
		.parameters = {{"resource", "x/y"}},
		.parameter_count = 1,
	};
}

static void credentials_go_where_they_belong(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct oauth_setting header = setting_of(OAUTH_CLIENT_CREDENTIALS, OAUTH_HEADER);
	struct oauth_setting body = setting_of(OAUTH_CLIENT_CREDENTIALS, OAUTH_BODY);
	struct oauth_setting password = setting_of(OAUTH_PASSWORD, OAUTH_BASIC_AUTH);

	struct token_request request = token_request_of(arena, &header, &secrets);
	assert_string_equal(request.url, "https://auth.example/anything");
	assert_string_equal(request.body, "grant_type=client_credentials&scope=a+b&resource=x%2Fy");
	assert_string_equal(request.authorization, "Basic dGhlK2lkOnMlM0FlK2MlMjZyJTNEdA==");
	request = token_request_of(arena, &body, &secrets);
	assert_null(request.authorization);
	assert_string_equal(request.body,
			    "grant_type=client_credentials&scope=a+b&client_id=the+id&"
			    "client_secret=s%3Ae+c%26r%3Dt&resource=x%2Fy");
	request = token_request_of(arena, &password, &secrets);
	assert_non_null(request.authorization);
	assert_string_equal(request.body, "grant_type=password&username=ann&password=p%40ss&"
					  "scope=a+b&resource=x%2Fy");
}

static void a_refresh_token_is_exchanged_at_its_host(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const struct refresh_key key = {"login.example", "app", "r/t"};
	struct token_request request = token_request_refresh(arena, &key);

	assert_string_equal(request.url, "https://login.example/services/oauth2/token");
	assert_string_equal(request.body,
			    "grant_type=refresh_token&client_id=app&refresh_token=r%2Ft");
	assert_null(request.authorization);
}

static const struct {
	long status;
	const char *body, *token, *refresh_token;
	int64_t life_ms;
	bool refused;
} rows[] = {
	{200, "{\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":3600}", "t", NULL,
	 3540000, false},
	{200, "{\"access_token\":\"t\",\"expires_in\":\"100\"}", "t", NULL, 90000, false},
	{200, "{\"access_token\":\"t\",\"expires_in\":2}", "t", NULL, 1800, false},
	{200, "{\"access_token\":\"t\",\"expires_in\":3600.5}", "t", NULL, 3540500, false},
	{200, "{\"access_token\":\"t\",\"expires_in\":\"100.5\"}", "t", NULL, 90450, false},
	{200, "{\"access_token\":\"t\",\"expires_in\":0.5}", "t", NULL, 450, false},
	{200, "{\"access_token\":\"t\",\"expires_in\":1e300}", "t", NULL, 2591940000, false},
	{200, "{\"access_token\":\"t\",\"expires_in\":\"soon\"}", "t", NULL, 840000, false},
	{200, "{\"access_token\":\"t\"}", "t", NULL, 840000, false},
	{200, "{\"access_token\":\"t\",\"expires_in\":-5,\"refresh_token\":\"new\"}", "t", "new",
	 840000, false},
	{200, "{\"access_token\":\"t\",\"token_type\":\"mac\"}", "t", NULL, 840000, false},
	{200, "{\"access_token\":\"t\",\"token_type\":7}", "t", NULL, 840000, false},
	{201, "{\"access_token\":\"t\"}", "t", NULL, 840000, false},
	{299, "{\"access_token\":\"t\",\"scope\":\"\xe9\"}", "t", NULL, 840000, false},
	{300, "{\"access_token\":\"t\"}", NULL, NULL, 0, false},
	{200, "{\"access_token\":\"a\\r\\nX: y\"}", NULL, NULL, 0, false},
	{200, "{\"access_token\":5}", NULL, NULL, 0, false},
	{200, "<html>", NULL, NULL, 0, false},
	{200, "", NULL, NULL, 0, false},
	{400, "{\"error\":\"invalid_grant\"}", NULL, NULL, 0, true},
	{401, "{\"error\":\"invalid_client\"}", NULL, NULL, 0, true},
	{400, "{\"error\":\"invalid_scope\"}", NULL, NULL, 0, false},
	{503, "{\"error\":\"invalid_grant\"}", NULL, NULL, 0, false},
	{302, "", NULL, NULL, 0, false},
};

static void answers_are_understood(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct bytes body = {(const unsigned char *)rows[i].body,
					   strlen(rows[i].body)};
		struct token_answer answer = token_answer_read(arena, rows[i].status, body);
		if (!rows[i].token != !answer.access_token || !answer.problem != !!rows[i].token)
			fail_msg("%s", rows[i].body);
		assert_int_equal(answer.refused, rows[i].refused);
		if (!rows[i].token)
			continue;
		assert_string_equal(answer.access_token, rows[i].token);
		assert_int_equal(answer.life.us, rows[i].life_ms * 1000);
		assert_int_equal(!answer.refresh_token, !rows[i].refresh_token);
	}
}

/* What the operator needs to mend it. */
static const struct {
	long status;
	const char *body, *told;
} reasons[] = {
	{400, "{\"error\":\"invalid_scope\",\"error_description\":\"Scope a is not granted\"}",
	 "invalid_scope (400): Scope a is not granted"},
	{400, "{\"errorCode\":\"invalid_client\",\"errorSummary\":\"A client id must be given\"}",
	 "400: A client id must be given"},
	{400, "{\"errorCode\":\"E0000022\"}", "400: E0000022"},
	{400, "{\"error\":{\"code\":400,\"message\":\"no such app\"}}", "400: no such app"},
	{401, "{\"error\":\"invalid_client\",\"error_description\":\"cl\xe9 inconnue\"}",
	 "invalid_client (401): cl\xef\xbf\xbd inconnue"},
	{403, "<html>\r\n<h1>Forbidden</h1>", "403: <html>  <h1>Forbidden</h1>"},
	{502, "upstream \xff down\n", "502: upstream \xef\xbf\xbd down"},
	{500, "", "500 without a token"},
	{200, "", "empty"},
	{200, "<html>Log in", "not JSON: <html>Log in"},
	{200, "token=secret", "not JSON"},
	{200, "{\"token\":\"secret\",\"ttl\":5}", "no access_token; it has "},
	{200, "{\"access_token\":{}}", "not a text"},
	{200, "{\"access_token\":\"\"}", "empty"},
	{200, "{\"access_token\":\"a b\"}", "no header may hold"},
};

static void the_reason_is_told(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		const struct bytes body = {(const unsigned char *)reasons[i].body,
					   strlen(reasons[i].body)};
		struct token_answer answer = token_answer_read(arena, reasons[i].status, body);
		if (!answer.problem || !strstr(answer.problem, reasons[i].told) ||
		    strstr(answer.problem, "secret"))
			fail_msg("%s: %s", reasons[i].body, answer.problem);
	}
}

static void long_tokens_are_taken_and_longer_ones_named(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t length = TOKEN_TEXT_MAX - 1; length <= TOKEN_TEXT_MAX + 1; length++) {
		char *token = arena_alloc(arena, length + 1);
		memset(token, 'x', length);
		const char *body = arena_printf(arena, "{\"access_token\":\"%s\"}", token);
		struct token_answer answer = token_answer_read(
			arena, 200, (struct bytes){(const unsigned char *)body, strlen(body)});
		assert_int_equal(answer.access_token != NULL, length <= TOKEN_TEXT_MAX);
		if (!answer.access_token)
			assert_non_null(strstr(answer.problem, "too long: 16385 bytes"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_go_where_they_belong),
		cmocka_unit_test(a_refresh_token_is_exchanged_at_its_host),
		cmocka_unit_test(answers_are_understood),
		cmocka_unit_test(the_reason_is_told),
		cmocka_unit_test(long_tokens_are_taken_and_longer_ones_named),
	};
	return cmocka_run_group_tests_name("outbound/authorization", tests, NULL, NULL);
}
