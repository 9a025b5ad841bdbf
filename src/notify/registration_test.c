/* registration_test.c – what each shape of a registration says, and what of the stored one stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/macros.h"
#include "crypto/random.h"
#include "notify/registration.h"

#define URL "\"url\":\"https://x.example/\""
#define SERVER "\"authorizationServerUrl\":\"https://as.example/\""
#define OAUTH(members) "\"authType\":\"OAUTH2\",\"oauthSetting\":{" members "}"
/* {"host":"h.example","client_id":"c","refresh_token":"r"} */
#define REFRESH_KEY "eyJob3N0IjoiaC5leGFtcGxlIiwiY2xpZW50X2lkIjoiYyIsInJlZnJlc2hfdG9rZW4iOiJyIn0="

static bool read_text(struct arena *arena, const char *body, enum registration_shape shape,
		      struct registration *ret_registration, struct error *err)
{
	scoped(json_t) json_t *json = json_loads(body, 0, NULL);

	if (!json)
		fail_msg("%s", body);
	return registration_read(arena, json, shape, ret_registration, err);
}

static const struct {
	enum registration_shape shape;
	const char *body;
	enum endpoint_auth auth;
	size_t types;
} accepted[] = {
	{REGISTRATION_CALLBACK, "{}", ENDPOINT_AUTH_NONE, 0},
	{REGISTRATION_CALLBACK, "{\"url\":\"\",\"key\":\"\",\"events\":[]}", ENDPOINT_AUTH_NONE, 0},
	{REGISTRATION_CALLBACK, "{" URL ",\"key\":\"k\"}", ENDPOINT_AUTH_BASIC, 0},
	{REGISTRATION_CALLBACK, "{" URL ",\"key\":\"k\",\"authType\":\"NONE\"}", ENDPOINT_AUTH_NONE,
	 0},
	{REGISTRATION_CALLBACK, "{" URL ",\"key\":null,\"authType\":null}", ENDPOINT_AUTH_NONE, 0},
	{REGISTRATION_CALLBACK, "{" URL ",\"events\":[\"PACKAGE_CREATE\",\"PACKAGE_CREATE\"]}",
	 ENDPOINT_AUTH_NONE, 1},
	{REGISTRATION_CALLBACK, "{" URL "," OAUTH("\"clientId\":\"c\"," SERVER) "}",
	 ENDPOINT_AUTH_OAUTH2, 0},
	{REGISTRATION_CALLBACK, "{" URL ",\"method\":\"NONSENSE\",\"name\":5}", ENDPOINT_AUTH_NONE,
	 0},
	{REGISTRATION_REFRESH_TOKEN, "{}", ENDPOINT_AUTH_REFRESH_TOKEN, 0},
	{REGISTRATION_REFRESH_TOKEN, "{" URL ",\"key\":\"checked when it is put on\"}",
	 ENDPOINT_AUTH_REFRESH_TOKEN, 0},
	{REGISTRATION_ENDPOINT, "{" URL ",\"name\":\"é\",\"events\":[\"PACKAGE_TRASH\"]}",
	 ENDPOINT_AUTH_NONE, 1},
	{REGISTRATION_ENDPOINT, "{" URL ",\"authType\":\"BASIC\"}", ENDPOINT_AUTH_BASIC, 0},
};

static void each_shape_is_read(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		struct registration registration;
		struct error err = {0};
		if (!read_text(arena, accepted[i].body, accepted[i].shape, &registration, &err))
			fail_msg("%s: %s", accepted[i].body, err.technical);
		assert_int_equal(registration.auth, accepted[i].auth);
		assert_int_equal(registration.type_count, accepted[i].types);
	}
}

