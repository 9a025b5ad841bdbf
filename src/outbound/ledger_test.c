/* ledger_test.c – the ledger's hand-offs at a stop: the test is the sender, and sees what comes
 * when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/random.h"
#include "notify/callback.h"
#include "notify/endpoints.h"
#include "notify/event.h"
#include "outbound/ledger.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define SENT_MAX 16
#define PATIENCE_S 20

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	struct arena *arena;
	struct outbound_config config;
	struct ledger *ledger;
	pthread_mutex_t lock; /* over the rest */
	pthread_cond_t changed;
	struct sending *sent[SENT_MAX];
	size_t sent_count;
	bool sender_is_gone;
};

static void on_send(struct sending *sendings, void *arg)
{
	struct scene *scene = arg;

	pthread_mutex_lock(&scene->lock);
	ensure(!scene->sender_is_gone);
	for (; sendings; sendings = sendings->next) {
		ensure(scene->sent_count < SENT_MAX);
		scene->sent[scene->sent_count++] = sendings;
	}
	pthread_cond_broadcast(&scene->changed);
	pthread_mutex_unlock(&scene->lock);
}

static void sent_await(struct scene *scene, size_t count)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	pthread_mutex_lock(&scene->lock);
	while (scene->sent_count < count)
		ensure(pthread_cond_timedwait(&scene->changed, &scene->lock, &until) == 0);
	pthread_mutex_unlock(&scene->lock);
}

static struct context context_of(const struct scene *scene)
{
	const struct wall_time now = wall_now();
	return context_for_clockwork(scene->keyring, scene->store->session, scene->arena, ACCOUNT,
				     now, now);
}

static void scene_begin(struct scene *scene, enum test_engine engine)
{
	static const unsigned char key[32] = {7};

	*scene = (struct scene){.store = test_store_open(engine, NULL),
				.keyring = keyring_from_key(key),
				.arena = arena_new()};
	scene->config = (struct outbound_config){.store = scene->store->store,
						 .keyring = scene->keyring,
						 .node = "test",
						 .in_flight_limit = 8,
						 .guard = {.plain_http = PLAIN_HTTP_ANYWHERE},
						 .connect_timeout = duration_s(5),
						 .request_timeout = duration_s(10),
						 .proxy = "",
						 .retry_scale = 1};
	pthread_mutex_init(&scene->lock, NULL);
	pthread_cond_init(&scene->changed, NULL);
	test_store_add_account(scene->store, ACCOUNT);
}

static void client_credentials(struct scene *scene)
{
	const struct context context = context_of(scene);
	struct error err = {0};
	scoped(json_t) json_t *body = json_pack(
		"{s:s, s:[s], s:s, s:{s:s, s:s, s:s}}", "url", "https://receiver.example/",
		"events", "PACKAGE_CREATE", "authType", "OAUTH2", "oauthSetting", "clientId", "app",
		"clientSecret", "s3cret", "authorizationServerUrl", "https://auth.example/");
	json_t *made = endpoint_create(&context, body, &err);

	ensure(made);
	json_decref(made);
}

static void refresh_token(struct scene *scene)
{
	static const char key[] =
		"{\"host\":\"login.example\",\"client_id\":\"app\",\"refresh_token\":\"r1\"}";
	const struct context context = context_of(scene);
	struct error err = {0};
	scoped(json_t) json_t *body = json_pack(
		"{s:s, s:[s], s:s}", "url", "https://receiver.example/", "events", "PACKAGE_CREATE",
		"key", base64_encode(scene->arena, key, strlen(key)));
	json_t *made = callback_replace(&context, "salesforceOauth2", body, &err);

	ensure(made);
	json_decref(made);
}

static void ledger_begin(struct scene *scene)
{
	struct error err = {0};

	scene->sent_count = 0;
	scene->sender_is_gone = false;
	scene->ledger = ledger_new(&scene->config, on_send, scene, &err);
	ensure(scene->ledger && ledger_start(scene->ledger, &err));
}

static void raise_event(struct scene *scene, const char *package)
{
	const struct event_draft draft = {.type = EVENT_PACKAGE_CREATE,
					  .account = ACCOUNT,
					  .package = package,
					  .session_user = ACCOUNT};
	struct error err = {0};
	struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn && event_raise(txn, &draft, wall_now(), &err) && txn_commit(&txn, &err));
	if (scene->ledger)
		ledger_wake(scene->ledger);
}

static void scene_end(struct scene *scene)
{
	test_store_close(scene->store);
	keyring_free(scene->keyring);
	arena_free(scene->arena);
	pthread_cond_destroy(&scene->changed);
	pthread_mutex_destroy(&scene->lock);
}

