/* relief.h – returns memory to the operating system after a burst of requests.
 *
 * The allocator keeps freed memory between blocks that are in use. When much has been freed, the
 * allocator is asked once, a moment later, to return what it can. Loop thread. Inside src/http
 * only. */
#ifndef GREFFIER_HTTP_RELIEF_H
#define GREFFIER_HTTP_RELIEF_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#define RELIEF_BYTES (8 * 1024 * 1024) /* freed since the allocator was last asked */
#define RELIEF_AFTER_MS 500
/* Postponed while much more is being freed, because it will soon be reused. */
#define RELIEF_PUT_OFF_MAX 10

struct relief {
	struct event *timer;
	size_t freed; /* since the allocator was last asked */
	unsigned put_off;
	bool is_due;
};

void relief_init(struct relief *relief, struct event_base *base);
void relief_done(struct relief *relief);
/* Reports that `freed` bytes have been freed or are about to be. */
void relief_note(struct relief *relief, size_t freed);

#endif
