/* bench.c – load and receiver in one process, so that one clock measures both ends.
 *
 *   tokens  PORT BODIES [SAVE]       token requests a second; BODIES has one in a line
 *   get     PORT PATH [CREDENTIALS]  GETs a second; CREDENTIALS has values of Authorization, one in
 * a line apps    PORT KEYS COUNT SAVE     COUNT client apps for each API key; SAVE gets bodies for
 * `tokens` accept  PORT KEY                 packages created, durable, a second deliver PORT KEY
 * RECEIVER COUNT  created, delivered, received: a second, none lost latency PORT KEY RECEIVER RATE
 * from sending the request to receiving its notification */
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
	FILE *save;		  /* what answers bring, a line each; NULL: nothing */
	void (*save_answer)(FILE *save, const char *body, size_t length);
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
	if (bench->save)
		bench->save_answer(bench->save, body, length);
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

/* ---- requests ---- */

struct requests {
	char **list;
	size_t count, room;
};

static void requests_add(struct requests *requests, char *request)
{
	if (requests->count == requests->room) {
		requests->room = requests->room ? requests->room * 2 : 16;
		requests->list = realloc(requests->list, requests->room * sizeof(char *));
		ensure(requests->list);
	}
	requests->list[requests->count++] = request;
}

static void requests_done(struct requests *requests)
{
	for (size_t i = 0; i < requests->count; i++)
		free(requests->list[i]);
	free(requests->list);
}

static char *post_make(const char *path, const char *authorization, const char *body)
{
	char *request;

	ensure(asprintf(&request,
			"POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
			"%s%s%sContent-Length: %zu\r\n\r\n%s",
			path, authorization ? "Authorization: " : "",
			authorization ? authorization : "", authorization ? "\r\n" : "",
			strlen(body), body) > 0);
	return request;
}

static char *get_make(const char *path, const char *authorization)
{
	char *request;

	ensure(asprintf(&request, "GET %s HTTP/1.1\r\nHost: bench\r\n%s%s%s\r\n", path,
			authorization ? "Authorization: " : "", authorization ? authorization : "",
			authorization ? "\r\n" : "") > 0);
	return request;
}

/* `add` for each line of a file. */
static void lines_read(const char *path, struct requests *requests,
		       void (*add)(struct requests *requests, const char *line, const char *arg),
		       const char *arg)
{
	char line[4096];
	FILE *file = fopen(path, "re");

	ensure(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		add(requests, line, arg);
	}
	fclose(file);
	ensure(requests->count > 0);
}

static void token_request_add(struct requests *requests, const char *line, const char *arg)
{
	requests_add(requests, post_make("/apitoken/clientApp/accessToken", NULL, line));
}

static void app_request_add(struct requests *requests, const char *line, const char *arg)
{
	char authorization[256];

	snprintf(authorization, sizeof(authorization), "Basic %s", line);
	requests_add(requests, post_make("/api/account/authentication/clientApps", authorization,
					 "{\"name\":\"Bench\"}"));
}

static void get_request_add(struct requests *requests, const char *line, const char *path)
{
	requests_add(requests, get_make(path, line));
}

/* The text of a member of an answer. */
static void member_copy(const char *body, size_t length, const char *name, char *ret_text,
			size_t room)
{
	char member[64];

	snprintf(member, sizeof(member), "\"%s\":\"", name);
	const char *at = memmem(body, length, member, strlen(member));
	ensure(at);
	at += strlen(member);
	size_t text = strcspn(at, "\"");
	ensure(text < room);
	memcpy(ret_text, at, text);
	ret_text[text] = '\0';
}

static void token_save(FILE *save, const char *body, size_t length)
{
	char token[256];

	member_copy(body, length, "accessToken", token, sizeof(token));
	fprintf(save, "Bearer %s\n", token);
}

static void app_save(FILE *save, const char *body, size_t length)
{
	char id[128], secret[128];

	member_copy(body, length, "clientId", id, sizeof(id));
	member_copy(body, length, "secret", secret, sizeof(secret));
	fprintf(save, "{\"clientId\":\"%s\",\"secret\":\"%s\",\"type\":\"OWNER\"}\n", id, secret);
}

