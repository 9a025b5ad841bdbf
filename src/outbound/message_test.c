/* message_test.c – from an event and an endpoint to a request: which secrets sign it when, and what
 * is shown of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/webhook_signature.h"
#include "notify/endpoint_secrets.h"
#include "outbound/message.h"

#define HOUR_US ((int64_t)3600 * 1000000)
#define NOW_S 1800000000

static const struct event event = {
	.account = "a",
	.sequence = 41,
	.id = "evt_1",
	.type = "PACKAGE_CREATE",
	.package = "p",
	.session_user = "u",
	.created = {1598019154544000},
};

struct scene {
	struct arena *arena;
	struct outbound_config config;
	struct endpoint endpoint;
	struct endpoint_options options;
	struct sending *sending;
};

static struct scene scene_open(struct keyring *keyring)
{
	struct scene scene = {.arena = arena_new(), .config = {.keyring = keyring}};

	scene.config.connect_timeout = duration_ms(5000);
	scene.config.request_timeout = duration_ms(15000);
	scene.config.guard.plain_http = PLAIN_HTTP_ANYWHERE;
	scene.config.proxy = "";
	scene.endpoint = (struct endpoint){.account = "a",
					   .id = "ep_1",
					   .url = "http://x.example/hook",
					   .custom_headers = "[]",
					   .options = "{}"};
	endpoint_options_load(scene.arena, "{}", &scene.options);
	return scene;
}

static void scene_close(struct scene *scene)
{
	sending_free(scene->sending);
	arena_free(scene->arena);
}

static bool build(struct scene *scene, struct message message, struct wall_time now)
{
	message.event = &event;
	message.endpoint = &scene->endpoint;
	message.options = &scene->options;
	sending_free(scene->sending);
	scene->sending = sending_new(SENDING_PLAIN, sizeof(*scene->sending));
	return message_build(scene->sending, &scene->config, NULL, &message, now);
}

/* NULL: there is no such header. */
static const char *header(const struct scene *scene, const char *name)
{
	for (const struct curl_slist *line = scene->sending->headers; line; line = line->next) {
		size_t length = strlen(name);
		if (text_starts_with_nocase(line->data, name) && line->data[length] == ':')
			return line->data + length + 2;
	}
	return NULL;
}

static const char *secret_make(struct scene *scene)
{
	char secret[WEBHOOK_SECRET_TEXT_MAX];

	webhook_secret_make(secret);
	return arena_strdup(scene->arena, secret);
}

static void an_old_secret_signs_until_its_time_is_over(void **state)
{
	static const unsigned char key[32] = {7};
	/* Of two old secrets: one ends an hour after the start, the other two. */
	static const struct {
		int64_t after_us;
		bool verifies[3]; /* the current, the first, the second */
	} rows[] = {
		{0, {true, true, true}},
		{HOUR_US - 1, {true, true, true}},
		{HOUR_US, {true, false, true}},
		{2 * HOUR_US - 1, {true, false, true}},
		{2 * HOUR_US, {true, false, false}},
		{100 * HOUR_US, {true, false, false}},
	};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);
	struct scene scene = scene_open(keyring);
	const char *const secret[] = {secret_make(&scene), secret_make(&scene),
				      secret_make(&scene)};
	const int64_t start_us = (int64_t)NOW_S * 1000000;
	const struct endpoint_secrets secrets = {
		.client_secret = "",
		.password = "",
		.client_key = "",
		.authorization = "",
		.mark = "",
		.hidden = "",
		.old = {{secret[1], {start_us + HOUR_US}}, {secret[2], {start_us + 2 * HOUR_US}}},
		.old_count = 2};

	scene.endpoint.signing_secret_sealed = endpoint_text_seal(
		keyring, scene.arena, &scene.endpoint, "signing_secret", secret[0]);
	scene.endpoint.secrets_sealed = endpoint_secrets_seal(keyring, scene.arena, &scene.endpoint,
							      &secrets);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wall_time now = wall_from_us(start_us + rows[i].after_us);
		assert_true(build(&scene, (struct message){.attempt = 1}, now));
		for (size_t j = 0; j < ARRAY_SIZE(secret); j++) {
			if (webhook_verify(scene.arena, secret[j], event.id, now.us / 1000000,
					   scene.sending->body,
					   header(&scene, "webhook-signature")) !=
			    rows[i].verifies[j])
				fail_msg("row %zu, secret %zu", i, j);
		}
	}
	assert_true(build(&scene, (struct message){.attempt = 1, .is_forged = true},
			  wall_from_us(start_us)));
	for (size_t j = 0; j < ARRAY_SIZE(secret); j++)
		assert_false(webhook_verify(scene.arena, secret[j], event.id, NOW_S,
					    scene.sending->body,
					    header(&scene, "webhook-signature")));
	scene_close(&scene);
}

