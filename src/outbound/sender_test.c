/* sender_test.c – the sender alone, against names that answer as the test says: getaddrinfo is this
 * program's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ensure.h"
#include "outbound/sender.h"
#include "store/test_store.h"

#define PATIENCE_S 20

/* ---- names ---- */

#define SLOW_MS 2500
#define LATE_MS 400

/* What a name answers at the first look, at the second …; then the last one again. Several
 * addresses: separated by blanks. */
static struct name {
	const char *name;
	const char *answers[3];
	atomic_int looks;
} names[] = {
	{"rebinds.test", {"127.0.0.2", "127.0.0.1"}, 0},
	{"both.test", {"127.0.0.1 127.0.0.2"}, 0},
	{"falls-back.test", {"127.0.0.3 127.0.0.1"}, 0}, /* nobody listens on 127.0.0.3 */
	{"plain.test", {"127.0.0.2"}, 0},
	{"slow.test", {"slow"}, 0},
	{"late.test", {"late 127.0.0.2"}, 0}, /* resolves, after a while */
};
static atomic_int slow_looks; /* under way */

static struct addrinfo *address_make(const char *text, size_t length, uint16_t port)
{
	/* One allocation, as freeaddrinfo expects it. */
	struct addrinfo *info = calloc(1, sizeof(*info) + sizeof(struct sockaddr_in));
	struct sockaddr_in *address = (struct sockaddr_in *)(void *)(info + 1);
	char copy[INET_ADDRSTRLEN];

	snprintf(copy, sizeof(copy), "%.*s", (int)length, text);
	*address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
	ensure(inet_pton(AF_INET, copy, &address->sin_addr) == 1);
	*info = (struct addrinfo){.ai_family = AF_INET,
				  .ai_socktype = SOCK_STREAM,
				  .ai_addrlen = sizeof(*address),
				  .ai_addr = (struct sockaddr *)address};
	return info;
}

static struct addrinfo *addresses_make(const char *answer, uint16_t port)
{
	struct addrinfo *first = NULL, **last = &first;

	for (; *answer; answer += strcspn(answer, " "), answer += strspn(answer, " ")) {
		*last = address_make(answer, strcspn(answer, " "), port);
		last = &(*last)->ai_next;
	}
	return first;
}

/* In place of the C library's, for libcurl too. */
__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
						       const struct addrinfo *hints,
						       struct addrinfo **ret_list)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i].name, node) != 0)
			continue;
		int look = atomic_fetch_add(&names[i].looks, 1);
		while (look > 0 &&
		       (look >= (int)ARRAY_SIZE(names[i].answers) || !names[i].answers[look]))
			look--;
		if (strcmp(names[i].answers[look], "slow") == 0) {
			atomic_fetch_add(&slow_looks, 1);
			usleep(SLOW_MS * 1000);
			atomic_fetch_sub(&slow_looks, 1);
			return EAI_AGAIN;
		}
		const char *answer = names[i].answers[look];
		if (strncmp(answer, "late ", 5) == 0) {
			usleep(LATE_MS * 1000);
			answer += 5;
		}
		*ret_list = addresses_make(answer, (uint16_t)atoi(service));
		return 0;
	}
	return EAI_NONAME;
}

/* ---- a receiver ---- */

struct receiver {
	int listener;
	unsigned port;
	pthread_t thread;
	atomic_int connections, requests, open;
};

