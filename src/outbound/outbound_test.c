/* outbound_test.c – ledger and sender together, against a real receiver on loopback, on each
 * engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ensure.h"
#include "crypto/random.h"
#include "crypto/webhook_signature.h"
#include "notify/callback.h"
#include "notify/event.h"
#include "outbound/outbound.h"
#include "store/delivery_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define SEEN_MAX 256
#define PATIENCE_S 20 /* for what must come; nothing waits so long when all is well */

#define NO_CONTENT "HTTP/1.1 204 No Content\r\n\r\n"
#define FAILURE "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"

/* ---- a receiver: a thread for each connection, so that one that stalls holds up no other ---- */

struct seen {
	char head[2048], body[1024], package[64];
};

enum manner {
	ANSWER,
	STALL,
	CUT,
	TALK_ON
};

struct answer {
	const char *text; /* as it goes over the wire */
	enum manner manner;
};

struct receiver {
	struct answer (*answer)(const struct seen *seen, size_t nth_of_package);
	int listener;
	unsigned port;
	pthread_t thread;
	pthread_mutex_t lock; /* over the rest */
	pthread_cond_t changed;
	struct seen seen[SEEN_MAX];
	size_t count;
	int sockets[SEEN_MAX]; /* open ones; -1: none */
	unsigned open;
	bool closing, released; /* released: those that stall answer */
};

struct connection {
	struct receiver *receiver;
	int socket;
};

static bool send_all(int socket, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(socket, data, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		data += sent;
		length -= (size_t)sent;
	}
	return true;
}

/* One request; false at the connection's end. */
static bool request_read(int socket, struct seen *ret_seen)
{
	char text[sizeof(ret_seen->head) + sizeof(ret_seen->body)] = "";
	size_t length = 0;

	for (;;) {
		const char *end = strstr(text, "\r\n\r\n");
		const char *size = strcasestr(text, "\r\nContent-Length: ");
		if (end && size) {
			size_t body = strtoul(size + strlen("\r\nContent-Length: "), NULL, 10);
			size_t head = (size_t)(end + 4 - text);
			if (length >= head + body) {
				snprintf(ret_seen->head, sizeof(ret_seen->head), "%.*s", (int)head,
					 text);
				snprintf(ret_seen->body, sizeof(ret_seen->body), "%s", end + 4);
				return true;
			}
		}
		ssize_t got = recv(socket, text + length, sizeof(text) - 1 - length, 0);
		if (got <= 0)
			return false;
		length += (size_t)got;
		text[length] = '\0';
	}
}

static size_t seen_keep(struct receiver *receiver, struct seen *seen)
{
	const char *package = strstr(seen->body, "\"packageId\":\"");
	size_t nth = 1;

	ensure(package && sscanf(package, "\"packageId\":\"%63[^\"]", seen->package) == 1);
	pthread_mutex_lock(&receiver->lock);
	for (size_t i = 0; i < receiver->count; i++)
		nth += strcmp(receiver->seen[i].package, seen->package) == 0;
	ensure(receiver->count < SEEN_MAX);
	receiver->seen[receiver->count++] = *seen;
	pthread_cond_broadcast(&receiver->changed);
	pthread_mutex_unlock(&receiver->lock);
	return nth;
}

static bool answer_give(struct receiver *receiver, int socket, const struct answer *answer)
{
	if (answer->manner == STALL) {
		pthread_mutex_lock(&receiver->lock);
		while (!receiver->released && !receiver->closing)
			pthread_cond_wait(&receiver->changed, &receiver->lock);
		pthread_mutex_unlock(&receiver->lock);
	}
	bool sent = send_all(socket, answer->text, strlen(answer->text));
	static const char noise[4096] = {'x'};
	while (sent && answer->manner == TALK_ON)
		sent = send_all(socket, noise, sizeof(noise));
	return sent && answer->manner != CUT;
}

