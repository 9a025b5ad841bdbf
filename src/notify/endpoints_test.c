/* endpoints_test.c – what an endpoint's body may say of secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "crypto/random.h"
#include "notify/endpoints.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"

/* Made for this test. */
#define CERTIFICATE \
	"-----BEGIN CERTIFICATE-----\n" \
	"MIIBdjCCARugAwIBAgIUFPpoHPeZ4A9P97dVG3VBe1Isqb8wCgYIKoZIzj0EAwIw\n" \
	"DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjYxMTI0MTdaGA8yMTI2MTEwMjExMjQx\n" \
	"N1owDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPmw\n" \
	"vU5jK+XpEbiuk8llaNY6By8Y166zgGbHG0Syiwk4H75kHNsVopwgbFXfdrKBL9VM\n" \
	"z5WCTh1pEsFj/S7ymd6jUzBRMB0GA1UdDgQWBBSYq5RzKbkFawILsfZb9hAWZgEw\n" \
	"TTAfBgNVHSMEGDAWgBSYq5RzKbkFawILsfZb9hAWZgEwTTAPBgNVHRMBAf8EBTAD\n" \
	"AQH/MAoGCCqGSM49BAMCA0kAMEYCIQDX75IT62RzakeC12vRF+iFVhm0cUywWqct\n" \
	"Bw1cpEXO8wIhAPsA5lyiR9UMvdPCYgHzmVrISfMJ3tEOhmW8rxIVIb9I\n" \
	"-----END CERTIFICATE-----\n"
#define KEY "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n" /* none */

static json_t *with_tls(const char *member, const char *text)
{
	return json_pack("{s:s, s:{s:s}}", "url", "https://x.example/", "tls", member, text);
}

static json_t *with_oauth(const char *member, const char *text)
{
	return json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:s}}", "url", "https://x.example/",
			 "authType", "OAUTH2", "oauthSetting", "clientId", "c",
			 "authorizationServerUrl", "https://x.example/token", "clientSecret", "s",
			 member, text);
}

static const char *long_text(void)
{
	static char text[1002];
	memset(text, 'x', sizeof(text) - 1);
	return text;
}

/* "" for a body that is accepted, else what `technical` begins with. */
static void expect(const struct context *context, json_t *body, const char *refused_member)
{
	struct error err = {0};
	json_t *answer = endpoint_create(context, body, &err);

	if ((answer == NULL) != (*refused_member != '\0') ||
	    strncmp(err.technical, refused_member, strlen(refused_member)) != 0)
		fail_msg("%s: %s", refused_member, answer ? "accepted" : err.technical);
	json_decref(answer);
	json_decref(body);
}

static void secrets_have_their_place(const struct context *context)
{
	expect(context, with_tls("caCertificates", CERTIFICATE CERTIFICATE), "");
	/* Shown to whoever reads the endpoint: a file with both, as tools like to make it, is
	 * refused. */
	expect(context, with_tls("clientCertificate", CERTIFICATE KEY), "tls.clientCertificate");
	expect(context, with_tls("clientCertificate", KEY CERTIFICATE), "tls.clientCertificate");
	expect(context, with_tls("caCertificates", KEY CERTIFICATE), "tls.caCertificates");
}

static void secrets_have_limits(const struct context *context)
{
	expect(context, with_oauth("password", "p"), "");
	expect(context, with_oauth("password", long_text()), "oauthSetting.password");
	expect(context, with_oauth("clientSecret", long_text()), "oauthSetting.clientSecret");
	expect(context, with_oauth("clientSecret", "a\nb"), "oauthSetting.clientSecret");
}

static void on_each_engine(void **state)
{
	static const unsigned char key[32] = {7};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);

	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		scoped(arena) struct arena *arena = arena_new();
		const struct wall_time now = wall_now();
		const struct context context = context_for_clockwork(keyring, test_store->session,
								     arena, ACCOUNT, now, now);
		test_store_add_account(test_store, ACCOUNT);
		secrets_have_their_place(&context);
		secrets_have_limits(&context);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(on_each_engine)};

	crypto_start();
	return cmocka_run_group_tests_name("notify/endpoints", tests, NULL, NULL);
}
