/* latency.c – see latency.h. */
#include "notify/latency.h"

#define PER_OCTAVE 4
#define FIRST_MS 0.1

/* 2^(1/4), 2^(2/4) …, and 2^(-1/8) for the middle of a class. */
static const double steps[PER_OCTAVE] = {1.0, 1.189207115002721, 1.414213562373095,
					 1.681792830507429};
#define TO_MIDDLE 0.917004043204671

/* Where the class ends; the last one has no end. */
static double class_end_ms(size_t class)
{
	return FIRST_MS * (double)(INT64_C(1) << (class / PER_OCTAVE)) * steps[class % PER_OCTAVE];
}

size_t latency_class(struct duration took)
{
	const double ms = (double)took.us / 1000.0;
	size_t class = 0;

	while (class < LATENCY_CLASSES - 1 && ms > class_end_ms(class))
		class ++;
	return class;
}

double latency_ms(size_t class)
{
	return class == 0 ? FIRST_MS : class_end_ms(class) * TO_MIDDLE;
}

double latency_percentile(const int64_t counts[LATENCY_CLASSES], double percent)
{
	int64_t total = 0, seen = 0;

	for (size_t class = 0; class < LATENCY_CLASSES; class ++)
		total += counts[class];
	if (total == 0)
		return -1;
	for (size_t class = 0; class < LATENCY_CLASSES; class ++) {
		seen += counts[class];
		if ((double)seen >= (double)total * percent / 100)
			return latency_ms(class);
	}
	return latency_ms(LATENCY_CLASSES - 1);
}
