/* waits.c – see waits.h. */
#include "api/core/waits.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ensure.h"
#include "base/log.h"
#include "store/event_store.h"

#define LOOK_PAUSE_MS 5	   /* between two looks, while events keep coming */
#define DOUBT_DELAY_MS 500 /* many changes of rights are one doubt */
#define LOOK_RETRY_MS 500  /* when the store refuses, or the workers have too much to do */

struct waits {
	struct loop *loop;
	struct pools *pools;
	struct wait *first;
	struct event *timer; /* of the earliest `until` */
	struct event *pause, *doubt;
	bool looking, ended;
	bool again;    /* a wait was added during the current query, which may not cover it */
	uint64_t seen; /* `news` as of the last look's begin */
	_Atomic uint64_t news;
	atomic_bool told, doubted; /* a word is on its way to the loop */
};

/* By value to a worker and back. */
struct look {
	struct waits *waits;
	struct arena *arena;
	struct event_total {
		const char *account;
		int64_t last;
	} * totals; /* in the order of accounts */
	size_t count;
	bool ok;
};

static struct timeval time_of(struct duration duration)
{
	int64_t us = duration.us > 0 ? duration.us : 0;
	return (struct timeval){us / 1000000, us % 1000000};
}

/* ---- the list ---- */

static void timer_set(struct waits *waits)
{
	struct mono_time first = {INT64_MAX};

	for (const struct wait *wait = waits->first; wait; wait = wait->next) {
		if (wait->until.us < first.us)
			first = wait->until;
	}
	if (!waits->first) {
		event_del(waits->timer);
		return;
	}
	const struct timeval time = time_of(mono_since(first, mono_now()));
	ensure(event_add(waits->timer, &time) == 0);
}

void waits_remove(struct wait *wait)
{
	if (!wait->link)
		return;
	*wait->link = wait->next;
	if (wait->next)
		wait->next->link = wait->link;
	wait->link = NULL;
}

/* Those for which `is_over` says so. on_over may add others. */
static void over_take(struct waits *waits,
		      bool (*is_over)(const struct wait *wait, const void *arg), const void *arg)
{
	struct wait *over = NULL;

	for (struct wait *wait = waits->first, *next; wait; wait = next) {
		next = wait->next;
		if (!is_over(wait, arg))
			continue;
		waits_remove(wait);
		wait->next = over;
		over = wait;
	}
	for (struct wait *next; over; over = next) {
		next = over->next;
		over->on_over(over);
	}
	timer_set(waits);
}

static bool is_late(const struct wait *wait, const void *now)
{
	return wait->until.us <= ((const struct mono_time *)now)->us;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	const struct mono_time now = mono_now();
	over_take(arg, is_late, &now);
}

static bool is_any(const struct wait *wait, const void *arg)
{
	return true;
}

/* ---- looking ---- */

static int total_compare(const void *a, const void *b)
{
	const struct event_total *one = a, *other = b;
	return strcmp(one->account, other->account);
}

/* Each account once. */
static struct look *look_make(struct waits *waits)
{
	struct arena *arena = arena_new();
	struct look *look = arena_alloc(arena, sizeof(*look));
	size_t waiting = 0, count = 0;

	for (const struct wait *wait = waits->first; wait; wait = wait->next)
		waiting++;
	*look = (struct look){.waits = waits, .arena = arena};
	look->totals = arena_alloc(arena, waiting * sizeof(*look->totals));
	for (const struct wait *wait = waits->first; wait; wait = wait->next)
		look->totals[look->count++].account = arena_strdup(arena, wait->account);
	qsort(look->totals, look->count, sizeof(*look->totals), total_compare);
	for (size_t i = 0; i < look->count; i++) {
		if (count == 0 || total_compare(&look->totals[count - 1], &look->totals[i]) != 0)
			look->totals[count++] = look->totals[i];
	}
	look->count = count;
	return look;
}

static bool has_news(const struct wait *wait, const void *arg)
{
	const struct look *look = arg;
	const struct event_total wanted = {wait->account, 0};
	const struct event_total *found = bsearch(&wanted, look->totals, look->count,
						  sizeof(*look->totals), total_compare);

	return found && found->last > wait->after;
}

static void look_later(struct waits *waits, int64_t ms)
{
	const struct timeval time = time_of(duration_ms(ms));

	if (!waits->ended)
		ensure(event_add(waits->pause, &time) == 0);
}

