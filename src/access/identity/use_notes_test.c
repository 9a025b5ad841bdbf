/* use_notes_test.c – what is counted, what is kept, and who keeps whom out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "access/identity/use_notes.h"

static struct noted_call call_at(int64_t second, int status)
{
	return (struct noted_call){
		.is_let_in = status != 429,
		.at = wall_from_us(second * 1000000),
		.method = "GET",
		.route = "/api/packages/{packageId}",
		.status = status,
		.duration = duration_ms(3),
		.address = "192.0.2.1",
		.request = (uint64_t)second,
	};
}

static void note_many(struct use_notes *notes, const char *app, int count, int status)
{
	for (int i = 0; i < count; i++) {
		const struct noted_call call = call_at(1000 + i, status);
		use_note_call(notes, app, &call);
	}
}

static void calls_are_counted_by_class_of_status(void **state)
{
	static const int statuses[] = {200, 201, 304, 400, 403, 404, 429, 500, 503};
	struct use_notes notes;

	use_notes_init(&notes, 10, 100);
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		note_many(&notes, "app", 1, statuses[i]);
	const struct note *note = use_note_find(&notes, NOTE_APP, "app");
	assert_non_null(note);
	assert_int_equal(note->counts.calls[STATUS_2XX], 2);
	assert_int_equal(note->counts.calls[STATUS_3XX], 1);
	assert_int_equal(note->counts.calls[STATUS_4XX], 4);
	assert_int_equal(note->counts.calls[STATUS_5XX], 2);
	assert_int_equal(note->let_in, 8);
	assert_int_equal(note->counts.not_logged, 0);
	assert_null(use_note_find(&notes, NOTE_APP, "other"));
	use_notes_done(&notes);
}

static void what_was_refused_by_its_limits_is_no_use(void **state)
{
	struct use_notes notes;

	use_notes_init(&notes, 10, 100);
	note_many(&notes, "app", 1, 429);
	assert_int_equal(use_note_find(&notes, NOTE_APP, "app")->last.us, 0);
	use_note_token(&notes, "app", true, wall_from_us(7), "198.51.100.2");
	use_note_token(&notes, "app", false, wall_from_us(9), "198.51.100.3");
	const struct note *note = use_note_find(&notes, NOTE_APP, "app");
	assert_int_equal(note->counts.tokens, 2);
	assert_int_equal(note->last.us, 9);
	assert_string_equal(note->address, "198.51.100.3");
	assert_int_equal(note->old_secret.us, 7);
	assert_string_equal(note->old_secret_address, "198.51.100.2");
	use_notes_done(&notes);
}

static void success_does_not_hide_refusals(void **state)
{
	struct use_notes notes;

	use_notes_init(&notes, 10, 10000);
	note_many(&notes, "app", NOTE_CALLS_MAX + 50, 200);
	note_many(&notes, "app", 1, 403);
	const struct note *note = use_note_find(&notes, NOTE_APP, "app");
	assert_int_equal(note->kept_good, NOTE_CALLS_MAX);
	assert_int_equal(note->kept_bad, 1);
	assert_int_equal(note->counts.not_logged, 50);
	assert_int_equal(note->counts.calls[STATUS_2XX], NOTE_CALLS_MAX + 50);
	use_notes_done(&notes);
}

static void fifty_that_flood_leave_room_for_a_newcomer(void **state)
{
	struct use_notes notes;
	char name[16];

	use_notes_init(&notes, 100, 512);
	for (int app = 0; app < 50; app++) {
		snprintf(name, sizeof(name), "flood-%d", app);
		note_many(&notes, name, 1000, 200);
	}
	note_many(&notes, "newcomer", 1, 200);
	assert_int_equal(use_note_find(&notes, NOTE_APP, "newcomer")->kept_good, 1);
	const struct note *flood = use_note_find(&notes, NOTE_APP, "flood-49");
	assert_true(flood->kept_good >= 4);
	assert_int_equal(flood->kept_good + flood->counts.not_logged, 1000);
	use_notes_done(&notes);
}

static void a_full_table_counts_those_it_knows(void **state)
{
	struct use_notes notes;
	unsigned char hash[KEYED_HASH_BYTES] = {0};

	use_notes_init(&notes, 2, 100);
	note_many(&notes, "a", 1, 200);
	use_note_hash(&notes, NOTE_KEY, hash, wall_from_us(1), "192.0.2.9");
	note_many(&notes, "b", 1, 200);
	note_many(&notes, "a", 1, 200);
	assert_null(use_note_find(&notes, NOTE_APP, "b"));
	assert_int_equal(use_note_find(&notes, NOTE_APP, "a")->counts.calls[STATUS_2XX], 2);
	assert_non_null(use_note_find(&notes, NOTE_KEY, (const char *)hash));
	use_notes_clear(&notes);
	assert_null(use_note_find(&notes, NOTE_APP, "a"));
	note_many(&notes, "b", 1, 200);
	assert_int_equal(use_note_find(&notes, NOTE_APP, "b")->counts.calls[STATUS_2XX], 1);
	use_notes_done(&notes);
}

static void tables_are_merged_in_order_of_time(void **state)
{
	struct use_notes all, one, other;
	struct app_call *calls;
	size_t count;

	use_notes_init(&all, 10, 2000);
	use_notes_init(&one, 10, 1000);
	use_notes_init(&other, 10, 1000);
	note_many(&one, "b", 80, 200);
	note_many(&one, "a", 3, 404);
	note_many(&other, "b", 40, 200);
	use_note_token(&other, "b", false, wall_from_us(5), "198.51.100.7");
	assert_true(use_notes_merge(&all, &one));
	assert_true(use_notes_merge(&all, &other));
	assert_int_equal(all.count, 2);
	scoped(arena) struct arena *arena = arena_new();
	const struct note **order = use_notes_order(&all, arena);
	assert_string_equal(order[0]->id, "a");
	assert_string_equal(order[1]->id, "b");
	assert_int_equal(order[1]->counts.calls[STATUS_2XX], 120);
	assert_int_equal(order[1]->counts.tokens, 1);
	assert_int_equal(order[1]->counts.not_logged, 120 - NOTE_CALLS_MAX);
	assert_string_equal(order[1]->address, "192.0.2.1");
	use_note_calls(&all, order[0], arena, &calls, &count);
	assert_int_equal(count, 3);
	assert_int_equal(calls[0].status, 404);
	use_note_calls(&all, order[1], arena, &calls, &count);
	assert_int_equal(count, NOTE_CALLS_MAX);
	for (size_t i = 1; i < count; i++)
		assert_true(calls[i - 1].at.us <= calls[i].at.us);
	use_notes_done(&all);
	use_notes_done(&one);
	use_notes_done(&other);
}

static void nothing_is_merged_when_there_is_no_room_for_all(void **state)
{
	struct use_notes all, more;

	use_notes_init(&all, 2, 100);
	use_notes_init(&more, 10, 100);
	note_many(&more, "a", 1, 200);
	note_many(&more, "b", 1, 200);
	note_many(&all, "c", 1, 200);
	assert_false(use_notes_merge(&all, &more));
	assert_int_equal(all.count, 1);
	use_notes_clear(&all);
	assert_true(use_notes_merge(&all, &more));
	assert_int_equal(all.count, 2);
	use_notes_done(&all);
	use_notes_done(&more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_counted_by_class_of_status),
		cmocka_unit_test(what_was_refused_by_its_limits_is_no_use),
		cmocka_unit_test(success_does_not_hide_refusals),
		cmocka_unit_test(fifty_that_flood_leave_room_for_a_newcomer),
		cmocka_unit_test(a_full_table_counts_those_it_knows),
		cmocka_unit_test(tables_are_merged_in_order_of_time),
		cmocka_unit_test(nothing_is_merged_when_there_is_no_room_for_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
