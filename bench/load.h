/* load.h – the ways events come about: by the creation of packages, or from a producer. */
#ifndef GREFFIER_BENCH_LOAD_H
#define GREFFIER_BENCH_LOAD_H

#include "bench/receiver.h"
#include "bench/run.h"

#define LOAD_TYPE "DOCUMENT_SIGNED"	 /* of a producer's events */
#define LOAD_BACKLOG_TYPE "PACKAGE_COMPLETE"
#define LOAD_BATCH 100

struct load {
	const char *name;
	bool is_package;
	size_t events; /* of a request */
	const char *meaning;
};

/* By its name; stops the program when there is none. */
const struct load *load_find(const char *name);
/* Its requests: a producer's events go to `lanes` packages in turn. `key`: the API key. */
struct requests load_requests(const struct load *load, const char *key, size_t lanes);
struct requests load_batches(const char *key, const char *type, size_t batch, size_t lanes);
/* One event for this package. */
char *load_event_request(const char *key, const char *package);

/* on_answer of a run whose arg is the receiver: promises the events of an answer. */
void load_promise(size_t request, const char *body, size_t length, struct mono_time sent,
		  void *receiver);

#endif
