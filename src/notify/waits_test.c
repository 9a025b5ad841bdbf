/* waits_test.c – each reason is a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "notify/waits.h"

#define NOW 1700000000000000
#define S(seconds) (NOW + (seconds)*1000000LL)

static const struct row {
	const char *what;
	enum lane_state lane;
	int64_t due_us;
	int64_t head; /* the delivery is number 7 */
	enum endpoint_state endpoint;
	enum endpoint_room room;
	int64_t room_us;
	const char *reason;
	int64_t until_us;
} rows[] = {
	{"fresh", LANE_FRESH, S(-1), 7, ENDPOINT_ACTIVE, ROOM_FREE, 0, "TURN", 0},
	{"a retry", LANE_WAITING, S(9), 7, ENDPOINT_ACTIVE, ROOM_FREE, 0, "NEXT_ATTEMPT", S(9)},
	{"a retry that is due", LANE_WAITING, S(-9), 7, ENDPOINT_ACTIVE, ROOM_FREE, 0, "TURN", 0},
	{"under way", LANE_CLAIMED, S(60), 7, ENDPOINT_ACTIVE, ROOM_FULL, 0, "IN_FLIGHT", 0},
	{"under way to one that was paused since", LANE_CLAIMED, S(60), 7, ENDPOINT_PAUSED,
	 ROOM_FREE, 0, "IN_FLIGHT", 0},
	{"behind one under way", LANE_CLAIMED, S(60), 3, ENDPOINT_ACTIVE, ROOM_FREE, 0,
	 "EARLIER_EVENT", 0},
	{"behind a retry", LANE_WAITING, S(9), 3, ENDPOINT_ACTIVE, ROOM_RESTING, S(30),
	 "EARLIER_EVENT", 0},
	{"paused", LANE_WAITING, S(9), 7, ENDPOINT_PAUSED, ROOM_RESTING, S(30), "ENDPOINT_PAUSED",
	 0},
	{"paused, behind another", LANE_WAITING, S(9), 3, ENDPOINT_PAUSED, ROOM_FREE, 0,
	 "ENDPOINT_PAUSED", 0},
	{"disabled", LANE_WAITING, S(9), 7, ENDPOINT_DISABLED, ROOM_FREE, 0, "ENDPOINT_DISABLED",
	 0},
	{"deleted", LANE_WAITING, S(9), 7, ENDPOINT_DELETED, ROOM_FREE, 0, "ENDPOINT_DISABLED", 0},
	{"due, and it rests", LANE_WAITING, S(-9), 7, ENDPOINT_ACTIVE, ROOM_RESTING, S(30),
	 "ENDPOINT_RESTING", S(30)},
	{"it rests for longer than the retry waits", LANE_WAITING, S(9), 7, ENDPOINT_ACTIVE,
	 ROOM_RESTING, S(30), "ENDPOINT_RESTING", S(30)},
	{"the retry waits for longer than it rests", LANE_WAITING, S(99), 7, ENDPOINT_ACTIVE,
	 ROOM_RESTING, S(30), "NEXT_ATTEMPT", S(99)},
	{"its rest is over", LANE_WAITING, S(-9), 7, ENDPOINT_ACTIVE, ROOM_RESTING, S(-1), "TURN",
	 0},
	{"its rate", LANE_WAITING, S(-9), 7, ENDPOINT_ACTIVE, ROOM_AT_RATE, S(1), "RATE_LIMIT",
	 S(1)},
	{"full", LANE_WAITING, S(-9), 7, ENDPOINT_ACTIVE, ROOM_FULL, 0, "IN_FLIGHT_LIMIT", 0},
	{"full now, and a retry", LANE_WAITING, S(9), 7, ENDPOINT_ACTIVE, ROOM_FULL, 0,
	 "NEXT_ATTEMPT", S(9)},
};

static void each_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		const struct delivery delivery = {
			.event.sequence = 7,
			.place = {row->lane, {row->due_us}, "evt", row->head, row->endpoint}};
		const struct endpoint_turn turn = {row->room, {row->room_us}};
		const struct delivery_wait wait = delivery_wait_of(&delivery, &turn,
								   (struct wall_time){NOW});
		print_message("# %s\n", row->what);
		assert_string_equal(wait_reason_name(wait.reason), row->reason);
		assert_int_equal(wait.until.us, row->until_us);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_reason)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