/* What a sender does when it is stopped. */
static void sender_stop(struct scene *scene)
{
	pthread_mutex_lock(&scene->lock);
	scene->sender_is_gone = true;
	pthread_mutex_unlock(&scene->lock);
}

static void give_back(struct sending *sending, bool abandoned, long status, const char *reply)
{
	sending->abandoned = abandoned;
	sending->outcome.http_status = status;
	sending->reply = arena_memdup(sending->arena, reply, strlen(reply) + 1);
	sending->reply_length = strlen(reply);
	sending->on_done(sending, sending->arg);
}

static const struct delivery *delivery_of(struct scene *scene, const char *package)
{
	const struct delivery_filter filter = {
		.account = ACCOUNT, .package = package, .state = -1, .http_status = -1, .limit = 1};
	struct delivery_page page;
	struct error err = {0};

	ensure(delivery_search(session_db(scene->store->session), scene->arena, &filter, &page,
			       &err) &&
	       page.count == 1);
	return page.list;
}

/* It waits for the next start: no attempt, and due at once. */
static void expect_given_back(struct scene *scene, const char *package)
{
	const struct delivery *delivery = delivery_of(scene, package);

	assert_int_equal(delivery->state, DELIVERY_PENDING);
	assert_int_equal(delivery->attempts, 0);
	assert_int_equal(delivery->place.lane, LANE_WAITING);
	assert_true(delivery->place.due.us > 0 && delivery->place.due.us <= wall_now().us);
}

/* ---- */

#define TOKEN "{\"access_token\":\"t\"}"

/* The token has come when nothing is to be sent any more. */
static void a_token_that_comes_at_a_stop_starts_nothing(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		client_credentials(&scene);
		raise_event(&scene, "p");
		raise_event(&scene, "q");
		ledger_begin(&scene);
		sent_await(&scene, 1);
		ledger_quiesce(scene.ledger, duration_s(0));
		sender_stop(&scene);
		give_back(scene.sent[0], false, 200, TOKEN);
		ledger_finish_and_free(scene.ledger);
		expect_given_back(&scene, "p");
		expect_given_back(&scene, "q");
		scene_end(&scene);
	}
}

static void a_token_request_that_is_cut_gives_back_what_waits(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		client_credentials(&scene);
		ledger_begin(&scene);
		raise_event(&scene, "p");
		sent_await(&scene, 1);
		ledger_quiesce(scene.ledger, duration_ms(20));
		sender_stop(&scene);
		give_back(scene.sent[0], true, 0, "");
		ledger_finish_and_free(scene.ledger);
		expect_given_back(&scene, "p");
		/* The next start asks for a token anew, and sends with it. */
		ledger_begin(&scene);
		sent_await(&scene, 1);
		give_back(scene.sent[0], false, 200, TOKEN);
		sent_await(&scene, 2);
		assert_string_equal(job_of(scene.sent[1])->access_token, "t");
		give_back(scene.sent[1], false, 204, "");
		ledger_quiesce(scene.ledger, duration_s(PATIENCE_S));
		sender_stop(&scene);
		ledger_finish_and_free(scene.ledger);
		assert_int_equal(delivery_of(&scene, "p")->state, DELIVERY_DELIVERED);
		scene_end(&scene);
	}
}

/* Whoever exchanges a refresh token keeps the others from it for a while. The next start need not
 * wait for itself. */
static void a_refresh_that_is_cut_is_tried_by_the_next_start(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine);
		refresh_token(&scene);
		ledger_begin(&scene);
		raise_event(&scene, "p");
		sent_await(&scene, 1);
		ledger_quiesce(scene.ledger, duration_s(0));
		sender_stop(&scene);
		give_back(scene.sent[0], true, 0, "");
		ledger_finish_and_free(scene.ledger);
		struct wall_time stopped = wall_now();
		ledger_begin(&scene);
		sent_await(&scene, 1);
		assert_true(wall_since(wall_now(), stopped).us < duration_s(10).us);
		/* Killed: on SQLite nobody else can have it; on PostgreSQL it ends by itself. */
		ledger_quiesce(scene.ledger, duration_s(0));
		sender_stop(&scene);
		give_back(scene.sent[0], true, 0, "");
		ledger_finish_and_free(scene.ledger);
		if (engine == TEST_SQLITE) {
			struct error err = {0};
			bool taken;
			struct txn *txn = txn_begin(scene.store->session, &err);
			ensure(txn &&
			       endpoint_take_token_lease(
				       txn_db(txn), ACCOUNT, delivery_of(&scene, "p")->endpoint,
				       wall_now(), duration_s(30), &taken, &err) &&
			       taken && txn_commit(&txn, &err));
			stopped = wall_now();
			ledger_begin(&scene);
			sent_await(&scene, 1);
			assert_true(wall_since(wall_now(), stopped).us < duration_s(10).us);
			ledger_quiesce(scene.ledger, duration_s(0));
			sender_stop(&scene);
			give_back(scene.sent[0], true, 0, "");
			ledger_finish_and_free(scene.ledger);
		}
		scene_end(&scene);
	}
}

