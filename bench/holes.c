/* holes.c – many endpoints, some of which take what comes and never say a word, or not even take
 * it. Each endpoint is given with a package of its own, so that an event goes to one of them. */
#include "bench/modes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ensure.h"
#include "bench/load.h"
#include "bench/receiver.h"
#include "bench/run.h"

#define PACKAGE_ID_MAX 64
#define HOLE_BACKLOG 20 /* events that wait for each hole when the measurement begins */
#define DEAF_CONNECTIONS 4

struct hole {
	int fd;
	unsigned port;
	int callers[DEAF_CONNECTIONS];
};

struct holes {
	struct loop *loop;
	const char *key;
	unsigned port;
	size_t count, hole_count;
	struct receiver *receiver;
	struct hole silent, deaf;
	char (*packages)[PACKAGE_ID_MAX]; /* the holes' first */
};

static const struct sockaddr *address_of(struct sockaddr_in *address, unsigned port)
{
	*address = (struct sockaddr_in){.sin_family = AF_INET,
					.sin_port = htons((uint16_t)port),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	return (const struct sockaddr *)address;
}

/* Nobody ever accepts: the system takes connections and what they bring, up to the backlog. */
static void hole_open(struct hole *hole, int backlog)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	hole->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ensure(bind(hole->fd, address_of(&address, 0), sizeof(address)) == 0);
	ensure(listen(hole->fd, backlog) == 0);
	ensure(getsockname(hole->fd, (struct sockaddr *)&address, &length) == 0);
	hole->port = ntohs(address.sin_port);
}

/* With its backlog full, it does not even answer a connection's first packet. */
static void hole_stop_up(struct hole *hole)
{
	struct sockaddr_in address;

	for (int i = 0; i < DEAF_CONNECTIONS; i++) {
		hole->callers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		ensure(hole->callers[i] >= 0);
		(void)connect(hole->callers[i], address_of(&address, hole->port), sizeof(address));
	}
}

static void hole_close(struct hole *hole)
{
	for (int i = 0; i < DEAF_CONNECTIONS; i++) {
		if (hole->callers[i] > 0)
			close(hole->callers[i]);
	}
	close(hole->fd);
}

/* ---- the endpoints ---- */

static char *package_request(const struct holes *holes, unsigned receiver_port, bool ordered)
{
	char authorization[256], *body;

	snprintf(authorization, sizeof(authorization), "Basic %s", holes->key);
	ensure(asprintf(&body,
			"{\"name\":\"Bench\",\"callback\":{\"url\":\"http://127.0.0.1:%u/\","
			"\"events\":[\"" LOAD_TYPE "\"],\"ordered\":%s}}",
			receiver_port, ordered ? "true" : "false") > 0);
	char *request = post_make("/api/packages", authorization, body);
	free(body);
	return request;
}

static void on_package(size_t request, const char *body, size_t length, struct mono_time sent,
		       void *arg)
{
	struct holes *holes = arg;
	const char *id = memmem(body, length, "\"id\":\"", 6);

	ensure(id);
	snprintf(holes->packages[request], PACKAGE_ID_MAX, "%.*s", (int)strcspn(id + 6, "\""),
		 id + 6);
}

/* Holes take what comes in any order, so that each may have several requests under way. */
static void endpoints_make(struct holes *holes, unsigned receiver_port)
{
	struct requests requests = {0};

	for (size_t i = 0; i < holes->count; i++) {
		bool is_hole = i < holes->hole_count;
		unsigned port = !is_hole ? receiver_port
				: i % 2	 ? holes->silent.port
					 : holes->deaf.port;
		requests_add(&requests, package_request(holes, port, !is_hole));
	}
	struct run all = {.loop = holes->loop,
			  .port = holes->port,
			  .requests = &requests,
			  .limit = requests.count,
			  .on_answer = on_package,
			  .arg = holes};
	run(&all);
	printf("  %zu endpoints: ", holes->count);
	run_print(&all, 1);
	requests_done(&requests);
}

/* ---- the events ---- */