/* What is asked for is what is answered. */
static const char *answer_to(const char *path)
{
	static const char *const answers[][2] = {
		{"/ok", "HTTP/1.1 204 No Content\r\n\r\n"},
		{"/close", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
		{"/later", "HTTP/1.1 503 Later\r\nRetry-After: 77\r\nContent-Length: 0\r\n\r\n"},
		{"/fail", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"},
		{"/stall", ""},
	};

	if (strncmp(path, "http://", 7) == 0) /* as a proxy is asked */
		path = strchr(path + 7, '/');

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		if (strncmp(path, answers[i][0], strlen(answers[i][0])) == 0)
			return answers[i][1];
	}
	ensure(!"a path");
	return NULL;
}

struct connection {
	struct receiver *receiver;
	int socket;
};

static void *connection_serve(void *arg)
{
	struct connection connection = *(struct connection *)arg;
	char text[4096];
	ssize_t got;

	free(arg);
	while ((got = recv(connection.socket, text, sizeof(text) - 1, 0)) > 0) {
		text[got] = '\0';
		ensure(strncmp(text, "POST ", 5) == 0 && strstr(text, "\r\n\r\n"));
		const char *answer = answer_to(text + 5);
		atomic_fetch_add(&connection.receiver->requests, 1);
		ensure(send(connection.socket, answer, strlen(answer), MSG_NOSIGNAL) >= 0);
	}
	close(connection.socket);
	atomic_fetch_sub(&connection.receiver->open, 1);
	return NULL;
}

static void *receiver_accept(void *arg)
{
	struct receiver *receiver = arg;
	pthread_t thread;
	int socket;

	/* EMFILE: a_lack_of_descriptors_is_ours. */
	while ((socket = accept4(receiver->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0 ||
	       errno == EMFILE) {
		if (socket < 0)
			continue;
		struct connection *connection = malloc(sizeof(*connection));
		ensure(connection);
		*connection = (struct connection){receiver, socket};
		atomic_fetch_add(&receiver->connections, 1);
		atomic_fetch_add(&receiver->open, 1);
		ensure(pthread_create(&thread, NULL, connection_serve, connection) == 0);
		pthread_detach(thread);
	}
	return NULL;
}

static int listen_on(const char *host, unsigned *port, int backlog)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ensure(inet_pton(AF_INET, host, &address.sin_addr) == 1);
	if (bind(listener, (struct sockaddr *)&address, length) != 0 ||
	    listen(listener, backlog) != 0) {
		close(listener);
		return -1;
	}
	ensure(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
	*port = ntohs(address.sin_port);
	return listener;
}

static struct receiver *receiver_start(const char *host, unsigned port)
{
	struct receiver *receiver = calloc(1, sizeof(*receiver));

	ensure(receiver);
	receiver->port = port;
	receiver->listener = listen_on(host, &receiver->port, 16);
	if (receiver->listener < 0) { /* the port is taken there */
		free(receiver);
		return NULL;
	}
	ensure(pthread_create(&receiver->thread, NULL, receiver_accept, receiver) == 0);
	return receiver;
}

/* Nobody may be connected any more, or not for long. */
static void receiver_stop(struct receiver *receiver)
{
	shutdown(receiver->listener, SHUT_RDWR);
	pthread_join(receiver->thread, NULL);
	while (atomic_load(&receiver->open) > 0)
		usleep(1000);
	close(receiver->listener);
	free(receiver);
}

/* One on 127.0.0.2, and a trap on the same port of 127.0.0.1. */
struct scene {
	struct outbound_config config;
	struct sender *sender;
	struct receiver *allowed, *trap;
};

static void scene_begin(struct scene *scene)
{
	struct error err = {0};

	*scene = (struct scene){.config = {.in_flight_limit = 8,
					   .guard = {.plain_http = PLAIN_HTTP_ANYWHERE},
					   .proxy = ""}};
	assert_true(network_list_parse("127.0.0.2/31", &scene->config.guard.networks));
	while (!scene->trap) {
		if (scene->allowed)
			receiver_stop(scene->allowed);
		scene->allowed = receiver_start("127.0.0.2", 0);
		ensure(scene->allowed);
		scene->trap = receiver_start("127.0.0.1", scene->allowed->port);
	}
	scene->sender = sender_start(&scene->config, &err);
	assert_non_null(scene->sender);
}

static void scene_end(struct scene *scene)
{
	sender_stop_and_free(scene->sender);
	receiver_stop(scene->allowed);
	receiver_stop(scene->trap);
}

/* ---- sendings ---- */

struct looked_at {
	struct sending *sending;
	sem_t done;
};

static void on_done(struct sending *sending, void *arg)
{
	sem_post(&((struct looked_at *)arg)->done);
}

static struct sending *probe_make(struct looked_at *probe, const char *host, unsigned port,
				  const char *path, struct duration timeout)
{
	struct sending *sending = sending_new(SENDING_PLAIN, sizeof(*sending));

	sem_init(&probe->done, 0, 0);
	probe->sending = sending;
	sending->method = "POST";
	sending->url = arena_printf(sending->arena, "http://%s:%u%s", host, port, path);
	sending->body = (struct bytes){(const unsigned char *)"{}", 2};
	sending->connect_timeout = sending->timeout = timeout;
	sending->started = wall_now();
	sending->on_done = on_done;
	sending->arg = probe;
	return sending;
}

static void probe_begin_at(struct scene *scene, struct looked_at *probe, const char *host,
			   unsigned port, const char *path, struct duration timeout)
{
	sender_submit(scene->sender, probe_make(probe, host, port, path, timeout));
}

static void probe_begin(struct scene *scene, struct looked_at *probe, const char *host,
			const char *path, struct duration timeout)
{
	probe_begin_at(scene, probe, host, scene->allowed->port, path, timeout);
}

static const struct sending *probe_wait(struct looked_at *probe)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	assert_int_equal(sem_timedwait(&probe->done, &until), 0);
	return probe->sending;
}

static void probe_end(struct looked_at *probe)
{
	sending_free(probe->sending);
	sem_destroy(&probe->done);
}

/* Sends, and compares what came of it. */
static void expect(struct scene *scene, const char *host, const char *path,
		   enum error_class error_class, enum phase phase, long status)
{
	struct looked_at probe;

	probe_begin(scene, &probe, host, path, duration_s(PATIENCE_S));
	const struct sending *sending = probe_wait(&probe);
	if (sending->outcome.error_class != error_class || sending->phase != phase ||
	    sending->outcome.http_status != status)
		fail_msg("%s%s: %s %s %ld", host, path,
			 error_class_name(sending->outcome.error_class), phase_name(sending->phase),
			 sending->outcome.http_status);
	probe_end(&probe);
}

static void sender_renew(struct scene *scene) /* and so forget names and connections */
{
	struct error err = {0};

	sender_stop_and_free(scene->sender);
	scene->sender = sender_start(&scene->config, &err);
	assert_non_null(scene->sender);
}

/* ---- the address really connected to ---- */

static void a_name_that_changes_its_answer_gains_nothing(void **state)
{
	struct scene scene;

	scene_begin(&scene);
	expect(&scene, "rebinds.test", "/close", ERROR_CLASS_NONE, PHASE_NONE, 204);
	sender_renew(&scene);
	expect(&scene, "rebinds.test", "/close", ERROR_CLASS_ADDRESS_REFUSED, PHASE_CONNECT, 0);
	assert_int_equal(atomic_load(&names[0].looks), 2);
	assert_int_equal(atomic_load(&scene.allowed->requests), 1);
	assert_int_equal(atomic_load(&scene.trap->connections), 0);
	scene_end(&scene);
}

static void each_address_of_a_name_is_judged(void **state)
{
	struct scene scene;

	scene_begin(&scene);
	expect(&scene, "both.test", "/ok", ERROR_CLASS_NONE, PHASE_NONE, 204);
	/* What comes of the one that is allowed is what counts. */
	expect(&scene, "both.test", "/fail", ERROR_CLASS_NONE, PHASE_NONE, 500);
	expect(&scene, "falls-back.test", "/ok", ERROR_CLASS_ADDRESS_REFUSED, PHASE_CONNECT, 0);
	assert_int_equal(atomic_load(&scene.allowed->requests), 2);
	assert_int_equal(atomic_load(&scene.trap->connections), 0);
	scene_end(&scene);
}

static void an_allowed_address_is_blamed_for_what_it_does(void **state)
{
	struct scene scene;
	struct looked_at probe;

	scene_begin(&scene);
	probe_begin(&scene, &probe, "both.test", "/stall", duration_ms(300));
	const struct sending *sending = probe_wait(&probe);
	assert_int_equal(sending->outcome.error_class, ERROR_CLASS_TIMEOUT);
	assert_int_equal(sending->phase, PHASE_ANSWER);
	probe_end(&probe);
	scene_end(&scene);
}

/* The proxy decides where one may go; whatever the environment says of going past it. */
static void the_proxy_is_not_gone_past(void **state)
{
	struct scene scene;
	char proxy[64];

	scene_begin(&scene);
	snprintf(proxy, sizeof(proxy), "http://127.0.0.2:%u", scene.allowed->port);
	scene.config.proxy = proxy;
	ensure(setenv("no_proxy", "*", 1) == 0 && setenv("NO_PROXY", "*", 1) == 0);
	sender_renew(&scene);
	expect(&scene, "127.0.0.1", "/ok", ERROR_CLASS_NONE, PHASE_NONE, 204);
	assert_int_equal(atomic_load(&scene.allowed->requests), 1);
	assert_int_equal(atomic_load(&scene.trap->connections), 0);
	ensure(unsetenv("no_proxy") == 0 && unsetenv("NO_PROXY") == 0);
	scene_end(&scene);
}

/* ---- what one costs the others ---- */

static int64_t since_ms(struct wall_time start)
{
	return wall_since(wall_now(), start).us / 1000;
}

static void slow_looks_end(void)
{
	while (atomic_load(&slow_looks) > 0)
		usleep(10000);
}

/* A name server that does not answer: the look-up cannot be broken off, and nobody waits for it. */
static void a_name_that_does_not_answer_holds_up_nobody(void **state)
{
	struct scene scene;
	struct looked_at slow, quick;

	scene_begin(&scene);
	probe_begin(&scene, &slow, "slow.test", "/ok", duration_ms(100));
	const struct sending *sending = probe_wait(&slow);
	assert_int_equal(sending->outcome.error_class, ERROR_CLASS_TIMEOUT);
	assert_int_equal(sending->phase, PHASE_NAME);
	assert_true(since_ms(sending->started) < SLOW_MS);
	probe_begin(&scene, &quick, "plain.test", "/ok", duration_s(PATIENCE_S));
	assert_int_equal(probe_wait(&quick)->outcome.http_status, 204);
	assert_true(since_ms(sending->started) < SLOW_MS);
	assert_true(atomic_load(&slow_looks) > 0);
	probe_end(&slow);
	probe_end(&quick);
	slow_looks_end();
	scene_end(&scene);
}

static void a_stop_waits_for_no_name(void **state)
{
	struct wall_time start = wall_now();
	struct scene scene;
	struct looked_at slow;

	scene_begin(&scene);
	probe_begin(&scene, &slow, "slow.test", "/ok", duration_s(PATIENCE_S));
	while (atomic_load(&slow_looks) == 0)
		usleep(1000);
	scene_end(&scene);
	assert_true(since_ms(start) < SLOW_MS);
	assert_true(probe_wait(&slow)->abandoned);
	probe_end(&slow);
	slow_looks_end();
}

/* Its system has no room for connections: packets go unanswered. */
static void one_that_cannot_be_reached_is_given_up_in_time(void **state)
{
	struct scene scene;
	struct looked_at probe;
	unsigned port = 0;
	int fillers[8];

	scene_begin(&scene);
	int full = listen_on("127.0.0.2", &port, 0);
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons((uint16_t)port),
					    .sin_addr = {htonl(0x7f000002)}};
	for (size_t i = 0; i < ARRAY_SIZE(fillers); i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)connect(fillers[i], (const struct sockaddr *)&address, sizeof(address));
	}
	probe_begin_at(&scene, &probe, "plain.test", port, "/ok", duration_ms(300));
	const struct sending *sending = probe_wait(&probe);
	assert_int_equal(sending->outcome.error_class, ERROR_CLASS_TIMEOUT);
	assert_int_equal(sending->phase, PHASE_CONNECT);
	assert_non_null(strstr(sending->address, "127.0.0.2:"));
	probe_end(&probe);
	for (size_t i = 0; i < ARRAY_SIZE(fillers); i++)
		close(fillers[i]);
	close(full);
	scene_end(&scene);
}

