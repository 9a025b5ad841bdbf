/* waits.c – see waits.h. */
#include "notify/waits.h"

#include "base/json.h"
#include "store/store_clock.h"

const char *wait_reason_name(enum wait_reason reason)
{
	static const char *const names[] = {
		[WAIT_IN_FLIGHT] = "IN_FLIGHT",
		[WAIT_ENDPOINT_DISABLED] = "ENDPOINT_DISABLED",
		[WAIT_ENDPOINT_PAUSED] = "ENDPOINT_PAUSED",
		[WAIT_EARLIER_EVENT] = "EARLIER_EVENT",
		[WAIT_ENDPOINT_RESTING] = "ENDPOINT_RESTING",
		[WAIT_RATE_LIMIT] = "RATE_LIMIT",
		[WAIT_NEXT_ATTEMPT] = "NEXT_ATTEMPT",
		[WAIT_IN_FLIGHT_LIMIT] = "IN_FLIGHT_LIMIT",
		[WAIT_TURN] = "TURN",
	};

	return names[reason];
}

static struct delivery_wait wait_for(enum wait_reason reason)
{
	return (struct delivery_wait){.reason = reason};
}

/* Of one that nothing but time and its endpoint's limits keep back. */
static struct delivery_wait wait_of_head(struct wall_time due, const struct endpoint_turn *turn,
					 struct wall_time now)
{
	bool is_blocked = turn->until.us > now.us && turn->until.us > due.us;

	if (is_blocked && turn->room == ROOM_RESTING)
		return (struct delivery_wait){WAIT_ENDPOINT_RESTING, turn->until};
	if (is_blocked && turn->room == ROOM_AT_RATE)
		return (struct delivery_wait){WAIT_RATE_LIMIT, turn->until};
	if (due.us > now.us)
		return (struct delivery_wait){WAIT_NEXT_ATTEMPT, due};
	return wait_for(turn->room == ROOM_FULL ? WAIT_IN_FLIGHT_LIMIT : WAIT_TURN);
}

struct delivery_wait delivery_wait_of(const struct delivery *delivery,
				      const struct endpoint_turn *turn, struct wall_time now)
{
	const struct delivery_place *place = &delivery->place;
	bool is_head = place->head_sequence == delivery->event.sequence;

	/* A pause does not abort requests in progress. */
	if (is_head && place->lane == LANE_CLAIMED)
		return wait_for(WAIT_IN_FLIGHT);
	if (place->endpoint >= ENDPOINT_DISABLED)
		return wait_for(WAIT_ENDPOINT_DISABLED);
	if (place->endpoint == ENDPOINT_PAUSED)
		return wait_for(WAIT_ENDPOINT_PAUSED);
	if (!is_head)
		return wait_for(WAIT_EARLIER_EVENT);
	return wait_of_head(place->due, turn, now);
}

void delivery_wait_add(json_t *json, const struct delivery *delivery, const struct wait_view *view)
{
	const struct turn_source *turns = view->turns;
	const struct delivery_place *place = &delivery->place;
	struct endpoint_turn turn = {ROOM_FREE, wall_from_us(0)};

	if (turns->look)
		turn = turns->look(turns->context, delivery->event.account, delivery->endpoint,
				   view->now);
	const struct delivery_wait wait = delivery_wait_of(delivery, &turn, view->now);
	json_t *waits = json_pack("{s:s}", "reason", wait_reason_name(wait.reason));
	if (wait.reason == WAIT_EARLIER_EVENT)
		json_object_set_new(waits, "event",
				    json_pack("{s:s, s:I}", "id", place->head_id, "sequence",
					      (json_int_t)place->head_sequence));
	if (wait.until.us) {
		const struct wall_time shown = session_shown(view->session, wait.until);
		json_object_set_new(waits, "until", json_date(shown));
		json_object_set_new(json, "nextAttemptDate", json_date(shown));
	}
	json_object_set_new(json, "waitsFor", waits);
}
