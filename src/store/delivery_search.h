/* delivery_search.h – the statements that search the log of deliveries: which index each uses,
 * and how far back it looks.
 *
 * A search reads along one index and stops after a fixed number of entries, so that it takes no
 * longer in a larger log. Inside src/store only. */
#ifndef GREFFIER_STORE_DELIVERY_SEARCH_H
#define GREFFIER_STORE_DELIVERY_SEARCH_H

#include "store/db.h"
#include "store/delivery_store.h"

/* A range of event numbers to search. */
struct span {
	int64_t low, high;
};

/* The statements take the arguments of search_bind. `list` also takes $20 limit and $21 offset,
 * `lines` takes $20 limit, `walk` takes $20 limit and $21 endpoint. */
struct search {
	const char *count;
	const char *list;   /* one page with all attempts, newest first */
	const char *lines;  /* with the last attempt only, newest first */
	/* In ascending order; at the first number of the span, only endpoints after $21. */
	const char *walk;
	const char *groups; /* failing deliveries, grouped by endpoint and last outcome */
	const char *floor, *ceiling; /* NULL: it reads one event only */
	size_t floor_args;
};

enum {
	SEARCH_ARGS = 19,
	SEARCH_ARGS_MAX = SEARCH_ARGS + 2,
};

/* Chooses the index for the rarest condition of the filter. Failures are rare and have indexes
 * that contain nothing else. */
const struct search *search_choose(const struct delivery_filter *filter);
void search_bind(struct arena *arena, const struct delivery_filter *filter, struct span span,
		 struct arg ret_args[SEARCH_ARGS_MAX]);

/* Finds the range of event numbers to search: within `since` and `until`, and no further back
 * than the statement's limit. *ret_cut is true when older entries were left out. */
MUST_CHECK bool search_span(struct db *db, const struct search *search,
			    const struct delivery_filter *filter, struct span *ret_span,
			    bool *ret_cut, struct error *err);
/* Returns the event number after the first `entries` entries of `span`, or the last number of
 * the span when it has fewer. */
MUST_CHECK bool search_ceiling(struct db *db, const struct search *search,
			       const struct delivery_filter *filter, struct span span,
			       int64_t entries, int64_t *ret_ceiling, struct error *err);

#endif
