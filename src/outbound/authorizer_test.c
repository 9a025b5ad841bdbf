/* authorizer_test.c – tokens and their ends, with a clock of the test's own and an authorization
 * server that says what the test says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/random.h"
#include "notify/callback.h"
#include "notify/endpoint_secrets.h"
#include "notify/endpoints.h"
#include "notify/refresh_key.h"
#include "outbound/authorizer.h"
#include "store/mail_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define SENT_MAX 8

static const struct wall_time start = {1700000000000000};

static struct wall_time after_s(int64_t s)
{
	return wall_add(start, duration_s(s));
}

/* ---- an endpoint, and the authorizers of one node or two ---- */

struct node {
	struct session *session;
	struct authorizer *authorizer;
	struct sending *sent[SENT_MAX]; /* requests under way */
	size_t sent_count;
};

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	struct arena *arena;
	struct outbound_config config;
	struct node node, other;
	struct endpoint endpoint;
};

static void on_send(struct sending *sending, void *arg)
{
	struct node *node = arg;

	ensure(node->sent_count < SENT_MAX);
	node->sent[node->sent_count++] = sending;
}

static void node_begin(struct scene *scene, struct node *node)
{
	const struct authorizer_links links = {on_send, NULL, node};
	struct error err = {0};

	node->session = session_open(scene->store->store, &err);
	ensure(node->session);
	node->authorizer = authorizer_new(&scene->config, node->session, &links);
}

static void node_end(struct node *node)
{
	authorizer_free(node->authorizer);
	session_close(node->session);
}

static void endpoint_look(struct scene *scene)
{
	char id[64];
	struct error err = {0};
	bool found;

	snprintf(id, sizeof(id), "%s", scene->endpoint.id);
	ensure(endpoint_find(session_db(scene->store->session), scene->arena, ACCOUNT, id,
			     &scene->endpoint, &found, &err) &&
	       found);
}

static struct context context_at(const struct scene *scene, struct wall_time now)
{
	return context_for_clockwork(scene->keyring, scene->store->session, scene->arena, ACCOUNT,
				     now, now);
}

static json_t *body_of(const char *client_id)
{
	json_t *body = json_pack("{s:s, s:[s], s:s, s:{s:s, s:s, s:s}}", "url",
				 "https://receiver.example/", "events", "PACKAGE_CREATE",
				 "authType", "OAUTH2", "oauthSetting", "clientId", client_id,
				 "clientSecret", "s3cret", "authorizationServerUrl",
				 "http://auth.example/token");

	ensure(body);
	return body;
}

static void scene_begin(struct scene *scene, enum test_engine engine)
{
	static const unsigned char key[32] = {7};

	*scene = (struct scene){.store = test_store_open(engine, NULL),
				.keyring = keyring_from_key(key),
				.arena = arena_new()};
	scene->config = (struct outbound_config){.store = scene->store->store,
						 .keyring = scene->keyring,
						 .connect_timeout = duration_s(5),
						 .guard = {.plain_http = PLAIN_HTTP_ANYWHERE},
						 .proxy = ""};
	test_store_add_account(scene->store, ACCOUNT);
	node_begin(scene, &scene->node);
	node_begin(scene, &scene->other);
}

static void client_credentials(struct scene *scene)
{
	const struct context context = context_at(scene, start);
	struct error err = {0};
	scoped(json_t) json_t *body = body_of("app");
	scoped(json_t) json_t *made = endpoint_create(&context, body, &err);

	if (!made)
		fail_msg("%s", err.technical);
	scene->endpoint.id = arena_strdup(scene->arena, json_text(made, "id"));
	endpoint_look(scene);
}

static void refresh_token(struct scene *scene)
{
	static const char key[] =
		"{\"host\":\"login.example\",\"client_id\":\"app\",\"refresh_token\":\"r1\"}";
	const struct context context = context_at(scene, start);
	struct error err = {0};
	bool found;
	scoped(json_t) json_t *body = json_pack(
		"{s:s, s:[s], s:s}", "url", "https://receiver.example/", "events", "PACKAGE_CREATE",
		"key", base64_encode(scene->arena, key, strlen(key)));
	scoped(json_t) json_t *made = callback_replace(&context, "salesforceOauth2", body, &err);

	if (!made)
		fail_msg("%s", err.technical);
	ensure(endpoint_find_by_origin(session_db(scene->store->session), scene->arena, ACCOUNT,
				       "salesforceOauth2", &scene->endpoint, &found, &err) &&
	       found);
}