static void *connection_serve(void *arg)
{
	struct connection *connection = arg;
	struct receiver *receiver = connection->receiver;
	struct seen seen;

	while (request_read(connection->socket, &seen)) {
		size_t nth = seen_keep(receiver, &seen);
		const struct answer answer = receiver->answer(&seen, nth);
		if (!answer_give(receiver, connection->socket, &answer))
			break;
	}
	pthread_mutex_lock(&receiver->lock);
	for (size_t i = 0; i < SEEN_MAX; i++) {
		if (receiver->sockets[i] == connection->socket)
			receiver->sockets[i] = -1;
	}
	close(connection->socket);
	receiver->open--;
	pthread_cond_broadcast(&receiver->changed);
	pthread_mutex_unlock(&receiver->lock);
	free(connection);
	return NULL;
}

static void *receiver_accept(void *arg)
{
	struct receiver *receiver = arg;
	pthread_attr_t attributes;
	pthread_t thread;
	int socket;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	while ((socket = accept4(receiver->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		struct connection *connection = malloc(sizeof(*connection));
		size_t i = 0;
		ensure(connection);
		*connection = (struct connection){receiver, socket};
		pthread_mutex_lock(&receiver->lock);
		while (receiver->sockets[i] >= 0)
			i++;
		receiver->sockets[i] = socket;
		receiver->open++;
		pthread_mutex_unlock(&receiver->lock);
		ensure(pthread_create(&thread, &attributes, connection_serve, connection) == 0);
	}
	pthread_attr_destroy(&attributes);
	return NULL;
}

static struct receiver *receiver_start(struct answer (*answer)(const struct seen *, size_t))
{
	struct receiver *receiver = calloc(1, sizeof(*receiver));
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t length = sizeof(address);

	ensure(receiver);
	receiver->answer = answer;
	memset(receiver->sockets, -1, sizeof(receiver->sockets));
	pthread_mutex_init(&receiver->lock, NULL);
	pthread_cond_init(&receiver->changed, NULL);
	receiver->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ensure(bind(receiver->listener, (struct sockaddr *)&address, length) == 0 &&
	       listen(receiver->listener, 128) == 0 &&
	       getsockname(receiver->listener, (struct sockaddr *)&address, &length) == 0);
	receiver->port = ntohs(address.sin_port);
	ensure(pthread_create(&receiver->thread, NULL, receiver_accept, receiver) == 0);
	return receiver;
}

static void receiver_stop(struct receiver *receiver)
{
	shutdown(receiver->listener, SHUT_RDWR);
	pthread_join(receiver->thread, NULL);
	close(receiver->listener);
	pthread_mutex_lock(&receiver->lock);
	receiver->closing = true;
	pthread_cond_broadcast(&receiver->changed);
	for (size_t i = 0; i < SEEN_MAX; i++) {
		if (receiver->sockets[i] >= 0)
			shutdown(receiver->sockets[i], SHUT_RDWR);
	}
	while (receiver->open > 0)
		pthread_cond_wait(&receiver->changed, &receiver->lock);
	pthread_mutex_unlock(&receiver->lock);
	pthread_cond_destroy(&receiver->changed);
	pthread_mutex_destroy(&receiver->lock);
	free(receiver);
}

static size_t receiver_count(struct receiver *receiver)
{
	pthread_mutex_lock(&receiver->lock);
	size_t count = receiver->count;
	pthread_mutex_unlock(&receiver->lock);
	return count;
}

static void receiver_await(struct receiver *receiver, size_t count)
{
	for (int i = 0; receiver_count(receiver) < count; i++) {
		if (i == PATIENCE_S * 200)
			fail_msg("%zu requests, not %zu", receiver_count(receiver), count);
		usleep(5000);
	}
}

static void receiver_release(struct receiver *receiver)
{
	pthread_mutex_lock(&receiver->lock);
	receiver->released = true;
	pthread_cond_broadcast(&receiver->changed);
	pthread_mutex_unlock(&receiver->lock);
}

/* ---- an account with a callback, a store and what delivers from it ---- */

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	struct receiver *receiver;
	struct outbound_config config;
	struct outbound *outbound;
	struct arena *arena;
	const char *secret;
};

static void scene_register(struct scene *scene, const char *url)
{
	const struct wall_time now = wall_now();
	const struct context context = context_for_clockwork(scene->keyring, scene->store->session,
							     scene->arena, ACCOUNT, now, now);
	struct error err = {0};
	json_t *body = json_pack("{s:s, s:s, s:[s,s], s:[{s:s, s:s}]}", "url", url, "key",
				 "k3y verbatim==", "events", "PACKAGE_CREATE", "PACKAGE_TRASH",
				 "customHeaders", "key", "X-Tenant", "value", "blue");
	json_t *answer = callback_replace(&context, "", body, &err);

	if (!answer)
		fail_msg("%s", err.technical);
	scene->secret = arena_strdup(scene->arena,
				     json_string_value(json_object_get(answer, "signingSecret")));
	json_decref(answer);
	json_decref(body);
}

static void scene_begin(struct scene *scene, enum test_engine engine,
			struct answer (*answer)(const struct seen *, size_t))
{
	static const unsigned char key[32] = {7};

	*scene = (struct scene){
		.store = test_store_open(engine, NULL),
		.keyring = keyring_from_key(key),
		.receiver = receiver_start(answer),
		.arena = arena_new(),
	};
	scene->config = (struct outbound_config){
		.store = scene->store->store,
		.keyring = scene->keyring,
		.node = "test",
		.in_flight_limit = 64,
		.connect_timeout = duration_s(5),
		.request_timeout = duration_s(10),
		.guard = {.allow_private = true, .plain_http = PLAIN_HTTP_ANYWHERE},
		.proxy = "",
		.retry_scale = 200,
	};
	test_store_add_account(scene->store, ACCOUNT);
	scene_register(scene, arena_printf(scene->arena, "http://127.0.0.1:%u/hook",
					   scene->receiver->port));
}

static void scene_start(struct scene *scene)
{
	struct error err = {0};

	scene->outbound = outbound_start(&scene->config, &err);
	if (!scene->outbound)
		fail_msg("%s", err.technical);
}

static void scene_stop(struct scene *scene, struct duration patience)
{
	outbound_stop_and_free(scene->outbound, patience);
	scene->outbound = NULL;
}

static void scene_end(struct scene *scene)
{
	scene_stop(scene, duration_s(0));
	receiver_stop(scene->receiver);
	test_store_close(scene->store);
	keyring_free(scene->keyring);
	arena_free(scene->arena);
}

static void raise_event(struct scene *scene, enum event_type type, const char *package)
{
	const struct event_draft draft = {
		.type = type, .account = ACCOUNT, .package = package, .session_user = ACCOUNT};
	struct error err = {0};
	struct txn *txn = txn_begin(scene->store->session, &err);

	ensure(txn && event_raise(txn, &draft, wall_now(), &err) && txn_commit(&txn, &err));
	if (scene->outbound)
		outbound_wake(scene->outbound);
}

/* The package's deliveries, newest first. */
static size_t deliveries_of(struct scene *scene, const char *package,
			    struct delivery **ret_deliveries)
{
	const struct delivery_filter filter = {.account = ACCOUNT,
					       .package = package,
					       .state = -1,
					       .http_status = -1,
					       .limit = 100};
	struct error err = {0};
	struct delivery_page page = {0};

	if (!delivery_search(session_db(scene->store->session), scene->arena, &filter, &page, &err))
		fail_msg("%s", err.technical);
	*ret_deliveries = page.list;
	return page.count;
}

/* Waits until all of the package's deliveries are in `state`, after an attempt at least; lends the
 * newest. */
static const struct delivery *await(struct scene *scene, const char *package,
				    enum delivery_state state)
{
	struct delivery *deliveries = NULL;

	for (int i = 0; i < PATIENCE_S * 200; i++) {
		size_t count = deliveries_of(scene, package, &deliveries), ready = 0;
		for (size_t j = 0; j < count; j++)
			ready += deliveries[j].state == state && deliveries[j].attempts > 0;
		if (count > 0 && ready == count)
			return deliveries;
		usleep(5000);
	}
	fail_msg("%s never became %s", package, delivery_state_name(state));
	return NULL;
}

/* ---- what is sent, and what is on record of it ---- */

static struct answer says_no_content(const struct seen *seen, size_t nth)
{
	return (struct answer){NO_CONTENT, ANSWER};
}

/* The value of a header, or NULL. In the arena. */
static const char *header_of(struct scene *scene, const struct seen *seen, const char *name)
{
	const char *line = strcasestr(seen->head, arena_printf(scene->arena, "\r\n%s:", name));

	if (!line)
		return NULL;
	line += 3 + strlen(name);
	line += strspn(line, " ");
	return arena_strndup(scene->arena, line, strcspn(line, "\r"));
}

static void request_is_right(struct scene *scene, const struct seen *seen, const char *event_id)
{
	static const char *const expected[][2] = {
		{"Authorization", "Basic k3y verbatim=="},
		{"Content-Type", "application/json; charset=utf-8"},
		{"User-Agent", ""},
		{"Accept-Encoding", "gzip,deflate"},
		{"X-Tenant", "blue"},
		{"Expect", NULL},
	};

	assert_memory_equal(seen->head, "POST /hook HTTP/1.1\r\n", 21);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const char *value = header_of(scene, seen, expected[i][0]);
		if (!value != !expected[i][1] || (value && strcmp(value, expected[i][1]) != 0))
			fail_msg("%s: %s", expected[i][0], value ? value : "(none)");
	}
	assert_string_equal(header_of(scene, seen, "webhook-id"), event_id);
	int64_t timestamp = strtoll(header_of(scene, seen, "webhook-timestamp"), NULL, 10);
	assert_in_range(wall_now().us / 1000000 - timestamp, 0, PATIENCE_S);
	const struct bytes body = {(const unsigned char *)seen->body, strlen(seen->body)};
	assert_true(webhook_verify(scene->arena, scene->secret, event_id, timestamp, body,
				   header_of(scene, seen, "webhook-signature")));
}

