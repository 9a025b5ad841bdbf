/* bench.c – load and receiver in one process, so that one clock measures both ends.
 *
 *   greffier-bench tokens   PORT BODY                  token requests a second
 *   greffier-bench accept   PORT KEY                   packages created, durable, a second
 *   greffier-bench deliver  PORT KEY RECEIVER COUNT    created, delivered, received: a second, none
 * lost greffier-bench latency  PORT KEY RECEIVER RATE     from sending the request to receiving its
 * notification */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/thread.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "bench/client.h"
#include "crypto/random.h"
#include "http/server.h"
#include "loop/loop.h"

#define SECONDS 10
#define CONNECTIONS 64
#define PACKAGES_MAX 4000000
#define SLOTS (PACKAGES_MAX / 2)
#define ID_LENGTH 28

/* A package, known from its answer, from its notification, or from both: whichever comes first. */
struct package {
	char id[ID_LENGTH];
	struct mono_time sent, received;
};

struct bench {
	struct loop *loop;
	struct client *client;
	struct mono_time began, last;
	size_t answered, received, duplicates, wanted;
	struct package *packages; /* open addressing; NULL when nothing is delivered */
	bool all_answered;
};

static struct package *package_of(struct bench *bench, const char *id)
{
	uint64_t hash = 1469598103934665603u;

	for (int i = 0; i < ID_LENGTH; i++)
		hash = (hash ^ (unsigned char)id[i]) * 1099511628211u;
	struct package *package = &bench->packages[hash % SLOTS];
	while (*package->id && memcmp(package->id, id, ID_LENGTH) != 0) {
		if (++package == bench->packages + SLOTS)
			package = bench->packages;
	}
	memcpy(package->id, id, ID_LENGTH);
	return package;
}

static void on_flushed(evutil_socket_t fd, short what, void *arg)
{
	struct bench *bench = arg;
	loop_break(bench->loop);
}

/* The last answers to notifications are still on their way out. */
static void finish_check(struct bench *bench)
{
	const struct timeval moment = {0, 500000};

	if (bench->all_answered && (!bench->packages || bench->received >= bench->answered))
		ensure(event_base_once(loop_base(bench->loop), -1, EV_TIMEOUT, on_flushed, bench,
				       &moment) == 0);
}

static void on_answer(const char *body, size_t length, struct mono_time sent, void *arg)
{
	struct bench *bench = arg;

	bench->answered++;
	bench->last = mono_now();
	if (bench->packages) { /* {"id":"…"} */
		ensure(length > 8 + ID_LENGTH);
		package_of(bench, body + 7)->sent = sent;
	}
}

static void on_all_answered(void *arg)
{
	struct bench *bench = arg;

	bench->all_answered = true;
	finish_check(bench);
}

static void on_notification(struct http_exchange *exchange, struct http_request *request, void *arg)
{
	static const char member[] = "\"packageId\":\"";
	struct bench *bench = arg;
	struct http_response response = {.status = 200};
	const char *at = memmem(request->body.data, request->body.length, member, strlen(member));

	ensure(at);
	struct package *package = package_of(bench, at + strlen(member));
	if (package->received.us) {
		bench->duplicates++;
	} else {
		package->received = bench->last = mono_now();
		bench->received++;
	}
	http_exchange_respond(exchange, &response);
	finish_check(bench);
}

static void on_time_over(evutil_socket_t fd, short what, void *arg)
{
	struct bench *bench = arg;
	client_stop(bench->client);
}

static double elapsed_s(const struct bench *bench)
{
	return (double)mono_since(bench->last, bench->began).us / 1e6;
}

static char *request_make(const char *path, const char *key, const char *body)
{
	char *request;

	ensure(asprintf(
		       &request,
		       "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n%s%s%s"
		       "Content-Length: %zu\r\n\r\n%s",
		       path, key ? "Authorization: Basic " : "", key ? key : "", key ? "\r\n" : "",
		       strlen(body), body) > 0);
	return request;
}