/* SQLite's files may not grow: each commit fails, as on a full disk. */
static void disk_set_full(bool full)
{
	struct rlimit limit;

	ensure(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	limit.rlim_cur = full ? 1 : limit.rlim_max;
	ensure(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* The refresh token cannot be stored, so its access token is not used; and the stop comes all the
 * same. */
static void a_store_that_refuses_a_refresh_token_does_not_prevent_a_stop(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE);
	refresh_token(&scene);
	ledger_begin(&scene);
	raise_event(&scene, "p");
	sent_await(&scene, 1);
	disk_set_full(true);
	give_back(scene.sent[0], false, 200, "{\"access_token\":\"t\",\"refresh_token\":\"r2\"}");
	usleep(200000); /* several tries */
	ledger_quiesce(scene.ledger, duration_ms(50));
	sender_stop(&scene);
	ledger_finish_and_free(scene.ledger);
	disk_set_full(false);
	assert_int_equal(scene.sent_count, 1);
	assert_int_equal(delivery_of(&scene, "p")->attempts, 0);
	scene_end(&scene);
}

/* It is stored when the store takes it again, and only then used. */
static void a_refresh_token_waits_for_a_store_that_refuses(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE);
	refresh_token(&scene);
	ledger_begin(&scene);
	raise_event(&scene, "p");
	sent_await(&scene, 1);
	disk_set_full(true);
	give_back(scene.sent[0], false, 200, "{\"access_token\":\"t\",\"refresh_token\":\"r2\"}");
	usleep(200000); /* several tries */
	pthread_mutex_lock(&scene.lock);
	assert_int_equal(scene.sent_count, 1);
	pthread_mutex_unlock(&scene.lock);
	disk_set_full(false);
	sent_await(&scene, 2);
	assert_string_equal(job_of(scene.sent[1])->access_token, "t");
	give_back(scene.sent[1], false, 204, "");
	ledger_quiesce(scene.ledger, duration_s(PATIENCE_S));
	sender_stop(&scene);
	ledger_finish_and_free(scene.ledger);
	assert_int_equal(delivery_of(&scene, "p")->state, DELIVERY_DELIVERED);
	scene_end(&scene);
}

/* More is due than may be under way at the same time. */
static void the_limit_holds_and_what_comes_back_makes_room(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		scene_begin(&scene, engine);
		const struct context context = context_of(&scene);
		scoped(json_t)
			json_t *body = json_pack("{s:s, s:[s]}", "url", "https://receiver.example/",
						 "events", "PACKAGE_CREATE");
		scene.config.in_flight_limit = 2;
		json_decref(endpoint_create(&context, body, &err));
		ledger_begin(&scene);
		for (int i = 0; i < 6; i++)
			raise_event(&scene, arena_printf(scene.arena, "p%d", i));
		sent_await(&scene, 1); /* unproven: half of it */
		usleep(50000);
		assert_int_equal(scene.sent_count, 1);
		give_back(scene.sent[0], false, 204, "");
		sent_await(&scene, 3);
		usleep(50000);
		assert_int_equal(scene.sent_count, 3);
		give_back(scene.sent[1], false, 204, "");
		give_back(scene.sent[2], false, 204, "");
		sent_await(&scene, 5);
		ledger_quiesce(scene.ledger, duration_s(0));
		sender_stop(&scene);
		give_back(scene.sent[3], true, 0, "");
		give_back(scene.sent[4], false, 204, "");
		ledger_finish_and_free(scene.ledger);
		unsigned delivered = 0;
		for (int i = 0; i < 6; i++)
			delivered +=
				delivery_of(&scene, arena_printf(scene.arena, "p%d", i))->state ==
				DELIVERY_DELIVERED;
		assert_int_equal(delivered, 4);
		scene_end(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_that_comes_at_a_stop_starts_nothing),
		cmocka_unit_test(a_token_request_that_is_cut_gives_back_what_waits),
		cmocka_unit_test(a_refresh_that_is_cut_is_tried_by_the_next_start),
		cmocka_unit_test(a_store_that_refuses_a_refresh_token_does_not_prevent_a_stop),
		cmocka_unit_test(a_refresh_token_waits_for_a_store_that_refuses),
		cmocka_unit_test(the_limit_holds_and_what_comes_back_makes_room),
	};

	signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails instead */
	crypto_start();
	return cmocka_run_group_tests_name("outbound/ledger", tests, NULL, NULL);
}