static void a_delivery_is_signed_and_on_record(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, says_no_content);
		scene_start(&scene);
		raise_event(&scene, EVENT_PACKAGE_CREATE, "one");
		const struct delivery *done = await(&scene, "one", DELIVERY_DELIVERED);
		assert_int_equal(done->attempt_count, 1);
		const struct attempt *attempt = &done->attempt_list[0];
		assert_int_equal(attempt->number, 1);
		assert_int_equal(attempt->http_status, 204);
		assert_string_equal(attempt->error_class, "");
		assert_string_equal(attempt->address, arena_printf(scene.arena, "127.0.0.1:%u",
								   scene.receiver->port));
		assert_int_equal(receiver_count(scene.receiver), 1);
		request_is_right(&scene, &scene.receiver->seen[0], done->event.id);
		scene_end(&scene);
	}
}

/* "first" fails twice; "second" is well. */
static struct answer fails_first_twice(const struct seen *seen, size_t nth)
{
	bool fails = strcmp(seen->package, "first") == 0 && nth <= 2;
	return (struct answer){fails ? FAILURE : NO_CONTENT, ANSWER};
}

static void a_lane_keeps_its_order_and_holds_up_no_other(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_begin(&scene, engine, fails_first_twice);
		scene.config.retry_scale = 50; /* 100 ms, 600 ms */
		scene_start(&scene);
		raise_event(&scene, EVENT_PACKAGE_CREATE, "first");
		raise_event(&scene, EVENT_PACKAGE_TRASH, "first");
		raise_event(&scene, EVENT_PACKAGE_CREATE, "second");
		await(&scene, "second", DELIVERY_DELIVERED);
		struct delivery *first;
		assert_int_equal(deliveries_of(&scene, "first", &first), 2);
		assert_int_equal(first[1].state, DELIVERY_PENDING);
		assert_int_equal(first[0].attempts, 0);
		const struct delivery *done = await(&scene, "first", DELIVERY_DELIVERED);
		assert_int_equal(done[1].attempt_count, 3);
		assert_int_equal(done[1].attempt_list[0].http_status, 500);
		assert_int_equal(done[1].attempt_list[2].http_status, 204);
		assert_int_equal(done[0].attempt_count, 1);
		assert_true(done[0].attempt_list[0].started.us >= done[1].finished.us);
		scene_end(&scene);
	}
}