static void scene_end(struct scene *scene)
{
	node_end(&scene->node);
	node_end(&scene->other);
	test_store_close(scene->store);
	keyring_free(scene->keyring);
	arena_free(scene->arena);
}

/* ---- asking and answering ---- */

static struct job *job_make(const struct scene *scene)
{
	const struct claim claim = {.lane = "p",
				    .event = {.account = ACCOUNT,
					      .id = "evt_1",
					      .type = "PACKAGE_CREATE",
					      .package = "p",
					      .session_user = ACCOUNT},
				    .endpoint = scene->endpoint};
	return job_new(&claim);
}

/* The answer to the oldest request of the node. Returns the jobs that go on. */
static struct sending *answer(struct node *node, enum error_class error_class, long status,
			      const char *reply, struct wall_time now)
{
	struct sending *sending = node->sent[0], *jobs;
	struct error err = {0};

	ensure(node->sent_count > 0);
	memmove(node->sent, node->sent + 1, --node->sent_count * sizeof(*node->sent));
	sending->outcome = (struct outcome){error_class, status, {0}};
	sending->reply = arena_memdup(sending->arena, reply, strlen(reply));
	sending->reply_length = strlen(reply);
	sending->took = wall_since(now, sending->started);
	if (!authorizer_answer(node->authorizer, sending, now, &jobs, &err))
		fail_msg("%s", err.technical);
	return jobs;
}

static struct sending *grant(struct node *node, const char *reply, struct wall_time now)
{
	return answer(node, ERROR_CLASS_NONE, 200, reply, now);
}

static void expect_ready(const struct scene *scene, struct node *node, const char *token,
			 struct wall_time now)
{
	struct job *job = job_make(scene);

	assert_int_equal(authorizer_ask(node->authorizer, job, now), AUTHORIZATION_READY);
	assert_string_equal(job->access_token, token);
	assert_int_equal(node->sent_count, 0);
	sending_free(&job->sending);
}

static struct job *expect_waits(const struct scene *scene, struct node *node, size_t requests,
				struct wall_time now)
{
	struct job *job = job_make(scene);

	assert_int_equal(authorizer_ask(node->authorizer, job, now), AUTHORIZATION_WAITS);
	assert_int_equal(node->sent_count, requests);
	return job;
}

/* All of the list have it; frees them. */
static void expect_tokens(struct sending *jobs, size_t count, const char *token)
{
	for (struct sending *next; jobs; jobs = next, count--) {
		next = jobs->next;
		assert_string_equal(job_of(jobs)->access_token, token);
		assert_true(job_of(jobs)->token_is_fresh);
		sending_free(jobs);
	}
	assert_int_equal(count, 0);
}

/* One job that was to be an attempt and is one that failed, from then on. */
static void expect_failure(struct sending *job, const char *problem, struct wall_time started)
{
	assert_null(job->next);
	assert_null(job_of(job)->access_token);
	assert_int_equal(job->outcome.error_class, ERROR_CLASS_AUTHORIZATION);
	assert_non_null(strstr(job->problem, problem));
	assert_null(strstr(job->problem, "s3cret"));
	assert_int_equal(job->started.us, started.us);
	sending_free(job);
}

/* ---- tokens ---- */

#define TOKEN(token) \
	"{\"access_token\":\"" token "\",\"token_type\":\"Bearer\",\"expires_in\":3600}"