/* On the loop. */
static void look_over(void *arg)
{
	struct look *look = arg;
	struct waits *waits = look->waits;

	bool again = waits->again || atomic_load(&waits->news) != waits->seen;

	waits->looking = waits->again = false;
	if (look->ok)
		over_take(waits, has_news, look);
	if (!look->ok)
		look_later(waits, LOOK_RETRY_MS);
	else if (waits->first && again)
		look_later(waits, LOOK_PAUSE_MS);
	arena_free(look->arena);
}

/* On a worker. */
static void look_run(void *session, void *arg)
{
	struct look *look = arg;
	struct db *db = session_db(session);
	struct error err = {0};

	look->ok = true;
	for (size_t i = 0; i < look->count && look->ok; i++)
		look->ok = event_last(db, look->totals[i].account, &look->totals[i].last, &err);
	if (!look->ok)
		log_error(
			"api",
			"cannot look for events that calls wait for: %s (%s); will be retried shortly",
			error_message(err.code), err.technical);
	loop_post(look->waits->loop, look_over, look);
}

static void look_begin(struct waits *waits)
{
	if (waits->looking || waits->ended || !waits->first ||
	    event_pending(waits->pause, EV_TIMEOUT, NULL))
		return;
	waits->seen = atomic_load(&waits->news);
	struct look *look = look_make(waits);
	struct error ignored = {0}; /* the queue is full: looked again shortly */
	waits->looking = pools_submit(waits->pools, POOL_API, 0, look_run, look, &ignored);
	if (waits->looking)
		return;
	arena_free(look->arena);
	look_later(waits, LOOK_RETRY_MS);
}

/* Each call is admitted again when it is run again. */
static void on_doubt(evutil_socket_t fd, short what, void *arg)
{
	over_take(arg, is_any, NULL);
}

static void doubted(void *arg)
{
	struct waits *waits = arg;
	const struct timeval delay = time_of(duration_ms(DOUBT_DELAY_MS));

	atomic_store(&waits->doubted, false);
	if (!waits->ended && !event_pending(waits->doubt, EV_TIMEOUT, NULL))
		ensure(event_add(waits->doubt, &delay) == 0);
}

static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	look_begin(arg);
}

static void told(void *arg)
{
	struct waits *waits = arg;

	atomic_store(&waits->told, false);
	look_begin(waits);
}

/* ---- from outside ---- */

struct waits *waits_new(struct loop *loop, struct pools *pools)
{
	struct waits *waits = calloc(1, sizeof(*waits));

	ensure(waits);
	waits->loop = loop;
	waits->pools = pools;
	waits->timer = evtimer_new(loop_base(loop), on_timer, waits);
	waits->pause = evtimer_new(loop_base(loop), on_pause_over, waits);
	waits->doubt = evtimer_new(loop_base(loop), on_doubt, waits);
	ensure(waits->timer && waits->pause && waits->doubt);
	return waits;
}

void waits_free(struct waits *waits)
{
	if (!waits)
		return;
	loop_run_posted(waits->loop); /* a look may have come back after the loop had stopped */
	ensure(!waits->first && !waits->looking);
	event_free(waits->timer);
	event_free(waits->pause);
	event_free(waits->doubt);
	free(waits);
}

void waits_tell(struct waits *waits)
{
	atomic_fetch_add(&waits->news, 1);
	if (!atomic_exchange(&waits->told, true))
		loop_post(waits->loop, told, waits);
}

void waits_doubt(struct waits *waits)
{
	if (!atomic_exchange(&waits->doubted, true))
		loop_post(waits->loop, doubted, waits);
}

uint64_t waits_news(const struct waits *waits)
{
	return atomic_load(&waits->news);
}

void waits_add(struct waits *waits, struct wait *wait, uint64_t news)
{
	if (waits->ended) {
		wait->on_over(wait);
		return;
	}
	wait->next = waits->first;
	wait->link = &waits->first;
	if (wait->next)
		wait->next->link = &wait->next;
	waits->first = wait;
	timer_set(waits);
	if (atomic_load(&waits->news) == news)
		return;
	waits->again = waits->looking;
	look_begin(waits);
}

void waits_end(struct waits *waits)
{
	waits->ended = true;
	event_del(waits->pause);
	event_del(waits->doubt);
	over_take(waits, is_any, NULL);
}

bool waits_have_ended(const struct waits *waits)
{
	return waits->ended;
}