/* ---- what a receiver may do ---- */

#define REDIRECT "HTTP/1.1 302 Elsewhere\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"

static const struct {
	const char *what;
	struct answer answer;
	const char *url; /* NULL: the receiver's */
	bool guarded, require_https;
	enum delivery_state state;
	int64_t status;
	const char *error_class, *reply_start;
	size_t requests;
} rows[] = {
	{"410",
	 {"HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\nbye\n", ANSWER},
	 NULL,
	 false,
	 false,
	 DELIVERY_FAILED,
	 410,
	 "",
	 "bye\n",
	 1},
	{"a redirect", {REDIRECT, ANSWER}, NULL, false, false, DELIVERY_PENDING, 302, "", "", 1},
	{"no end of talking",
	 {"HTTP/1.1 200 OK\r\n\r\n", TALK_ON},
	 NULL,
	 false,
	 false,
	 DELIVERY_DELIVERED,
	 200,
	 "",
	 NULL,
	 1},
	{"no end of talking, in failure",
	 {"HTTP/1.1 503 Oh\r\n\r\n", TALK_ON},
	 NULL,
	 false,
	 false,
	 DELIVERY_PENDING,
	 503,
	 "",
	 NULL,
	 1},
	{"silence",
	 {NO_CONTENT, STALL},
	 NULL,
	 false,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "TIMEOUT",
	 NULL,
	 1},
	{"a connection cut",
	 {"", CUT},
	 NULL,
	 false,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "BROKEN_ANSWER",
	 NULL,
	 1},
	{"a cut within the head",
	 {"HTTP/1.1 2", CUT},
	 NULL,
	 false,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "BROKEN_ANSWER",
	 NULL,
	 1},
	{"a lie about the length",
	 {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", CUT},
	 NULL,
	 false,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "BROKEN_ANSWER",
	 "hi",
	 1},
	{"not HTTP",
	 {"220 mail.example ESMTP\r\n", CUT},
	 NULL,
	 false,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "BROKEN_ANSWER",
	 NULL,
	 1},
	{"nobody there",
	 {"", CUT},
	 "http://127.0.0.1:1/",
	 false,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "CONNECTION",
	 NULL,
	 0},
	{"no such name",
	 {"", CUT},
	 "http://receiver.invalid/",
	 false,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "NAME_RESOLUTION",
	 NULL,
	 0},
	{"a guarded address",
	 {NO_CONTENT, ANSWER},
	 NULL,
	 true,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "ADDRESS_REFUSED",
	 NULL,
	 0},
	{"a guarded address behind a name",
	 {NO_CONTENT, ANSWER},
	 "http://localhost:%u/",
	 true,
	 false,
	 DELIVERY_PENDING,
	 0,
	 "ADDRESS_REFUSED",
	 NULL,
	 0},
	{"http where https is required",
	 {NO_CONTENT, ANSWER},
	 NULL,
	 false,
	 true,
	 DELIVERY_PENDING,
	 0,
	 "ADDRESS_REFUSED",
	 NULL,
	 0},
};

static size_t row; /* the one at work: receivers' threads are joined before it moves on */

static struct answer answers_as_its_row(const struct seen *seen, size_t nth)
{
	return rows[row].answer;
}

static void row_run(enum test_engine engine)
{
	struct scene scene;

	scene_begin(&scene, engine, answers_as_its_row);
	scene.config.retry_scale = 1; /* one attempt is enough */
	scene.config.request_timeout = duration_ms(strcmp(rows[row].what, "silence") ? 10000 : 300);
	scene.config.guard.allow_private = !rows[row].guarded;
	scene.config.guard.plain_http = rows[row].require_https ? PLAIN_HTTP_NOWHERE
								: PLAIN_HTTP_ANYWHERE;
	if (rows[row].url) {
		char url[64];
		const char *port = strstr(rows[row].url, ":%u");
		int length = port ? (int)(port - rows[row].url) : (int)strlen(rows[row].url);
		snprintf(url, sizeof(url), "%.*s", length, rows[row].url);
		scene_register(&scene, port ? arena_printf(scene.arena, "%s:%u%s", url,
							   scene.receiver->port, port + 3)
					    : url);
	}
	scene_start(&scene);
	raise_event(&scene, EVENT_PACKAGE_CREATE, "one");
	const struct delivery *done = await(&scene, "one", rows[row].state);
	const struct attempt *attempt = &done->attempt_list[0];
	if (attempt->http_status != rows[row].status ||
	    strcmp(attempt->error_class, rows[row].error_class) != 0)
		fail_msg("%s: %lld %s", rows[row].what, (long long)attempt->http_status,
			 attempt->error_class);
	if (rows[row].reply_start && strcmp(attempt->reply_start, rows[row].reply_start) != 0)
		fail_msg("%s: `%s`", rows[row].what, attempt->reply_start);
	assert_true(strlen(attempt->reply_start) <= 1024);
	assert_int_equal(receiver_count(scene.receiver), rows[row].requests);
	scene_end(&scene);
}

static void whatever_a_receiver_does_is_on_record(void **state)
{
	EACH_ENGINE(engine)
	{
		for (row = 0; row < ARRAY_SIZE(rows); row++)
			row_run(engine);
	}
}

/* ---- stopping, and a store that refuses ---- */

static struct answer stalls_until_released(const struct seen *seen, size_t nth)
{
	return (struct answer){NO_CONTENT, STALL};
}

static void what_is_cut_at_a_stop_is_sent_by_the_next_start(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct delivery *delivery;
		scene_begin(&scene, engine, stalls_until_released);
		scene_start(&scene);
		raise_event(&scene, EVENT_PACKAGE_CREATE, "one");
		receiver_await(scene.receiver, 1);
		scene_stop(&scene, duration_ms(50));
		assert_int_equal(deliveries_of(&scene, "one", &delivery), 1);
		assert_int_equal(delivery->state, DELIVERY_PENDING);
		assert_int_equal(delivery->attempts, 0);
		receiver_release(scene.receiver);
		scene_start(&scene);
		const struct delivery *done = await(&scene, "one", DELIVERY_DELIVERED);
		assert_int_equal(done->attempts, 1);
		assert_int_equal(receiver_count(scene.receiver), 2);
		scene_end(&scene);
	}
}

