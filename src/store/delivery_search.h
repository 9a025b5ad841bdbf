/* delivery_search.h – the statements of searches in the log of deliveries: where each looks, and how far back.
 *
 * A search looks along one index. It looks at so many entries of it and no more, so that it takes no longer than that in any log.
 * Inside src/store only. */
#ifndef GREFFIER_STORE_DELIVERY_SEARCH_H
#define GREFFIER_STORE_DELIVERY_SEARCH_H

#include "store/db.h"
#include "store/delivery_store.h"

/* Numbers of events between which a search looks. */
struct span {
	int64_t low, high;
};

/* Each statement takes what search_bind binds; `list` also $20 limit and $21 offset, `lines` $20 limit, `walk` $20 limit and $21
 * endpoint. */
struct search {
	const char *count;
	const char *list;   /* a page with all attempts, newest first */
	const char *lines;  /* with the last attempt only, newest first */
	const char *walk;   /* in order: of the span's first number the endpoints after $21 only */
	const char *groups; /* of those that fail, by endpoint and last outcome */
	const char *floor, *ceiling; /* NULL: it looks at one event */
	size_t floor_args;
};

enum {
	SEARCH_ARGS = 19,
	SEARCH_ARGS_MAX = SEARCH_ARGS + 2,
};

/* The rarest of what is asked for: what goes wrong is rare, and has indexes in which nothing else is. */
const struct search *search_choose(const struct delivery_filter *filter);
void search_bind(struct arena *arena, const struct delivery_filter *filter, struct span span,
		 struct arg ret_args[SEARCH_ARGS_MAX]);

/* Where it looks: within `since` and `until`, and no farther back than its limit allows. *ret_cut: that was not all. */
MUST_CHECK bool search_span(struct db *db, const struct search *search,
			    const struct delivery_filter *filter, struct span *ret_span,
			    bool *ret_cut, struct error *err);
/* The number behind `span`'s first `entries` entries; its last number when there are fewer. */
MUST_CHECK bool search_ceiling(struct db *db, const struct search *search,
			       const struct delivery_filter *filter, struct span span,
			       int64_t entries, int64_t *ret_ceiling, struct error *err);

#endif
