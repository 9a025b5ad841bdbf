/* endpoint_options_test.c – the options of an endpoint: defaults, limits, and that they are kept as
 * they were given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/macros.h"
#include "notify/endpoint_options.h"

static bool options_read(struct arena *arena, const char *body,
			 struct endpoint_options *ret_options, struct error *err)
{
	scoped(json_t) json_t *json = json_loads(body, 0, NULL);

	assert_non_null(json);
	return endpoint_options_read(arena, json, ret_options, err);
}

static void nothing_said_is_the_usual(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct endpoint_options options, loaded;
	struct error err = {0};

	assert_true(options_read(arena, "{}", &options, &err));
	assert_string_equal(endpoint_options_text(arena, &options), "{}");
	assert_string_equal(options.method, "POST");
	assert_int_equal(options.format, PAYLOAD_ORIGINAL);
	assert_int_equal(options.signatures, SIGNATURE_HMAC_SHA256);
	assert_true(options.ordered && options.failure_mails);
	assert_int_equal(options.horizon_h, HORIZON_DEFAULT_H);
	assert_int_equal(options.in_flight_limit, ENDPOINT_IN_FLIGHT_DEFAULT);
	assert_int_equal(options.retry_wait_count + options.rate + options.timeout_ms, 0);
	assert_string_equal(options.filter, "");
	assert_string_equal(options.oauth.client_id, "");
	endpoint_options_load(arena, "{}", &loaded);
	assert_string_equal(endpoint_options_text(arena, &loaded), "{}");
}

/* Each says one thing. A null one says nothing. */
static const char *const accepted[] = {
	"{\"method\":\"PUT\"}",
	"{\"payloadFormat\":\"CLOUDEVENTS_STRUCTURED\"}",
	"{\"payloadFormat\":\"CLOUDEVENTS_BINARY\"}",
	"{\"signatures\":[\"ED25519\"]}",
	"{\"signatures\":[\"HMAC_SHA256\",\"ED25519\"]}",
	"{\"ordered\":false}",
	"{\"failureMails\":false}",
	"{\"retryWaits\":[1,604800]}",
	"{\"horizonHours\":1}",
	"{\"horizonHours\":720}",
	"{\"inFlightLimit\":1}",
	"{\"inFlightLimit\":1000}",
	"{\"rateLimit\":10000}",
	"{\"connectTimeoutMs\":120000}",
	"{\"timeoutMs\":1}",
	"{\"contact\":\"ops@bank.example\"}",
	"{\"filters\":{\"senders\":[\"ann\"]}}",
	"{\"filters\":{\"attributes\":{\"region\":[\"EU\"],\"é\":[\"x\",\"y\"]}}}",
	"{\"oauthSetting\":{\"clientId\":\"c\",\"authorizationServerUrl\":\"https://as.example/\"}}",
	"{\"oauthSetting\":{\"clientId\":\"c\",\"authorizationServerUrl\":\"https://as.example/\","
	"\"scope\":\"a b\",\"grantType\":\"PASSWORD\",\"username\":\"u\",\"authMechanism\":\"BODY\","
	"\"ignoreSsl\":true,\"customParameters\":[{\"key\":\"k\",\"value\":\"\"}]}}",
};

static void what_is_given_is_kept(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		struct endpoint_options given, loaded;
		struct error err = {0};
		if (!options_read(arena, accepted[i], &given, &err))
			fail_msg("%s: %s", accepted[i], err.technical);
		const char *text = endpoint_options_text(arena, &given);
		assert_string_not_equal(text, "{}");
		endpoint_options_load(arena, text, &loaded);
		assert_string_equal(endpoint_options_text(arena, &loaded), text);
		scoped(json_t) json_t *body = json_loads(accepted[i], 0, NULL);
		scoped(json_t) json_t *shown = endpoint_options_to_json(&loaded);
		const char *member = json_object_iter_key(json_object_iter(body));
		json_t *value = json_object_get(shown, member);
		if (strcmp(member, "oauthSetting") != 0 &&
		    !json_equal(value, json_object_get(body, member)))
			fail_msg("%s: shown as %s", accepted[i], text);
	}
}