static void what_is_secret_is_masked(void **state)
{
	static const unsigned char key[32] = {7};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);
	struct scene scene = scene_open(keyring);

	scene.endpoint.signing_secret_sealed = endpoint_text_seal(
		keyring, scene.arena, &scene.endpoint, "signing_secret", secret_make(&scene));
	scene.endpoint.auth = ENDPOINT_AUTH_BASIC;
	scene.endpoint.key_sealed = endpoint_text_seal(keyring, scene.arena, &scene.endpoint, "key",
						       "the hidden key");
	scene.endpoint.custom_headers =
		"[{\"key\":\"X-Tenant\",\"value\":\"blue\"},{\"key\":\"X-Api-KEY\",\"value\":\"hidden\"},"
		"{\"key\":\"Cookie\",\"value\":\"hidden\"},{\"key\":\"X-Passphrase\",\"value\":\"hidden\"},"
		"{\"key\":\"X-Empty\",\"value\":\"\"}]";
	assert_true(build(&scene, (struct message){.attempt = 3}, wall_from_us(NOW_S * 1000000LL)));
	const char *head = message_head(scene.sending);
	static const char *const lines[] = {
		"POST http://x.example/hook\n",
		"\nContent-Type: application/json; charset=utf-8\n",
		"\nX-Tenant: ***\n",
		"\nX-Api-KEY: ***\n",
		"\nCookie: ***\n",
		"\nX-Passphrase: ***\n",
		"\nX-Empty: ***\n",
		"\nAuthorization: Basic ***\n",
		"\nwebhook-id: evt_1\n",
		"\nwebhook-timestamp: 1800000000\n",
		"\ngreffier-endpoint: ep_1\n",
		"\ngreffier-sequence: 41\n",
		"\ngreffier-attempt: 3\n",
	};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!strstr(head, lines[i]))
			fail_msg("no `%s` in\n%s", lines[i], head);
	}
	assert_null(strstr(head, "hidden"));
	assert_null(strstr(head, "Expect"));
	assert_string_equal(header(&scene, "Authorization"), "Basic the hidden key");
	scene_close(&scene);
}

static void a_token_is_a_bearer_and_a_test_has_no_number(void **state)
{
	static const unsigned char key[32] = {7};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);
	struct scene scene = scene_open(keyring);

	scene.endpoint.signing_secret_sealed = endpoint_text_seal(
		keyring, scene.arena, &scene.endpoint, "signing_secret", secret_make(&scene));
	scene.endpoint.auth = ENDPOINT_AUTH_OAUTH2;
	scene.options.method = "PUT";
	scene.options.timeout_ms = 7;
	assert_true(build(&scene,
			  (struct message){.access_token = "hidden", .attempt = 1, .is_test = true},
			  wall_from_us(NOW_S * 1000000LL)));
	assert_string_equal(header(&scene, "Authorization"), "Bearer hidden");
	assert_string_equal(header(&scene, "greffier-test"), "true");
	assert_null(header(&scene, "greffier-sequence"));
	assert_null(strstr(message_head(scene.sending), "hidden"));
	assert_string_equal(scene.sending->method, "PUT");
	assert_int_equal(scene.sending->timeout.us, 7000);
	assert_int_equal(scene.sending->connect_timeout.us, 5000000);
	scene_close(&scene);
}

static void what_cannot_be_sent_says_why(void **state)
{
	static const unsigned char key[32] = {7}, another[32] = {8};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);
	scoped(keyring) struct keyring *stranger = keyring_from_key(another);
	struct scene scene = scene_open(keyring);

	scene.config.guard.plain_http = PLAIN_HTTP_NOWHERE;
	assert_false(build(&scene, (struct message){.attempt = 1}, wall_from_us(0)));
	assert_int_equal(scene.sending->outcome.error_class, ERROR_CLASS_ADDRESS_REFUSED);
	scene.endpoint.url = "HTTPS://x.example/";
	/* A secret that was sealed under a key that is lost. */
	scene.endpoint.signing_secret_sealed = endpoint_text_seal(
		stranger, scene.arena, &scene.endpoint, "signing_secret", secret_make(&scene));
	assert_false(build(&scene, (struct message){.attempt = 1}, wall_from_us(0)));
	assert_int_equal(scene.sending->outcome.error_class, ERROR_CLASS_INTERNAL);
	/* One that was sealed for another endpoint. */
	scene.endpoint.id = "ep_2";
	scene.endpoint.signing_secret_sealed = endpoint_text_seal(
		keyring, scene.arena, &scene.endpoint, "signing_secret", secret_make(&scene));
	scene.endpoint.id = "ep_1";
	assert_false(build(&scene, (struct message){.attempt = 1}, wall_from_us(0)));
	assert_int_equal(scene.sending->outcome.error_class, ERROR_CLASS_INTERNAL);
	scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_secret_signs_until_its_time_is_over),
		cmocka_unit_test(what_is_secret_is_masked),
		cmocka_unit_test(a_token_is_a_bearer_and_a_test_has_no_number),
		cmocka_unit_test(what_cannot_be_sent_says_why),
	};
	crypto_start();
	return cmocka_run_group_tests_name("outbound/message", tests, NULL, NULL);
}
