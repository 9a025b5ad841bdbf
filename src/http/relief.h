/* relief.h – memory goes back to the operating system after a flood.
 *
 * The allocator keeps what was freed among what is in use. When much has been freed, it is asked once, a moment later, to give
 * back what it can. Loop thread. Inside src/http only. */
#ifndef GREFFIER_HTTP_RELIEF_H
#define GREFFIER_HTTP_RELIEF_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#define RELIEF_BYTES (8 * 1024 * 1024) /* freed since the last time */
#define RELIEF_AFTER_MS 500
#define RELIEF_PUT_OFF_MAX 10 /* as long as much more is freed, it will be used again soon */

struct relief {
	struct event *timer;
	size_t freed; /* since the last time */
	unsigned put_off;
	bool is_due;
};

void relief_init(struct relief *relief, struct event_base *base);
void relief_done(struct relief *relief);
/* So many bytes have been freed, or will be in a moment. */
void relief_note(struct relief *relief, size_t freed);

#endif