static void one_request_serves_all_until_shortly_before_it_expires(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		client_credentials(&scene);
		for (int i = 0; i < 5; i++)
			expect_waits(&scene, &scene.node, 1, after_s(i));
		const struct sending *request = scene.node.sent[0];
		assert_string_equal(request->url, "http://auth.example/token");
		assert_memory_equal(request->body.data, "grant_type=client_credentials",
				    request->body.length);
		expect_tokens(grant(&scene.node, TOKEN("t1"), after_s(10)), 5, "t1");
		expect_ready(&scene, &scene.node, "t1", after_s(10));
		expect_ready(&scene, &scene.node, "t1", after_s(10 + 3539));
		expect_waits(&scene, &scene.node, 1, after_s(10 + 3540));
		expect_tokens(grant(&scene.node, TOKEN("t2"), after_s(3551)), 1, "t2");
		expect_ready(&scene, &scene.node, "t2", after_s(3551));
		scene_end(&scene);
	}
}

static const struct {
	const char *reply;
	int64_t life_ms;
} lives[] = {
	{"{\"access_token\":\"t\",\"expires_in\":100}", 90000},
	{"{\"access_token\":\"t\",\"expires_in\":3600}", 3540000},
	{"{\"access_token\":\"t\"}", 840000},
	{"{\"access_token\":\"t\",\"expires_in\":1}", 900},
	{"{\"access_token\":\"t\",\"expires_in\":0}", 840000},
	{"{\"access_token\":\"t\",\"expires_in\":99999999999999}", (30LL * 24 * 3600 - 60) * 1000},
};

static void a_token_lives_a_little_shorter_than_its_server_says(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE);
	client_credentials(&scene);
	struct wall_time now = start;
	for (size_t i = 0; i < ARRAY_SIZE(lives); i++) {
		expect_waits(&scene, &scene.node, 1, now);
		expect_tokens(grant(&scene.node, lives[i].reply, now), 1, "t");
		expect_ready(&scene, &scene.node, "t",
			     wall_add(now, duration_us(lives[i].life_ms * 1000 - 1)));
		now = wall_add(now, duration_ms(lives[i].life_ms));
	}
	scene_end(&scene);
}

static void a_token_that_is_refused_is_forgotten_and_tried_once_more(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE);
	client_credentials(&scene);
	expect_waits(&scene, &scene.node, 1, start);
	struct sending *fresh = grant(&scene.node, TOKEN("t1"), start);
	authorizer_accepted(scene.node.authorizer, job_of(fresh)); /* by a receiver */
	struct job *kept = job_make(&scene), *late = job_make(&scene);
	assert_int_equal(authorizer_ask(scene.node.authorizer, kept, start), AUTHORIZATION_READY);
	assert_int_equal(authorizer_ask(scene.node.authorizer, late, start), AUTHORIZATION_READY);
	assert_true(authorizer_refused(scene.node.authorizer, kept));
	expect_waits(&scene, &scene.node, 1, after_s(1));
	expect_tokens(grant(&scene.node, TOKEN("t2"), after_s(1)), 1, "t2");
	/* The refusal of an older token says nothing of the new one. */
	assert_true(authorizer_refused(scene.node.authorizer, late));
	expect_ready(&scene, &scene.node, "t2", after_s(2));
	/* One that was fetched for the attempt is not worth another one at once. */
	assert_false(authorizer_refused(scene.node.authorizer, job_of(fresh)));
	sending_free(fresh);
	sending_free(&kept->sending);
	sending_free(&late->sending);
	scene_end(&scene);
}

static const struct {
	enum error_class error_class;
	long status;
	const char *reply, *problem;
} refusals[] = {
	{ERROR_CLASS_NONE, 500, "", "answers 500"},
	{ERROR_CLASS_NONE, 401, "{\"error\":\"invalid_client\"}", "says invalid_client (401)"},
	{ERROR_CLASS_NONE, 200, "{}", "without a token"},
	{ERROR_CLASS_NONE, 302, "", "answers 302"},
	{ERROR_CLASS_TIMEOUT, 0, "", "TIMEOUT"},
	{ERROR_CLASS_TLS, 0, "", "TLS"},
	{ERROR_CLASS_ADDRESS_REFUSED, 0, "", "ADDRESS_REFUSED"},
};

