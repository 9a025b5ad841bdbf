/* run.h – a run of the load generator: requests go out, answers come back, and it is over when all is. */
#ifndef GREFFIER_BENCH_RUN_H
#define GREFFIER_BENCH_RUN_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/time.h"
#include "loop/loop.h"

#define RUN_CONNECTIONS 64

/* The texts of requests, whole; sent in turn. */
struct requests {
	char **list;
	size_t count, room;
};

/* Takes the text. */
void requests_add(struct requests *requests, char *request);
void requests_done(struct requests *requests);
/* `add` for each line of a file. */
void requests_read(struct requests *requests, const char *path,
		   void (*add)(struct requests *requests, const char *line, const char *arg),
		   const char *arg);

/* `authorization`: the header's value, or NULL. */
char *post_make(const char *path, const char *authorization, const char *body);
char *get_make(const char *path, const char *authorization);

/* How long a run takes that has no other end: BENCH_SECONDS, 10 by default. */
int run_seconds(void);

struct run {
	struct loop *loop;
	unsigned port; /* the server's, on 127.0.0.1 */
	const struct requests *requests;
	double rate;  /* requests a second; 0: as fast as answers come */
	size_t limit; /* requests; 0: none */
	int seconds;  /* then no more are sent; 0: no limit */
	/* For each answer of 200: which request (its place in the list), its body, when it was sent. May be NULL. */
	void (*on_answer)(size_t request, const char *body, size_t length, struct mono_time sent,
			  void *arg);
	/* Whether what the answers promised has come; NULL: nothing is waited for. Asked again by run_check. */
	bool (*is_complete)(void *arg);
	void *arg;
	/* Found. */
	size_t answered, refused;
	struct mono_time began, last; /* of the answers */
	int64_t server_us, load_us;   /* processor time it took; the server's is known when BENCH_SERVER says its process */
	/* Inside. */
	struct client *client;
	struct event *over, *flushed;
	bool all_answered;
};

void run(struct run *run);
/* Something that is_complete may have waited for has come. Does nothing unless a run is under way. */
void run_check(struct run *run);
double run_elapsed_s(const struct run *run);
/* "  12345 a second (…)", with `times` things for each answer. */
void run_print(const struct run *run, size_t times);
/* "; 80 + 30 µs of processor time each (server + load)" */
void run_print_processor_time(const struct run *run, size_t times);

#endif