static const char *const unsaid[] = {
	"{\"method\":null,\"filters\":null,\"oauthSetting\":null,\"contact\":null,\"tls\":null}",
	"{\"contact\":\"\",\"filters\":{},\"retryWaits\":[],\"tls\":{}}",
	"{\"filters\":{\"senders\":[],\"attributes\":{}}}",
	"{\"tls\":{\"clientCertificate\":\"\",\"caCertificates\":null}}",
	"{\"signatures\":[\"HMAC_SHA256\",\"HMAC_SHA256\"]}",
	"{\"anything\":\"else\"}",
};

static void what_says_nothing_is_the_usual(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(unsaid); i++) {
		struct endpoint_options options;
		struct error err = {0};
		if (!options_read(arena, unsaid[i], &options, &err))
			fail_msg("%s: %s", unsaid[i], err.technical);
		assert_string_equal(endpoint_options_text(arena, &options), "{}");
	}
}

#define OAUTH(members) \
	"{\"oauthSetting\":{\"clientId\":\"c\",\"authorizationServerUrl\":\"https://as.example/\"," members \
	"}}"

static const struct {
	const char *body, *member; /* the one named */
} refused[] = {
	{"{\"method\":\"post\"}", "method:"},
	{"{\"payloadFormat\":\"\"}", "payloadFormat:"},
	{"{\"signatures\":[]}", "signatures:"},
	{"{\"signatures\":[\"HMAC_SHA256\",5]}", "signatures[1]:"},
	{"{\"ordered\":1}", "ordered:"},
	{"{\"retryWaits\":[0]}", "retryWaits[0]:"},
	{"{\"retryWaits\":[1,2,604801]}", "retryWaits[2]:"},
	{"{\"retryWaits\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}", "retryWaits:"},
	{"{\"horizonHours\":0}", "horizonHours:"},
	{"{\"horizonHours\":721}", "horizonHours:"},
	{"{\"inFlightLimit\":0}", "inFlightLimit:"},
	{"{\"inFlightLimit\":1001}", "inFlightLimit:"},
	{"{\"rateLimit\":-1}", "rateLimit:"},
	{"{\"rateLimit\":1.5}", "rateLimit:"},
	{"{\"timeoutMs\":120001}", "timeoutMs:"},
	{"{\"contact\":\"ops\"}", "contact:"},
	{"{\"contact\":\"ops@bank.example\\r\\nBcc: x@y.example\"}", "contact:"},
	{"{\"tls\":[]}", "tls:"},
	{"{\"tls\":{\"clientCertificate\":\"x\"}}", "tls.clientCertificate:"},
	{"{\"tls\":{\"caCertificates\":\"-----BEGIN CERTIFICATE-----\\n\"}}",
	 "tls.caCertificates:"},
	{"{\"filters\":{\"senders\":[5]}}", "filters.senders[0]:"},
	{"{\"filters\":{\"attributes\":{\"a\":[]}}}", "filters.attributes.a:"},
	{"{\"filters\":{\"attributes\":{\"a\":[\"x\",null]}}}", "filters.attributes.a[1]:"},
	{"{\"onRefusal\":\"PASS\"}", "onRefusal:"},
	{"{\"onRefusal\":\"\"}", "onRefusal:"},
	{"{\"stopStatuses\":404}", "stopStatuses"},
	{"{\"stopStatuses\":[404,204]}", "stopStatuses[1]:"},
	{"{\"stopStatuses\":[600]}", "stopStatuses[0]:"},
	{"{\"stopStatuses\":[\"404\"]}", "stopStatuses[0]:"},
	{"{\"oauthSetting\":{}}", "oauthSetting.clientId"},
	{"{\"oauthSetting\":{\"clientId\":\"c\"}}", "oauthSetting.authorizationServerUrl"},
	{"{\"oauthSetting\":{\"clientId\":\"c\",\"authorizationServerUrl\":\"x\"}}",
	 "oauthSetting.authorizationServerUrl"},
	{OAUTH("\"grantType\":\"IMPLICIT\""), "oauthSetting.grantType"},
	{OAUTH("\"grantType\":\"PASSWORD\""), "oauthSetting.username"},
	{OAUTH("\"authMechanism\":\"NONE\""), "oauthSetting.authMechanism"},
	{OAUTH("\"ignoreSsl\":0"), "oauthSetting.ignoreSsl"},
	{OAUTH("\"customParameters\":[{\"key\":\"client_secret\",\"value\":\"x\"}]"),
	 "oauthSetting.customParameters[0]"},
	{OAUTH("\"customParameters\":[{\"key\":\"a\",\"value\":\"x\"},{\"key\":\"\",\"value\":\"x\"}]"),
	 "oauthSetting.customParameters[1]"},
};