static const struct {
	enum registration_shape shape;
	const char *body, *member;
} refused[] = {
	{REGISTRATION_CALLBACK, "{\"events\":[\"PACKAGE_CREATE\"]}", "url:"},
	{REGISTRATION_REFRESH_TOKEN, "{\"events\":[\"PACKAGE_CREATE\"]}", "url:"},
	{REGISTRATION_ENDPOINT, "{}", "url:"},
	{REGISTRATION_ENDPOINT, "{\"url\":\"\"}", "url:"},
	{REGISTRATION_CALLBACK, "{" URL ",\"authType\":\"BASIC\"}", "key:"},
	{REGISTRATION_ENDPOINT, "{" URL ",\"authType\":\"BASIC\",\"key\":\"\"}", "key:"},
	{REGISTRATION_ENDPOINT, "{" URL ",\"key\":\"\\u00e9\"}", "key:"},
	{REGISTRATION_ENDPOINT, "{" URL ",\"name\":5}", "name:"},
	{REGISTRATION_ENDPOINT, "{" URL ",\"method\":\"NONSENSE\"}", "method:"},
	{REGISTRATION_ENDPOINT, "{" URL ",\"authType\":\"OAUTH2\"}", "oauthSetting:"},
	{REGISTRATION_CALLBACK,
	 "{" URL "," OAUTH("\"clientId\":\"c\"," SERVER ",\"clientSecret\":5") "}",
	 "oauthSetting.clientSecret:"},
	{REGISTRATION_ENDPOINT, "{" URL ",\"tls\":{\"clientKey\":{}}}", "tls.clientKey:"},
	{REGISTRATION_ENDPOINT, "{" URL ",\"events\":[\"PACKAGE_CREATE\",null]}", "events[1]:"},
};

static void what_is_wrong_is_named(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct registration registration;
		struct error err = {0};
		if (read_text(arena, refused[i].body, refused[i].shape, &registration, &err))
			fail_msg("%s: accepted", refused[i].body);
		if (strncmp(err.technical, refused[i].member, strlen(refused[i].member)) != 0)
			fail_msg("%s: says `%s`", refused[i].body, err.technical);
	}
}

/* ---- one registration after another ---- */

struct scene {
	struct arena *arena;
	struct keyring *keyring;
	struct context context;
	struct endpoint endpoint;
};

static struct scene scene_open(void)
{
	static const unsigned char key[32] = {7};
	struct scene scene = {.arena = arena_new(), .keyring = keyring_from_key(key)};

	scene.context = context_for_clockwork(scene.keyring, NULL, scene.arena, "account00001",
					      wall_from_us(1000000), wall_from_us(1000000));
	scene.endpoint = (struct endpoint){
		.account = "account00001", .id = "ep_1", .origin = "", .options = "{}"};
	return scene;
}

static void scene_close(struct scene *scene)
{
	keyring_free(scene->keyring);
	arena_free(scene->arena);
}

/* "" when it was put on the endpoint, else what the error says. */
static const char *put(struct scene *scene, enum registration_shape shape, const char *body)
{
	struct endpoint changed = scene->endpoint;
	struct registration registration;
	struct error err = {0};

	if (!read_text(scene->arena, body, shape, &registration, &err) ||
	    !registration_apply(&scene->context, &registration, &changed, &err))
		return arena_strdup(scene->arena, err.technical);
	scene->endpoint = changed;
	return "";
}

static void expect_put(struct scene *scene, enum registration_shape shape, const char *body,
		       const char *member)
{
	const char *said = put(scene, shape, body);

	if ((*said != '\0') != (*member != '\0') || strncmp(said, member, strlen(member)) != 0)
		fail_msg("%s: `%s`", body, said);
}

static void expect_secrets(struct scene *scene, const char *key, const char *client_secret)
{
	struct endpoint_secrets secrets;
	struct error err = {0};
	const char *text;

	assert_true(endpoint_text_open(scene->keyring, scene->arena, &scene->endpoint, "key",
				       scene->endpoint.key_sealed, &text, &err));
	assert_string_equal(text, key);
	assert_true(endpoint_secrets_open(scene->keyring, scene->arena, &scene->endpoint, &secrets,
					  &err));
	assert_string_equal(secrets.client_secret, client_secret);
}