static void run(struct bench *bench, unsigned port, const struct requests *requests, double rate,
		size_t limit, int seconds)
{
	const struct client_config config = {
		.base = loop_base(bench->loop),
		.port = port,
		.connections = CONNECTIONS,
		.requests = (const char *const *)requests->list,
		.request_count = requests->count,
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

static void rate_print(const struct bench *bench)
{
	printf("  %.0f a second (%zu in %.1f s, %d connections)\n",
	       (double)bench->answered / elapsed_s(bench), bench->answered, elapsed_s(bench),
	       CONNECTIONS);
}

/* ---- the modes ---- */

static void save_open(struct bench *bench, const char *path,
		      void (*save_answer)(FILE *save, const char *body, size_t length))
{
	bench->save = fopen(path, "we");
	ensure(bench->save);
	bench->save_answer = save_answer;
}

static void tokens_mode(struct bench *bench, unsigned port, int argc, char **argv)
{
	struct requests requests = {0};

	lines_read(argv[0], &requests, token_request_add, NULL);
	if (argc > 1) { /* each once */
		save_open(bench, argv[1], token_save);
		run(bench, port, &requests, 0, requests.count, 0);
	} else {
		run(bench, port, &requests, 0, SIZE_MAX, SECONDS);
	}
	rate_print(bench);
	requests_done(&requests);
}

static void get_mode(struct bench *bench, unsigned port, int argc, char **argv)
{
	struct requests requests = {0};

	if (argc > 1)
		lines_read(argv[1], &requests, get_request_add, argv[0]);
	else
		requests_add(&requests, get_make(argv[0], NULL));
	run(bench, port, &requests, 0, SIZE_MAX, SECONDS);
	rate_print(bench);
	requests_done(&requests);
}

static void apps_mode(struct bench *bench, unsigned port, int argc, char **argv)
{
	struct requests requests = {0};

	lines_read(argv[0], &requests, app_request_add, NULL);
	save_open(bench, argv[2], app_save);
	run(bench, port, &requests, 0, requests.count * strtoul(argv[1], NULL, 10), 0);
	rate_print(bench);
	requests_done(&requests);
}

static struct requests package_requests(const char *key)
{
	struct requests requests = {0};
	char authorization[256];

	snprintf(authorization, sizeof(authorization), "Basic %s", key);
	requests_add(&requests, post_make("/api/packages", authorization, "{\"name\":\"Bench\"}"));
	return requests;
}

static void accept_mode(struct bench *bench, unsigned port, int argc, char **argv)
{
	struct requests requests = package_requests(argv[0]);

	run(bench, port, &requests, 0, SIZE_MAX, SECONDS);
	rate_print(bench);
	requests_done(&requests);
}

static void deliver_mode(struct bench *bench, unsigned port, int argc, char **argv)
{
	struct requests requests = package_requests(argv[0]);
	struct http_server *receiver = receiver_start(bench, (unsigned)strtoul(argv[1], NULL, 10));

	run(bench, port, &requests, 0, strtoul(argv[2], NULL, 10), 0);
	printf("  %.0f a second (%zu received in %.1f s, %zu lost, %zu twice)\n",
	       (double)bench->received / elapsed_s(bench), bench->received, elapsed_s(bench),
	       bench->answered - bench->received, bench->duplicates);
	requests_done(&requests);
	http_server_free(receiver);
}

static void latency_mode(struct bench *bench, unsigned port, int argc, char **argv)
{
	struct requests requests = package_requests(argv[0]);
	struct http_server *receiver = receiver_start(bench, (unsigned)strtoul(argv[1], NULL, 10));

	run(bench, port, &requests, strtod(argv[2], NULL), SIZE_MAX, SECONDS);
	latency_print(bench);
	requests_done(&requests);
	http_server_free(receiver);
}

static const struct {
	const char *name;
	int arguments; /* after the port, at least */
	void (*run)(struct bench *bench, unsigned port, int argc, char **argv);
} modes[] = {
	{"tokens", 1, tokens_mode}, {"get", 1, get_mode},	  {"apps", 3, apps_mode},
	{"accept", 1, accept_mode}, {"deliver", 3, deliver_mode}, {"latency", 3, latency_mode},
};

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct error err = {0};

	crypto_start();
	bench.loop = loop_new("bench", &err);
	ensure(bench.loop);
	for (size_t i = 0; argc > 2 && i < ARRAY_SIZE(modes); i++) {
		if (strcmp(argv[1], modes[i].name) != 0 || argc - 3 < modes[i].arguments)
			continue;
		modes[i].run(&bench, (unsigned)strtoul(argv[2], NULL, 10), argc - 3, argv + 3);
		loop_free(bench.loop);
		free(bench.packages);
		return bench.save ? fclose(bench.save) : 0;
	}
	loop_free(bench.loop);
	fputs("see bench.c; scripts/bench calls this\n", stderr);
	return 2;
}
