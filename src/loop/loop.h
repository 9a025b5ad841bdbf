/* loop.h – one thread, one libevent base, and the only door into it.
 *
 * A loop's objects belong to its thread. Other threads hand it work by value with loop_post; nothing that
 * blocks runs here. */
#ifndef GREFFIER_LOOP_LOOP_H
#define GREFFIER_LOOP_LOOP_H

#include <event2/event.h>
#include <stdbool.h>

#include "base/error.h"

struct loop;

/* `name` is the thread's name (15 characters at most). */
struct loop *loop_new(const char *name, struct error *err);
/* The loop must have stopped; work posted and not run is run now, so that nothing leaks. NULL is fine. */
void loop_free(struct loop *loop);

struct event_base *loop_base(struct loop *loop);
/* Whether the caller runs on the loop's thread. */
bool loop_is_current(const struct loop *loop);
/* Runs what has been posted and what that posts, here and now: for taking things apart after the loop has stopped. */
void loop_run_posted(struct loop *loop);

/* Runs `work(arg)` on the loop's thread, in order of posting; safe from any thread. One wake-up serves many. */
void loop_post(struct loop *loop, void (*work)(void *arg), void *arg);

/* Starts the loop on a thread of its own, and ends that thread after what has been posted so far. */
MUST_CHECK bool loop_start(struct loop *loop, struct error *err);
void loop_stop_and_join(struct loop *loop);
/* Or runs it on the caller's thread until loop_break (which may be called from any thread). */
void loop_run(struct loop *loop);
void loop_break(struct loop *loop);

#endif
