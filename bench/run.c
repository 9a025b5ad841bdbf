/* run.c – see run.h. */
#include "bench/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/ensure.h"
#include "bench/client.h"

/* What is promised and does not come within this is lost. */
#define PATIENCE_S 60

void requests_add(struct requests *requests, char *request)
{
	if (requests->count == requests->room) {
		requests->room = requests->room ? requests->room * 2 : 16;
		requests->list = realloc(requests->list, requests->room * sizeof(char *));
		ensure(requests->list);
	}
	requests->list[requests->count++] = request;
}

void requests_done(struct requests *requests)
{
	for (size_t i = 0; i < requests->count; i++)
		free(requests->list[i]);
	free(requests->list);
}

void requests_read(struct requests *requests, const char *path,
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

char *post_make(const char *path, const char *authorization, const char *body)
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

char *get_make(const char *path, const char *authorization)
{
	char *request;

	ensure(asprintf(&request, "GET %s HTTP/1.1\r\nHost: bench\r\n%s%s%s\r\n", path,
			authorization ? "Authorization: " : "", authorization ? authorization : "",
			authorization ? "\r\n" : "") > 0);
	return request;
}

int run_seconds(void)
{
	const char *seconds = getenv("BENCH_SECONDS");
	return seconds && *seconds ? (int)strtol(seconds, NULL, 10) : 10;
}

static void on_time_over(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	if (!run->all_answered) {
		client_stop(run->client);
		return;
	}
	printf("  (gave up waiting for what was promised)\n");
	loop_break(run->loop);
}

static void on_flushed(evutil_socket_t fd, short what, void *arg)
{
	loop_break(((struct run *)arg)->loop);
}

void run_check(struct run *run)
{
	const struct timeval moment = {
		0, 500000}; /* the last answers to notifications are on their way out */

	if (run->all_answered && (!run->is_complete || run->is_complete(run->arg)))
		event_add(run->flushed, &moment);
}

static void on_answer(size_t request, const char *body, size_t length, struct mono_time sent,
		      void *arg)
{
	struct run *run = arg;

	run->answered++;
	run->last = mono_now();
	if (run->on_answer)
		run->on_answer(request, body, length, sent, run->arg);
}

static void on_all_answered(void *arg)
{
	struct run *run = arg;
	const struct timeval patience = {PATIENCE_S, 0};

	run->all_answered = true;
	event_add(run->over, &patience);
	run_check(run);
}

static struct event *timer_new(struct run *run, event_callback_fn on_time)
{
	struct event *timer = evtimer_new(loop_base(run->loop), on_time, run);

	ensure(timer);
	return timer;
}

/* 0 when it is not known. */
static int64_t server_time_us(void)
{
	const char *process = getenv("BENCH_SERVER");
	unsigned long user = 0, system = 0;
	char path[64];

	if (!process)
		return 0;
	snprintf(path, sizeof(path), "/proc/%.20s/stat", process);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	bool ok = fscanf(file, "%*d %*s %*s %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			 &system) == 2;
	fclose(file);
	return ok ? (int64_t)(user + system) * 1000000 / sysconf(_SC_CLK_TCK) : 0;
}

static int64_t own_time_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

void run(struct run *run)
{
	const struct client_config config = {
		.base = loop_base(run->loop),
		.port = run->port,
		.connections = RUN_CONNECTIONS,
		.requests = (const char *const *)run->requests->list,
		.request_count = run->requests->count,
		.rate = run->rate,
		.limit = run->limit ? run->limit : SIZE_MAX,
		.on_answer = on_answer,
		.on_done = on_all_answered,
		.arg = run,
	};
	const struct timeval time = {run->seconds, 0};

	run->over = timer_new(run, on_time_over);
	run->flushed = timer_new(run, on_flushed);
	if (run->seconds)
		event_add(run->over, &time);
	run->server_us = -server_time_us();
	run->load_us = -own_time_us();
	run->began = run->last = mono_now();
	run->client = client_start(&config);
	loop_run(run->loop);
	run->server_us += server_time_us();
	run->load_us += own_time_us();
	event_free(run->over);
	event_free(run->flushed);
	run->refused = client_failed(run->client);
	if (run->refused)
		printf("  (%zu requests were refused)\n", run->refused);
	client_free(run->client);
	run->client = NULL;
}

double run_elapsed_s(const struct run *run)
{
	return (double)mono_since(run->last, run->began).us / 1e6;
}

void run_print_processor_time(const struct run *run, size_t times)
{
	double count = (double)(run->answered * times);

	if (run->server_us)
		printf("; %.1f + %.1f µs of processor time each (server + load)",
		       (double)run->server_us / count, (double)run->load_us / count);
}

void run_print(const struct run *run, size_t times)
{
	printf("  %.0f a second (%zu in %.1f s, %d connections",
	       (double)(run->answered * times) / run_elapsed_s(run), run->answered * times,
	       run_elapsed_s(run), RUN_CONNECTIONS);
	run_print_processor_time(run, times);
	printf(")\n");
}