static void *release_shortly(void *arg)
{
	usleep(200000);
	receiver_release(arg);
	return NULL;
}

static void a_patient_stop_records_what_was_under_way(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct delivery *delivery;
		pthread_t thread;
		scene_begin(&scene, engine, stalls_until_released);
		scene_start(&scene);
		raise_event(&scene, EVENT_PACKAGE_CREATE, "one");
		receiver_await(scene.receiver, 1);
		ensure(pthread_create(&thread, NULL, release_shortly, scene.receiver) == 0);
		scene_stop(&scene, duration_s(PATIENCE_S));
		pthread_join(thread, NULL);
		assert_int_equal(deliveries_of(&scene, "one", &delivery), 1);
		assert_int_equal(delivery->state, DELIVERY_DELIVERED);
		assert_int_equal(receiver_count(scene.receiver), 1);
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

static void outcomes_wait_for_a_store_that_refuses(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE, stalls_until_released);
	scene_start(&scene);
	raise_event(&scene, EVENT_PACKAGE_CREATE, "one");
	receiver_await(scene.receiver, 1);
	disk_set_full(true);
	receiver_release(scene.receiver);
	usleep(400000); /* several tries */
	disk_set_full(false);
	const struct delivery *done = await(&scene, "one", DELIVERY_DELIVERED);
	assert_int_equal(done->attempts, 1);
	assert_int_equal(receiver_count(scene.receiver), 1);
	scene_end(&scene);
}

