/* relief.c – see relief.h. */
#include "http/relief.h"

#include <malloc.h>

#include "base/ensure.h"

static void begin(struct relief *relief)
{
	const struct timeval moment = {0, RELIEF_AFTER_MS * 1000};

	relief->is_due = true;
	relief->freed = 0;
	ensure(event_add(relief->timer, &moment) == 0);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct relief *relief = arg;

	if (relief->freed >= RELIEF_BYTES && relief->put_off++ < RELIEF_PUT_OFF_MAX) {
		begin(relief);
		return;
	}
	relief->is_due = false;
	relief->put_off = 0;
	malloc_trim(0);
}

void relief_init(struct relief *relief, struct event_base *base)
{
	relief->timer = evtimer_new(base, on_timer, relief);
	ensure(relief->timer);
}

void relief_done(struct relief *relief)
{
	if (relief->timer)
		event_free(relief->timer);
}

void relief_note(struct relief *relief, size_t freed)
{
	relief->freed += freed;
	if (relief->freed >= RELIEF_BYTES && !relief->is_due)
		begin(relief);
}