/* ---- handles and connections are used again ---- */

static void nothing_of_the_last_answer_remains(void **state)
{
	struct scene scene;
	struct looked_at probe;

	scene_begin(&scene);
	probe_begin(&scene, &probe, "plain.test", "/later", duration_s(PATIENCE_S));
	assert_int_equal(probe_wait(&probe)->outcome.retry_after.us, duration_s(77).us);
	probe_end(&probe);
	probe_begin(&scene, &probe, "plain.test", "/fail", duration_s(PATIENCE_S));
	assert_int_equal(probe_wait(&probe)->outcome.retry_after.us, 0);
	probe_end(&probe);
	expect(&scene, "both.test", "/ok", ERROR_CLASS_NONE, PHASE_NONE, 204);
	expect(&scene, "rebinds.test", "/ok", ERROR_CLASS_ADDRESS_REFUSED, PHASE_CONNECT, 0);
	expect(&scene, "plain.test", "/ok", ERROR_CLASS_NONE, PHASE_NONE, 204);
	scene_end(&scene);
}

static void connections_are_used_again(void **state)
{
	struct scene scene;
	struct looked_at probe;

	scene_begin(&scene);
	for (int i = 0; i < 5; i++)
		expect(&scene, "plain.test", i % 2 ? "/fail" : "/ok", ERROR_CLASS_NONE, PHASE_NONE,
		       i % 2 ? 500 : 204);
	assert_int_equal(atomic_load(&scene.allowed->connections), 1);
	probe_begin(&scene, &probe, "plain.test", "/stall", duration_ms(300));
	const struct sending *sending = probe_wait(&probe);
	assert_int_equal(sending->outcome.error_class, ERROR_CLASS_TIMEOUT);
	assert_int_equal(sending->phase, PHASE_ANSWER);
	assert_non_null(strstr(sending->address, "127.0.0.2:"));
	probe_end(&probe);
	/* One that was given up is not used again. */
	expect(&scene, "plain.test", "/ok", ERROR_CLASS_NONE, PHASE_NONE, 204);
	assert_int_equal(atomic_load(&scene.allowed->connections), 2);
	scene_end(&scene);
}

