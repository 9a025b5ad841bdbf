/* latency.h – a histogram of request durations whose counters can be added up. Pure.
 *
 * Each class ends at 2^(1/4) times the end of the previous one, starting at 0.1 ms. The results
 * of latency_percentile are therefore within LATENCY_ERROR of the true values, for times from
 * 0.1 ms to about 20 minutes. Shorter times count as 0.1 ms. */
#ifndef GREFFIER_NOTIFY_LATENCY_H
#define GREFFIER_NOTIFY_LATENCY_H

#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

#define LATENCY_CLASSES 96
#define LATENCY_ERROR 0.091 /* 2^(1/8) - 1, and a margin for whole microseconds */

size_t latency_class(struct duration took);
/* Returns the geometric middle of a class in milliseconds. */
double latency_ms(size_t class);
/* Returns the time in milliseconds that `percent` of all times do not exceed (nearest rank), or
 * -1 when there are none. */
double latency_percentile(const int64_t counts[LATENCY_CLASSES], double percent);

#endif
