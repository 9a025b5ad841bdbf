/* loop_test.c – what is posted runs on the loop's thread, in order, and nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdatomic.h>

#include "base/ensure.h"
#include "loop/loop.h"

#define POSTS 1000

struct seen {
	struct loop *loop;
	int count;
	bool in_order, on_thread;
};

struct post {
	struct seen *seen;
	int number;
};

static void note(void *arg)
{
	const struct post *post = arg;

	post->seen->in_order &= post->number == post->seen->count;
	post->seen->on_thread &= loop_is_current(post->seen->loop);
	post->seen->count++;
}

static void posts_run_in_order_on_the_thread(void **state)
{
	static struct post posts[POSTS];
	struct error err = {0};
	struct seen seen = {.loop = loop_new("test", &err), .in_order = true, .on_thread = true};

	assert_true(loop_start(seen.loop, &err));
	for (int i = 0; i < POSTS; i++) {
		posts[i] = (struct post){&seen, i};
		loop_post(seen.loop, note, &posts[i]);
	}
	loop_stop_and_join(seen.loop);
	assert_int_equal(seen.count, POSTS);
	assert_true(seen.in_order && seen.on_thread);
	assert_false(loop_is_current(seen.loop));
	loop_free(seen.loop);
}

static void what_comes_too_late_still_runs(void **state)
{
	struct error err = {0};
	struct seen seen = {.loop = loop_new("test", &err), .in_order = true};
	struct post post = {&seen, 0};

	loop_post(seen.loop, note, &post);
	loop_free(seen.loop);
	assert_int_equal(seen.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_run_in_order_on_the_thread),
		cmocka_unit_test(what_comes_too_late_still_runs),
	};
	return cmocka_run_group_tests_name("loop/loop", tests, NULL, NULL);
}