/* With every descriptor of this process in use, by address and by name. */
static void a_lack_of_descriptors_is_ours(void **state)
{
	static const char *const hosts[] = {"127.0.0.2", "plain.test"};
	struct rlimit usual, none;
	struct scene scene;

	scene_begin(&scene);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct looked_at probe;
		none = (struct rlimit){.rlim_cur = 0, .rlim_max = usual.rlim_max};
		ensure(setrlimit(RLIMIT_NOFILE, &none) == 0);
		probe_begin(&scene, &probe, hosts[i], "/ok", duration_s(PATIENCE_S));
		enum error_class got = probe_wait(&probe)->outcome.error_class;
		ensure(setrlimit(RLIMIT_NOFILE, &usual) == 0);
		if (got != ERROR_CLASS_SHORTAGE)
			fail_msg("%s: %s", hosts[i], error_class_name(got));
		assert_non_null(probe.sending->problem);
		probe_end(&probe);
		expect(&scene, hosts[i], "/ok", ERROR_CLASS_NONE, PHASE_NONE, 204);
		sender_renew(&scene);
	}
	scene_end(&scene);
}

/* ---- leases ---- */

static void nothing_is_sent_when_its_lease_is_over(void **state)
{
	static const struct {
		const char *name, *host;
		int64_t left_ms;
		bool is_sent;
	} rows[] = {
		{"it stands", "127.0.0.2", 3600000, true},
		{"it stands, on a connection that is used again", "127.0.0.2", 3600000, true},
		{"it is over, on a connection that could be used again", "127.0.0.2", -1, false},
		{"it ends during the look-up of the name", "late.test", LATE_MS / 4, false},
		{"it stands after a long look-up", "late.test", 3600000, true},
	};
	struct test_store *store = test_store_open(TEST_SQLITE, NULL);
	struct scene scene;
	int sent = 0;

	scene_begin(&scene);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct lease lease = {
			.session = store->session,
			.standing = session_standing(store->session),
			.last_start = {mono_now().us + duration_ms(rows[i].left_ms).us},
		};
		struct looked_at probe;
		struct sending *sending = probe_make(&probe, rows[i].host, scene.allowed->port,
						     "/ok", duration_s(PATIENCE_S));
		sending->lease = &lease;
		sender_submit(scene.sender, sending);
		if (probe_wait(&probe)->abandoned == rows[i].is_sent)
			fail_msg("%s: %s", rows[i].name, rows[i].is_sent ? "not sent" : "sent");
		probe_end(&probe);
		sent += rows[i].is_sent;
		assert_int_equal(atomic_load(&scene.allowed->requests), sent);
	}
	scene_end(&scene);
	test_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_changes_its_answer_gains_nothing),
		cmocka_unit_test(each_address_of_a_name_is_judged),
		cmocka_unit_test(an_allowed_address_is_blamed_for_what_it_does),
		cmocka_unit_test(the_proxy_is_not_gone_past),
		cmocka_unit_test(a_name_that_does_not_answer_holds_up_nobody),
		cmocka_unit_test(a_stop_waits_for_no_name),
		cmocka_unit_test(one_that_cannot_be_reached_is_given_up_in_time),
		cmocka_unit_test(nothing_of_the_last_answer_remains),
		cmocka_unit_test(connections_are_used_again),
		cmocka_unit_test(a_lack_of_descriptors_is_ours),
		cmocka_unit_test(nothing_is_sent_when_its_lease_is_over),
	};

	ensure(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	int failed = cmocka_run_group_tests_name("outbound/sender", tests, NULL, NULL);
	curl_global_cleanup();
	return failed;
}