static void what_is_wrong_is_named(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct endpoint_options options;
		struct error err = {0};
		if (options_read(arena, refused[i].body, &options, &err))
			fail_msg("%s: accepted", refused[i].body);
		if (strncmp(err.technical, refused[i].member, strlen(refused[i].member)) != 0)
			fail_msg("%s: says `%s`", refused[i].body, err.technical);
	}
}

/* As an older or newer version may have stored it. Those that are acceptable are kept. */
static void what_was_stored_stops_nothing(void **state)
{
	static const char *const stored[] = {
		"",
		"[]",
		"not JSON",
		"{\"horizonHours\":721}",
		"{\"method\":\"PATCH\",\"ordered\":false}",
		"{\"signatures\":[\"RSA\"]}",
		"{\"retryWaits\":[0]}",
		"{\"tls\":{\"caCertificates\":\"x\"}}",
		"{\"filters\":{\"attributes\":{\"a\":[]}}}",
		"{\"oauthSetting\":{\"clientId\":\"c\"}}",
	};
	scoped(arena) struct arena *arena = arena_new();
	struct endpoint_options usual, options;

	endpoint_options_load(arena, "{}", &usual);
	for (size_t i = 0; i < ARRAY_SIZE(stored); i++) {
		endpoint_options_load(arena, stored[i], &options);
		assert_string_equal(endpoint_options_text(arena, &options), "{}");
	}
	endpoint_options_load(arena, "{\"horizonHours\":0,\"ordered\":false}", &options);
	assert_int_equal(options.horizon_h, usual.horizon_h);
	assert_false(options.ordered);
}

/* Listeners written for the original never see later events wait for one that they refuse. */
static void refusals_are_passed_by_as_is_usual_or_as_said(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct endpoint_options options;

	endpoint_options_load(arena, "{}", &options);
	assert_true(endpoint_passes_by(&options, ""));
	assert_true(endpoint_passes_by(&options, "dynamics"));
	assert_false(endpoint_passes_by(&options, "endpoint"));
	endpoint_options_load(arena, "{\"onRefusal\":\"HOLD\"}", &options);
	assert_false(endpoint_passes_by(&options, ""));
	endpoint_options_load(arena, "{\"onRefusal\":\"PASS_BY\"}", &options);
	assert_true(endpoint_passes_by(&options, "endpoint"));
	endpoint_options_load(arena, "{\"stopStatuses\":[404,404,503]}", &options);
	assert_int_equal(options.stop_status_count, 2);
	assert_int_equal(options.stop_statuses[1], 503);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_is_the_usual),
		cmocka_unit_test(what_is_given_is_kept),
		cmocka_unit_test(what_says_nothing_is_the_usual),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(what_was_stored_stops_nothing),
		cmocka_unit_test(refusals_are_passed_by_as_is_usual_or_as_said),
	};
	return cmocka_run_group_tests_name("notify/endpoint_options", tests, NULL, NULL);
}