static void without_a_token_there_is_an_attempt_that_failed(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE);
	client_credentials(&scene);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		expect_waits(&scene, &scene.node, 1, after_s((int64_t)i));
		expect_failure(answer(&scene.node, refusals[i].error_class, refusals[i].status,
				      refusals[i].reply, after_s((int64_t)i + 5)),
			       refusals[i].problem, after_s((int64_t)i));
	}
	endpoint_look(&scene);
	assert_int_equal(scene.endpoint.state, ENDPOINT_ACTIVE);
	scene_end(&scene);
}

static void what_is_not_even_asked_is_an_attempt_too(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE);
	scene.config.guard.plain_http = PLAIN_HTTP_NOWHERE;
	client_credentials(&scene);
	struct job *job = job_make(&scene);
	assert_int_equal(authorizer_ask(scene.node.authorizer, job, after_s(7)),
			 AUTHORIZATION_FAILED);
	assert_int_equal(scene.node.sent_count, 0);
	expect_failure(&job->sending, "not https", after_s(7));
	scene_end(&scene);
}

/* Somebody registers another client while the old one's token is on its way. */
static void a_token_serves_the_registration_it_was_asked_for(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		scene_begin(&scene, engine);
		client_credentials(&scene);
		expect_waits(&scene, &scene.node, 1, start);
		const struct context context = context_at(&scene, after_s(1));
		scoped(json_t) json_t *body = body_of("another");
		scoped(json_t)
			json_t *changed = endpoint_replace(&context, scene.endpoint.id, body, &err);
		ensure(changed);
		endpoint_look(&scene);
		struct job *later = expect_waits(&scene, &scene.node, 1, after_s(2));
		struct sending *jobs = grant(&scene.node, TOKEN("old"), after_s(3));
		assert_ptr_equal(jobs->next, &later->sending);
		for (struct sending *job = jobs; job; job = job->next) {
			assert_null(job_of(job)->access_token);
			assert_true(job_of(job)->put_off);
			assert_int_equal(job_of(job)->put_off_until.us, after_s(3).us);
		}
		sending_free(jobs);
		sending_free(&later->sending);
		expect_waits(&scene, &scene.node, 1, after_s(4));
		expect_tokens(grant(&scene.node, TOKEN("new"), after_s(5)), 1, "new");
		expect_ready(&scene, &scene.node, "new", after_s(6));
		scene_end(&scene);
	}
}

static void what_waits_at_a_stop_is_given_back(void **state)
{
	struct scene scene;
	struct error err = {0};
	struct sending *jobs;

	scene_begin(&scene, TEST_SQLITE);
	client_credentials(&scene);
	expect_waits(&scene, &scene.node, 1, start);
	expect_waits(&scene, &scene.node, 1, start);
	scene.node.sent[0]->abandoned = true;
	assert_true(
		authorizer_answer(scene.node.authorizer, scene.node.sent[0], start, &jobs, &err));
	scene.node.sent_count = 0;
	for (int i = 0; i < 2; i++) {
		struct sending *next = jobs->next;
		assert_true(jobs->abandoned);
		sending_free(jobs);
		jobs = next;
	}
	assert_null(jobs);
	scene_end(&scene);
}

/* ---- refresh tokens ---- */

static const char *stored_refresh_token(struct scene *scene)
{
	struct error err = {0};
	struct refresh_key key;
	const char *text;

	endpoint_look(scene);
	ensure(endpoint_text_open(scene->keyring, scene->arena, &scene->endpoint, "key",
				  scene->endpoint.key_sealed, &text, &err) &&
	       refresh_key_read(scene->arena, text, &key, &err));
	return key.refresh_token;
}

static void expect_put_off(const struct scene *scene, struct node *node, struct wall_time now)
{
	struct job *job = job_make(scene);

	assert_int_equal(authorizer_ask(node->authorizer, job, now), AUTHORIZATION_FAILED);
	assert_true(job->put_off);
	assert_true(job->put_off_until.us > now.us);
	assert_int_equal(node->sent_count, 0);
	sending_free(&job->sending);
}

/* Each refresh token is good once: it is stored before its access token is used, and nodes take
 * turns. */
