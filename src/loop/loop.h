/* loop.h – one thread that runs one libevent base, and the only way for other threads to reach
 * it.
 *
 * Objects of a loop belong to its thread. Other threads give it work by value with loop_post.
 * Code that blocks must not run here. */
#ifndef GREFFIER_LOOP_LOOP_H
#define GREFFIER_LOOP_LOOP_H

#include <event2/event.h>
#include <stdbool.h>

#include "base/error.h"

struct loop;

/* Makes a loop. `name` is the name of its thread (15 characters at most). */
struct loop *loop_new(const char *name, struct error *err);
/* Frees a loop that has stopped. Posted work that has not run is run now, so that nothing leaks.
 * NULL is accepted. */
void loop_free(struct loop *loop);

struct event_base *loop_base(struct loop *loop);
/* True when the caller runs on the loop's thread. */
bool loop_is_current(const struct loop *loop);
/* Runs all posted work, and the work that it posts, on the caller's thread. For teardown after
 * the loop has stopped. */
void loop_run_posted(struct loop *loop);

/* Runs `work(arg)` on the loop's thread, in the order of posting. May be called from any thread.
 * One wake-up serves many posts. */
void loop_post(struct loop *loop, void (*work)(void *arg), void *arg);

/* loop_start runs the loop on a new thread. loop_stop_and_join runs all work posted so far, then
 * ends that thread. */
MUST_CHECK bool loop_start(struct loop *loop, struct error *err);
void loop_stop_and_join(struct loop *loop);
/* loop_run runs the loop on the caller's thread until loop_break, which may be called from any
 * thread. */
void loop_run(struct loop *loop);
void loop_break(struct loop *loop);

#endif
