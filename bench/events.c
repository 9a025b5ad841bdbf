/* events.c – events accepted, delivered, waiting; and how long it takes. */
#include "bench/modes.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "bench/load.h"
#include "bench/receiver.h"
#include "bench/run.h"
#include "http/server.h"

#define FILL_BATCH 500
#define LATENCY_LANES 1000

static size_t number_of(const char *text)
{
	return strtoul(text, NULL, 10);
}

static bool has_all(void *receiver)
{
	return receiver_has_all(receiver);
}

void accept_mode(struct loop *loop, int argc, char **argv)
{
	const struct load *load = load_find(argv[2]);
	struct requests requests = load_requests(load, argv[1], LATENCY_LANES);
	struct run all = {.loop = loop,
			  .port = (unsigned)number_of(argv[0]),
			  .requests = &requests,
			  .limit = argc > 3 ? number_of(argv[3]) / load->events : 0,
			  .seconds = argc > 3 ? 0 : run_seconds()};

	run(&all);
	run_print(&all, load->events);
	requests_done(&requests);
}

/* Accepted and received: everything that was promised, or until patience ends. */
static void run_to_receiver(struct run *all, const struct load *load, struct receiver *receiver)
{
	all->on_answer = load_promise;
	all->is_complete = has_all;
	all->arg = receiver;
	receiver_begin(receiver, all);
	run(all);
}

void deliver_mode(struct loop *loop, int argc, char **argv)
{
	const struct load *load = load_find(argv[2]);
	struct requests requests = load_requests(load, argv[1], number_of(argv[5]));
	struct receiver *receiver = receiver_new(loop, (unsigned)number_of(argv[3]),
						 load->is_package);
	struct run all = {.loop = loop,
			  .port = (unsigned)number_of(argv[0]),
			  .requests = &requests,
			  .limit = number_of(argv[4]) / load->events};

	run_to_receiver(&all, load, receiver);
	struct receipts receipts = receiver_receipts(receiver);
	double accepted_s = run_elapsed_s(&all);
	double received_s = (double)mono_since(receipts.last, all.began).us / 1e6;
	printf("  %.0f a second (%zu accepted in %.1f s, received in %.1f s",
	       (double)receipts.received / received_s, receipts.promised, accepted_s, received_s);
	receipts_print(&receipts);
	run_print_processor_time(&all, load->events);
	printf(")\n");
	requests_done(&requests);
	receiver_free(receiver);
}

void latency_mode(struct loop *loop, int argc, char **argv)
{
	const struct load *load = load_find(argv[2]);
	struct requests requests = load_requests(load, argv[1], LATENCY_LANES);
	struct receiver *receiver = receiver_new(loop, (unsigned)number_of(argv[3]),
						 load->is_package);
	struct run all = {.loop = loop,
			  .port = (unsigned)number_of(argv[0]),
			  .requests = &requests,
			  .rate = strtod(argv[4], NULL),
			  .seconds = (int)number_of(argv[5])};

	run_to_receiver(&all, load, receiver);
	(void)receiver_print_latency(receiver);
	requests_done(&requests);
	receiver_free(receiver);
}

void fill_mode(struct loop *loop, int argc, char **argv)
{
	struct requests requests = load_batches(argv[1], LOAD_BACKLOG_TYPE, FILL_BATCH,
						number_of(argv[3]));
	struct run all = {.loop = loop,
			  .port = (unsigned)number_of(argv[0]),
			  .requests = &requests,
			  .limit = number_of(argv[2]) / FILL_BATCH};

	run(&all);
	run_print(&all, FILL_BATCH);
	requests_done(&requests);
}

/* ---- what waits comes ---- */

struct drain {
	struct loop *loop;
	struct receiver *receiver;
	size_t wanted;
};

static void on_drain_over(evutil_socket_t fd, short what, void *arg)
{
	loop_break(((struct drain *)arg)->loop);
}

static void on_drain_look(evutil_socket_t fd, short what, void *arg)
{
	const struct drain *drain = arg;

	if (receiver_receipts(drain->receiver).received >= drain->wanted)
		loop_break(drain->loop);
}

static void drain_print(const struct receipts *receipts, struct mono_time since)
{
	double first_s = (double)mono_since(receipts->first, since).us / 1e6;
	double took_s = (double)mono_since(receipts->last, receipts->first).us / 1e6;

	printf("  first delivery after %.2f s, then %.0f a second (%zu in %.1f s, %zu twice, %zu "
	       "out of order)\n",
	       first_s, (double)receipts->received / took_s, receipts->received, took_s,
	       receipts->duplicates, receipts->disordered);
}

void drain_mode(struct loop *loop, int argc, char **argv)
{
	struct receiver *receiver = receiver_new(loop, (unsigned)number_of(argv[0]), false);
	struct drain drain = {loop, receiver, number_of(argv[2])};
	const struct timeval time = {(time_t)number_of(argv[1]), 0}, moment = {0, 50000};
	struct event *over = evtimer_new(loop_base(loop), on_drain_over, &drain);
	struct event *look = event_new(loop_base(loop), -1, EV_PERSIST, on_drain_look, &drain);

	ensure(over && look && event_add(over, &time) == 0 && event_add(look, &moment) == 0);
	loop_run(loop);
	event_free(over);
	event_free(look);
	struct receipts receipts = receiver_receipts(receiver);
	if (receipts.received)
		drain_print(&receipts, (struct mono_time){strtoll(argv[3], NULL, 10)});
	else
		printf("  nothing was delivered\n");
	receiver_free(receiver);
}

void port_mode(struct loop *loop, int argc, char **argv)
{
	struct error err = {0};
	const struct http_server_config config = {.address = "127.0.0.1", .connections_limit = 1};
	struct http_server *server = http_server_new(loop, &config, &err);

	ensure(server);
	printf("%u\n", http_server_port(server));
	http_server_free(server);
}

void clock_mode(struct loop *loop, int argc, char **argv)
{
	printf("%lld\n", (long long)mono_now().us);
}