static void a_store_that_refuses_does_not_prevent_a_stop(void **state)
{
	struct scene scene;

	scene_begin(&scene, TEST_SQLITE, stalls_until_released);
	scene_start(&scene);
	raise_event(&scene, EVENT_PACKAGE_CREATE, "one");
	receiver_await(scene.receiver, 1);
	disk_set_full(true);
	receiver_release(scene.receiver);
	scene_stop(&scene, duration_ms(100));
	disk_set_full(false);
	scene_start(&scene);
	await(&scene, "one", DELIVERY_DELIVERED);
	assert_int_equal(receiver_count(scene.receiver), 2);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_delivery_is_signed_and_on_record),
		cmocka_unit_test(a_lane_keeps_its_order_and_holds_up_no_other),
		cmocka_unit_test(whatever_a_receiver_does_is_on_record),
		cmocka_unit_test(what_is_cut_at_a_stop_is_sent_by_the_next_start),
		cmocka_unit_test(a_patient_stop_records_what_was_under_way),
		cmocka_unit_test(outcomes_wait_for_a_store_that_refuses),
		cmocka_unit_test(a_store_that_refuses_does_not_prevent_a_stop),
	};

	signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails instead */
	crypto_start();
	return cmocka_run_group_tests_name("outbound/outbound", tests, NULL, NULL);
}