static void a_client_secret_stays_where_it_is(void **state)
{
	struct scene scene = scene_open();

	expect_put(&scene, REGISTRATION_CALLBACK,
		   "{" URL "," OAUTH("\"clientId\":\"c\"," SERVER) "}",
		   "oauthSetting.clientSecret");
	expect_put(&scene, REGISTRATION_CALLBACK,
		   "{" URL "," OAUTH("\"clientId\":\"c\"," SERVER ",\"clientSecret\":\"s\"") "}",
		   "");
	expect_secrets(&scene, "", "s");
	expect_put(&scene, REGISTRATION_CALLBACK,
		   "{" URL "," OAUTH("\"clientId\":\"c\"," SERVER ",\"scope\":\"more\"") "}", "");
	expect_secrets(&scene, "", "s");
	expect_put(&scene, REGISTRATION_CALLBACK,
		   "{" URL "," OAUTH("\"clientId\":\"d\"," SERVER) "}",
		   "oauthSetting.clientSecret");
	expect_put(&scene, REGISTRATION_CALLBACK,
		   "{" URL "," OAUTH("\"clientId\":\"c\"," SERVER ",\"ignoreSsl\":true") "}",
		   "oauthSetting.clientSecret");
	expect_secrets(&scene, "", "s");
	expect_put(&scene, REGISTRATION_CALLBACK, "{" URL "}", "");
	expect_secrets(&scene, "", "");
	scene_close(&scene);
}

static void a_key_stays_for_its_url(void **state)
{
	struct scene scene = scene_open();

	expect_put(&scene, REGISTRATION_ENDPOINT, "{" URL ",\"authType\":\"BASIC\"}", "key:");
	expect_put(&scene, REGISTRATION_ENDPOINT, "{" URL ",\"key\":\"k\"}", "");
	expect_put(&scene, REGISTRATION_ENDPOINT, "{" URL ",\"authType\":\"BASIC\",\"name\":\"n\"}",
		   "");
	expect_secrets(&scene, "k", "");
	assert_string_equal(scene.endpoint.name, "n");
	expect_put(&scene, REGISTRATION_ENDPOINT,
		   "{\"url\":\"https://x.example/other\",\"authType\":\"BASIC\"}", "key:");
	expect_put(&scene, REGISTRATION_ENDPOINT, "{" URL "}", "");
	expect_secrets(&scene, "", "");
	scene_close(&scene);
}

static void the_original_shape_leaves_options_alone(void **state)
{
	struct scene scene = scene_open();

	expect_put(&scene, REGISTRATION_ENDPOINT,
		   "{" URL ",\"name\":\"n\",\"method\":\"PUT\",\"ordered\":false}", "");
	const char *options = scene.endpoint.options;
	expect_put(&scene, REGISTRATION_CALLBACK, "{\"url\":\"https://y.example/\",\"key\":\"k\"}",
		   "");
	assert_string_equal(scene.endpoint.options, options);
	assert_string_equal(scene.endpoint.name, "n");
	assert_string_equal(scene.endpoint.url, "https://y.example/");
	assert_int_equal(scene.endpoint.auth, ENDPOINT_AUTH_BASIC);
	scene_close(&scene);
}

static void a_refresh_key_is_checked_and_stays(void **state)
{
	struct scene scene = scene_open();

	expect_put(&scene, REGISTRATION_REFRESH_TOKEN, "{}", "");
	expect_put(&scene, REGISTRATION_REFRESH_TOKEN, "{" URL ",\"events\":[\"PACKAGE_CREATE\"]}",
		   "key:");
	expect_put(&scene, REGISTRATION_REFRESH_TOKEN, "{" URL ",\"key\":\"x\"}", "key:");
	expect_put(&scene, REGISTRATION_REFRESH_TOKEN,
		   "{" URL ",\"key\":\"" REFRESH_KEY "\",\"events\":[\"PACKAGE_CREATE\"]}", "");
	expect_put(&scene, REGISTRATION_REFRESH_TOKEN,
		   "{" URL ",\"key\":\"\",\"events\":[\"PACKAGE_TRASH\"]}", "");
	expect_secrets(&scene, REFRESH_KEY, "");
	/* For its URL only. */
	expect_put(&scene, REGISTRATION_REFRESH_TOKEN,
		   "{\"url\":\"https://y.example/\",\"events\":[\"PACKAGE_TRASH\"]}", "key:");
	expect_put(&scene, REGISTRATION_REFRESH_TOKEN, "{\"url\":\"\",\"events\":[]}", "");
	expect_secrets(&scene, "", "");
	scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape_is_read),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(a_client_secret_stays_where_it_is),
		cmocka_unit_test(a_key_stays_for_its_url),
		cmocka_unit_test(the_original_shape_leaves_options_alone),
		cmocka_unit_test(a_refresh_key_is_checked_and_stays),
	};
	crypto_start();
	return cmocka_run_group_tests_name("notify/registration", tests, NULL, NULL);
}
