/* loop.c – a thread, its libevent base, and the list of work that other threads have posted. */
#include "loop/loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/thread.h>

#include "base/ensure.h"

struct posted {
	struct posted *next;
	void (*work)(void *arg);
	void *arg;
};

struct loop {
	struct event_base *base;
	struct event *wake;
	char name[16];
	pthread_t thread, running_on;
	atomic_bool running;
	bool started;
	pthread_mutex_t
		lock; /* over the list; a non-empty list means that a wake-up is on its way */
	struct posted *first, **last;
};

/* What is there now; false when nothing was. What that posts waits for the next time, so that
 * events come in between. */
static bool posted_run(struct loop *loop)
{
	pthread_mutex_lock(&loop->lock);
	struct posted *posted = loop->first;
	loop->first = NULL;
	loop->last = &loop->first;
	pthread_mutex_unlock(&loop->lock);

	bool any = posted != NULL;
	while (posted) {
		struct posted *next = posted->next;
		posted->work(posted->arg);
		free(posted);
		posted = next;
	}
	return any;
}

void loop_run_posted(struct loop *loop)
{
	while (posted_run(loop))
		;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	(void)posted_run(arg);
}

/* What is asked of the system about a descriptor between two waits is asked once: HTTP's
 * connections stop and start to listen with each request. Nobody here has two descriptors of one
 * file. */
static struct event_base *base_new(void)
{
	struct event_config *config = event_config_new();

	ensure(config && event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0);
	struct event_base *base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

struct loop *loop_new(const char *name, struct error *err)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	ensure(loop && evthread_use_pthreads() == 0);
	snprintf(loop->name, sizeof(loop->name), "%s", name);
	pthread_mutex_init(&loop->lock, NULL);
	loop->last = &loop->first;
	loop->base = base_new();
	if (loop->base)
		loop->wake = event_new(loop->base, -1, EV_PERSIST, on_wake, loop);
	/* A pending event keeps event_base_loop from ending when there is nothing else to wait for.
	 */
	const struct timeval long_time = {3600, 0};
	if (!loop->wake || event_add(loop->wake, &long_time) != 0) {
		(void)error_set(err, ERROR_IO, "cannot make the event loop `%s`", name);
		loop_free(loop);
		return NULL;
	}
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	ensure(!loop->started);
	loop_run_posted(loop);
	if (loop->wake)
		event_free(loop->wake);
	if (loop->base)
		event_base_free(loop->base);
	pthread_mutex_destroy(&loop->lock);
	free(loop);
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}

void loop_post(struct loop *loop, void (*work)(void *arg), void *arg)
{
	struct posted *posted = malloc(sizeof(*posted));

	ensure(posted);
	*posted = (struct posted){NULL, work, arg};
	pthread_mutex_lock(&loop->lock);
	bool wake = loop->first == NULL;
	*loop->last = posted;
	loop->last = &posted->next;
	pthread_mutex_unlock(&loop->lock);
	if (wake)
		event_active(loop->wake, EV_READ, 0);
}

bool loop_is_current(const struct loop *loop)
{
	return atomic_load(&loop->running) && pthread_equal(loop->running_on, pthread_self());
}

void loop_run(struct loop *loop)
{
	loop->running_on = pthread_self();
	atomic_store(&loop->running, true);
	event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
	atomic_store(&loop->running, false);
}

static void *loop_thread(void *arg)
{
	loop_run(arg);
	return NULL;
}

bool loop_start(struct loop *loop, struct error *err)
{
	if (pthread_create(&loop->thread, NULL, loop_thread, loop) != 0)
		return error_set(err, ERROR_IO, "cannot start the thread `%s`", loop->name);
	loop->started = true;
	pthread_setname_np(loop->thread, loop->name);
	return true;
}

static void break_now(void *arg)
{
	struct loop *loop = arg;
	event_base_loopbreak(loop->base);
}

void loop_break(struct loop *loop)
{
	loop_post(loop, break_now, loop);
}

void loop_stop_and_join(struct loop *loop)
{
	loop_break(loop);
	pthread_join(loop->thread, NULL);
	loop->started = false;
}