static struct requests requests_to(const struct holes *holes, size_t first, size_t end)
{
	struct requests requests = {0};

	for (size_t i = first; i < end; i++)
		requests_add(&requests, load_event_request(holes->key, holes->packages[i]));
	return requests;
}

static bool has_all(void *arg)
{
	return receiver_has_all(((struct holes *)arg)->receiver);
}

/* The holes stand first in the list that has them. */
static void on_answer_of_all(size_t request, const char *body, size_t length, struct mono_time sent,
			     void *arg)
{
	struct holes *holes = arg;

	if (request >= holes->hole_count)
		load_promise(request, body, length, sent, holes->receiver);
}

static void on_answer_of_healthy(size_t request, const char *body, size_t length,
				 struct mono_time sent, void *arg)
{
	load_promise(request, body, length, sent, ((struct holes *)arg)->receiver);
}

static int64_t healthy_measure(struct holes *holes, struct run *all, const char *what)
{
	all->loop = holes->loop;
	all->port = holes->port;
	all->is_complete = has_all;
	all->arg = holes;
	receiver_begin(holes->receiver, all);
	run(all);
	struct receipts receipts = receiver_receipts(holes->receiver);
	printf("  %s: %zu events", what, receipts.promised);
	receipts_print(&receipts);
	printf("\n  ");
	return receiver_print_latency(holes->receiver);
}

/* What already waits for the holes. */
static void holes_load(const struct holes *holes, const struct requests *to_holes)
{
	struct run all = {.loop = holes->loop,
			  .port = holes->port,
			  .requests = to_holes,
			  .limit = to_holes->count * HOLE_BACKLOG};

	if (to_holes->count)
		run(&all);
}

static void phases_run(struct holes *holes, double rate, int seconds)
{
	struct requests to_holes = requests_to(holes, 0, holes->hole_count);
	struct requests to_healthy = requests_to(holes, holes->hole_count, holes->count);
	struct requests to_all = requests_to(holes, 0, holes->count);
	struct run first = {.requests = &to_healthy,
			    .on_answer = on_answer_of_healthy,
			    .limit = to_healthy.count};
	struct run without = {.requests = &to_healthy,
			      .on_answer = on_answer_of_healthy,
			      .rate = rate,
			      .seconds = seconds};
	struct run with = {.requests = &to_all,
			   .on_answer = on_answer_of_all,
			   .rate = rate * (double)to_all.count / (double)to_healthy.count,
			   .seconds = seconds};

	(void)healthy_measure(holes, &first, "one event for each, as fast as can be");
	int64_t before = healthy_measure(holes, &without, "nothing for the black holes");
	holes_load(holes, &to_holes);
	int64_t after = healthy_measure(
		holes, &with, "the black holes have their share, and 20 events each that wait");
	printf("  p99 of the healthy ones: %.2f times\n", (double)after / (double)before);
	requests_done(&to_holes);
	requests_done(&to_healthy);
	requests_done(&to_all);
}

void holes_mode(struct loop *loop, int argc, char **argv)
{
	unsigned receiver_port = (unsigned)strtoul(argv[2], NULL, 10);
	struct holes holes = {.loop = loop,
			      .key = argv[1],
			      .port = (unsigned)strtoul(argv[0], NULL, 10),
			      .count = strtoul(argv[3], NULL, 10),
			      .hole_count = strtoul(argv[4], NULL, 10)};

	holes.receiver = receiver_new(loop, receiver_port, false);
	holes.packages = calloc(holes.count, sizeof(*holes.packages));
	ensure(holes.packages && holes.hole_count < holes.count);
	hole_open(&holes.silent, 4096);
	hole_open(&holes.deaf, 0);
	hole_stop_up(&holes.deaf);
	endpoints_make(&holes, receiver_port);
	phases_run(&holes, strtod(argv[5], NULL), (int)strtol(argv[6], NULL, 10));
	hole_close(&holes.silent);
	hole_close(&holes.deaf);
	free(holes.packages);
	receiver_free(holes.receiver);
}
