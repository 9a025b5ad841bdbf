/* latency.h – how long requests took, as a histogram that can be added up: the classes of its counters.
 *
 * Pure. A class ends where a time is 2^(1/4) times the end of the class before, from 0.1 ms up. So what latency_percentile says
 * lies within LATENCY_ERROR of the true value, for times from 0.1 ms to about 20 minutes; shorter ones count as 0.1 ms. */
#ifndef GREFFIER_NOTIFY_LATENCY_H
#define GREFFIER_NOTIFY_LATENCY_H

#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

#define LATENCY_CLASSES 96
#define LATENCY_ERROR 0.091 /* 2^(1/8) - 1, and a little for whole microseconds */

size_t latency_class(struct duration took);
/* What a time of that class counts as: the middle of its ends, geometrically. Milliseconds. */
double latency_ms(size_t class);
/* The time that `percent` of all times are at most (nearest rank), in milliseconds. -1: there are none. */
double latency_percentile(const int64_t counts[LATENCY_CLASSES], double percent);

#endif
