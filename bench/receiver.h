/* receiver.h – where notifications go: counts them, and notices what comes twice, out of order, or not at all.
 *
 * An event is known by a number: a hash of its id, or of its package's. Hashes have 64 bits, so two of a few million
 * events share one less than once in a million runs. */
#ifndef GREFFIER_BENCH_RECEIVER_H
#define GREFFIER_BENCH_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "bench/run.h"
#include "loop/loop.h"

struct receiver;

/* Answers 200 to whatever comes to 127.0.0.1:`port`. `by_package`: an event is known by its package, which is all that the
 * answer to a package's creation says. With BENCH_RECORD=FILE in the environment, each notification is added to it, as JSON
 * in a line: {"receiver": port, "at": microseconds since 1970, "headers": {…}, "body": "…"}. */
struct receiver *receiver_new(struct loop *loop, unsigned port, bool by_package);
void receiver_free(struct receiver *receiver);

uint64_t receiver_key(const char *id, size_t length);
/* The event was accepted; it is to come. */
void receiver_promise(struct receiver *receiver, uint64_t event, struct mono_time sent);
bool receiver_has_all(const struct receiver *receiver);
/* Forgets what was promised and received, but not who has seen what. */
void receiver_begin(struct receiver *receiver, struct run *run);

struct receipts {
	size_t promised, received, duplicates, disordered;
	size_t lost; /* promised, and not received */
	struct mono_time first, last;
};
struct receipts receiver_receipts(const struct receiver *receiver);
/* ", 0 lost, 0 twice, 0 out of order" */
void receipts_print(const struct receipts *receipts);
/* From sending the request to receiving the notification, of what was promised: percentiles in a line. Returns the 99th, in
 * microseconds. */
int64_t receiver_print_latency(const struct receiver *receiver);

#endif