static void a_refresh_token_is_used_once(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		refresh_token(&scene);
		const struct scene before = scene;
		expect_waits(&scene, &scene.node, 1, start);
		assert_non_null(
			strstr((const char *)scene.node.sent[0]->body.data, "refresh_token=r1"));
		expect_put_off(&scene, &scene.other, after_s(1));
		expect_tokens(grant(&scene.node,
				    "{\"access_token\":\"t1\",\"expires_in\":3600,"
				    "\"refresh_token\":\"r2\"}",
				    after_s(2)),
			      1, "t1");
		assert_string_equal(stored_refresh_token(&scene), "r2");
		/* A job claimed before that knows the old one; what counts is what is stored. */
		struct job *job = job_make(&before);
		assert_int_equal(authorizer_ask(scene.other.authorizer, job, after_s(3)),
				 AUTHORIZATION_WAITS);
		assert_non_null(
			strstr((const char *)scene.other.sent[0]->body.data, "refresh_token=r2"));
		/* A server that does not replace it. */
		expect_tokens(grant(&scene.other, TOKEN("t2"), after_s(4)), 1, "t2");
		assert_string_equal(stored_refresh_token(&scene), "r2");
		scene_end(&scene);
	}
}

static void a_node_that_dies_with_a_refresh_token_is_not_waited_for_long(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		refresh_token(&scene);
		expect_waits(&scene, &scene.node, 1, start);
		expect_put_off(&scene, &scene.other, after_s(29));
		expect_waits(&scene, &scene.other, 1, after_s(30));
		expect_tokens(grant(&scene.other, TOKEN("t"), after_s(31)), 1, "t");
		expect_tokens(grant(&scene.node, TOKEN("late"), after_s(32)), 1, "late");
		scene_end(&scene);
	}
}

static void a_refused_refresh_token_stops_the_endpoint(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		struct wall_time due;
		scene_begin(&scene, engine);
		refresh_token(&scene);
		/* Not now, says nothing of later. */
		expect_waits(&scene, &scene.node, 1, start);
		expect_failure(answer(&scene.node, ERROR_CLASS_NONE, 503,
				      "{\"error\":\"invalid_grant\"}", after_s(1)),
			       "answers 503", start);
		endpoint_look(&scene);
		assert_int_equal(scene.endpoint.state, ENDPOINT_ACTIVE);
		ensure(mail_next_due(session_db(scene.store->session), &due, &err));
		assert_int_equal(due.us, 0);
		expect_waits(&scene, &scene.node, 1, after_s(2));
		expect_failure(answer(&scene.node, ERROR_CLASS_NONE, 400,
				      "{\"error\":\"invalid_grant\"}", after_s(3)),
			       "says invalid_grant", after_s(2));
		endpoint_look(&scene);
		assert_int_equal(scene.endpoint.state, ENDPOINT_DISABLED);
		assert_string_equal(scene.endpoint.state_reason, "AUTHORIZATION_REFUSED");
		ensure(mail_next_due(session_db(scene.store->session), &due, &err));
		assert_int_equal(due.us, after_s(3).us); /* its owner is told */
		scene_end(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_request_serves_all_until_shortly_before_it_expires),
		cmocka_unit_test(a_token_lives_a_little_shorter_than_its_server_says),
		cmocka_unit_test(a_token_that_is_refused_is_forgotten_and_tried_once_more),
		cmocka_unit_test(without_a_token_there_is_an_attempt_that_failed),
		cmocka_unit_test(what_is_not_even_asked_is_an_attempt_too),
		cmocka_unit_test(a_token_serves_the_registration_it_was_asked_for),
		cmocka_unit_test(what_waits_at_a_stop_is_given_back),
		cmocka_unit_test(a_refresh_token_is_used_once),
		cmocka_unit_test(a_node_that_dies_with_a_refresh_token_is_not_waited_for_long),
		cmocka_unit_test(a_refused_refresh_token_stops_the_endpoint),
	};

	crypto_start();
	return cmocka_run_group_tests_name("outbound/authorizer", tests, NULL, NULL);
}
