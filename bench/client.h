/* client.h – many keep-alive connections that send one request after another: the load of the benchmarks. */
#ifndef GREFFIER_BENCH_CLIENT_H
#define GREFFIER_BENCH_CLIENT_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"

struct client;

struct client_config {
	struct event_base *base;
	unsigned port; /* on 127.0.0.1 */
	unsigned connections;
	const char *const *requests; /* whole, headers and body; sent in turn */
	size_t request_count;
	double rate;         /* requests a second in all; 0: as fast as answers come */
	size_t limit;        /* requests; then no more are sent */
	/* For each answer of 200: which request, its body, and when it was sent. */
	void (*on_answer)(size_t request, const char *body, size_t length, struct mono_time sent, void *arg);
	void (*on_done)(void *arg); /* the last answer has come */
	void *arg;
};

struct client *client_start(const struct client_config *config);
void client_stop(struct client *client); /* sends no more; on_done follows */
size_t client_failed(const struct client *client); /* answers other than 200 */
void client_free(struct client *client);

#endif