static void run(struct bench *bench, unsigned port, const char *request, double rate, size_t limit,
		int seconds)
{
	const struct client_config config = {
		.base = loop_base(bench->loop),
		.port = port,
		.connections = CONNECTIONS,
		.request = request,
		.rate = rate,
		.limit = limit,
		.on_answer = on_answer,
		.on_done = on_all_answered,
		.arg = bench,
	};
	const struct timeval time = {seconds, 0};
	struct event *over = evtimer_new(loop_base(bench->loop), on_time_over, bench);

	ensure(over);
	if (seconds)
		event_add(over, &time);
	bench->began = bench->last = mono_now();
	bench->client = client_start(&config);
	loop_run(bench->loop);
	event_free(over);
	if (client_failed(bench->client))
		printf("  (%zu requests were refused)\n", client_failed(bench->client));
	client_free(bench->client);
}

static struct http_server *receiver_start(struct bench *bench, unsigned port)
{
	struct error err = {0};
	const struct http_server_config config = {
		.address = "127.0.0.1",
		.port = port,
		.headers_limit = 16384,
		.body_limit = 65536,
		.connections_limit = 4096,
		.request_timeout = duration_s(60),
		.idle_timeout = duration_s(600),
		.on_request = on_notification,
		.arg = bench,
	};

	bench->packages = calloc(SLOTS, sizeof(*bench->packages));
	struct http_server *server = http_server_new(bench->loop, &config, &err);
	ensure(bench->packages && server);
	return server;
}

static int by_value(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
	return (one > other) - (one < other);
}

static void latency_print(const struct bench *bench)
{
	int64_t *us = calloc(bench->received + 1, sizeof(*us));
	size_t count = 0;

	ensure(us);
	for (size_t i = 0; i < SLOTS; i++) {
		const struct package *package = &bench->packages[i];
		if (package->sent.us && package->received.us)
			us[count++] = mono_since(package->received, package->sent).us;
	}
	ensure(count > 0);
	qsort(us, count, sizeof(*us), by_value);
	printf("  p50 %.2f ms   p90 %.2f ms   p99 %.2f ms   worst %.2f ms   (%zu notifications)\n",
	       (double)us[count / 2] / 1000, (double)us[count * 9 / 10] / 1000,
	       (double)us[count * 99 / 100] / 1000, (double)us[count - 1] / 1000, count);
	free(us);
}

static int usage(void)
{
	fputs("see bench.c; scripts/bench calls this\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const char package[] = "{\"name\":\"Bench\"}";
	struct bench bench = {0};
	struct error err = {0};

	if (argc < 4)
		return usage();
	crypto_start();
	bench.loop = loop_new("bench", &err);
	ensure(bench.loop);
	unsigned port = (unsigned)strtoul(argv[2], NULL, 10);
	struct http_server *receiver = NULL;
	char *request = NULL;

	if (strcmp(argv[1], "tokens") == 0 || strcmp(argv[1], "accept") == 0) {
		bool tokens = *argv[1] == 't';
		request = tokens ? request_make("/apitoken/clientApp/accessToken", NULL, argv[3])
				 : request_make("/api/packages", argv[3], package);
		run(&bench, port, request, 0, SIZE_MAX, SECONDS);
		printf("  %.0f a second (%zu in %.1f s, %d connections)\n",
		       (double)bench.answered / elapsed_s(&bench), bench.answered,
		       elapsed_s(&bench), CONNECTIONS);
	} else if (argc == 6 && strcmp(argv[1], "deliver") == 0) {
		receiver = receiver_start(&bench, (unsigned)strtoul(argv[4], NULL, 10));
		request = request_make("/api/packages", argv[3], package);
		run(&bench, port, request, 0, strtoul(argv[5], NULL, 10), 0);
		printf("  %.0f a second (%zu received in %.1f s, %zu lost, %zu twice)\n",
		       (double)bench.received / elapsed_s(&bench), bench.received,
		       elapsed_s(&bench), bench.answered - bench.received, bench.duplicates);
	} else if (argc == 6 && strcmp(argv[1], "latency") == 0) {
		receiver = receiver_start(&bench, (unsigned)strtoul(argv[4], NULL, 10));
		request = request_make("/api/packages", argv[3], package);
		run(&bench, port, request, strtod(argv[5], NULL), SIZE_MAX, SECONDS);
		latency_print(&bench);
	} else {
		return usage();
	}
	http_server_free(receiver);
	loop_free(bench.loop);
	free(bench.packages);
	free(request);
	return 0;
}
