/* roster.c – a map of members, and a heap of those with waiting lanes, ordered by due time. */
#include "outbound/roster.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "base/map.h"

#define MEMBERS_KEPT 16384 /* beyond that, those of whom nothing bad is known are forgotten */
#define INITIAL_WINDOW 4
#define BREAKER_FAILURES 5
#define BREAKER_WAIT_FIRST_S 1
#define BREAKER_WAIT_MAX_S 60
#define RETRY_AFTER_MAX_S 3600
#define SLOW_US 1000000	   /* an endpoint that takes longer on average is slow */
#define CROWDED_WAIT_MS 20 /* until those in trouble are looked at again */
#define NOT_QUEUED SIZE_MAX

struct member {
	struct map_entry link;
	char *account, *endpoint;
	unsigned in_flight;
	unsigned window;   /* what it can take */
	unsigned failures; /* in a row */
	bool proven;	   /* it has succeeded since it last failed */
	bool waiting, held, known_failing;
	int64_t took_us; /* on average, recent ones weigh more */
	struct pace pace;
	struct wall_time due;	  /* of its first waiting lane */
	struct wall_time blocked; /* nothing before */
	enum endpoint_room blocked_by;
	/* What the rate still allows, as of `refilled`. */
	double allowance;
	struct wall_time refilled;
	struct wall_time mail_hour;
	unsigned mails;
	unsigned turns;
	size_t place; /* in the heap */
};

struct roster {
	/* Held by the owner's thread while it changes anything, and by others while they read. */
	pthread_mutex_t lock;
	unsigned in_flight_limit;
	unsigned trouble_in_flight; /* to members in trouble */
	double scale;
	struct map members;
	struct member **heap; /* by when; those that wait and are not at their limit */
	size_t heap_count, heap_room;
};

struct roster *roster_new(unsigned in_flight_limit, double scale)
{
	struct roster *roster = calloc(1, sizeof(*roster));

	ensure(roster && pthread_mutex_init(&roster->lock, NULL) == 0);
	map_init(&roster->members);
	roster->in_flight_limit = in_flight_limit;
	roster->scale = scale;
	return roster;
}

static void member_free(struct member *member)
{
	free(member->account);
	free(member->endpoint);
	free(member);
}

void roster_free(struct roster *roster)
{
	if (!roster)
		return;
	for (struct map_entry *link = map_first(&roster->members), *next; link; link = next) {
		next = map_next(&roster->members, link);
		member_free(map_of(link, struct member, link));
	}
	map_done(&roster->members);
	free(roster->heap);
	pthread_mutex_destroy(&roster->lock);
	free(roster);
}

static struct roster *roster_lock(struct roster *roster)
{
	pthread_mutex_lock(&roster->lock);
	return roster;
}

static void roster_unlock(struct roster *roster)
{
	pthread_mutex_unlock(&roster->lock);
}

DEFINE_SCOPED(roster, roster_unlock)

/* ---- the members ---- */

struct member_key {
	const char *account, *endpoint;
};

static bool member_is(const struct map_entry *link, const void *arg)
{
	const struct member *member = map_of(link, struct member, link);
	const struct member_key *key = arg;

	return strcmp(member->endpoint, key->endpoint) == 0 &&
	       strcmp(member->account, key->account) == 0;
}

/* Ids of endpoints are random: theirs alone spread well. */
static struct member *member_find(const struct roster *roster, const char *account,
				  const char *endpoint)
{
	const struct member_key key = {account, endpoint};

	return map_of(map_find(&roster->members, map_hash_text(&roster->members, endpoint),
			       member_is, &key),
		      struct member, link);
}

static struct member *member_get(struct roster *roster, const char *account, const char *endpoint)
{
	struct member *member = member_find(roster, account, endpoint);

	if (member)
		return member;
	member = calloc(1, sizeof(*member));
	ensure(member);
	member->account = strdup(account);
	member->endpoint = strdup(endpoint);
	ensure(member->account && member->endpoint);
	member->window = INITIAL_WINDOW;
	member->pace.in_flight_limit = INITIAL_WINDOW;
	member->place = NOT_QUEUED;
	map_add(&roster->members, map_hash_text(&roster->members, endpoint), &member->link);
	return member;
}

/* A member that says nothing is dropped when there are many. */
static void member_settle(struct roster *roster, struct member *member)
{
	if (member->in_flight > 0 || member->waiting || member->held || member->failures > 0 ||
	    member->known_failing || roster->members.count <= MEMBERS_KEPT)
		return;
	map_remove(&roster->members, &member->link);
	member_free(member);
}

/* ---- the heap ---- */

static int64_t when(const struct member *member)
{
	return member->due.us > member->blocked.us ? member->due.us : member->blocked.us;
}

static void heap_set(struct roster *roster, size_t place, struct member *member)
{
	roster->heap[place] = member;
	member->place = place;
}

static void heap_rise(struct roster *roster, struct member *member)
{
	size_t place = member->place;

	while (place > 0 && when(roster->heap[(place - 1) / 2]) > when(member)) {
		heap_set(roster, place, roster->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	heap_set(roster, place, member);
}

static void heap_sink(struct roster *roster, struct member *member)
{
	size_t place = member->place;

	for (;;) {
		size_t child = 2 * place + 1;
		if (child + 1 < roster->heap_count &&
		    when(roster->heap[child + 1]) < when(roster->heap[child]))
			child++;
		if (child >= roster->heap_count || when(roster->heap[child]) >= when(member))
			break;
		heap_set(roster, place, roster->heap[child]);
		place = child;
	}
	heap_set(roster, place, member);
}

static void heap_remove(struct roster *roster, struct member *member)
{
	size_t place = member->place;

	if (place == NOT_QUEUED)
		return;
	member->place = NOT_QUEUED;
	struct member *last = roster->heap[--roster->heap_count];
	if (last == member)
		return;
	heap_set(roster, place, last);
	heap_rise(roster, last);
	heap_sink(roster, last);
}

static void heap_add(struct roster *roster, struct member *member)
{
	if (roster->heap_count == roster->heap_room) {
		roster->heap_room = roster->heap_room * 2 + 256;
		roster->heap = realloc(roster->heap, roster->heap_room * sizeof(*roster->heap));
		ensure(roster->heap);
	}
	heap_set(roster, roster->heap_count++, member);
	heap_rise(roster, member);
}

static bool is_full(const struct member *member)
{
	unsigned limit = member->pace.in_flight_limit < member->window
				 ? member->pace.in_flight_limit
				 : member->window;
	return member->in_flight >= limit;
}

/* In the heap is who waits and can take something, sooner or later. */
static void requeue(struct roster *roster, struct member *member)
{
	heap_remove(roster, member);
	if (member->waiting && !member->held && !is_full(member))
		heap_add(roster, member);
}

/* ---- who may have what ---- */

static bool in_trouble(const struct member *member)
{
	return member->failures > 0 || !member->proven || member->took_us > SLOW_US;
}

static bool is_crowded(const struct roster *roster, const struct member *member)
{
	return in_trouble(member) && roster->trouble_in_flight >= (roster->in_flight_limit + 1) / 2;
}

static void block(struct member *member, struct wall_time until, enum endpoint_room by)
{
	member->blocked = until;
	member->blocked_by = by;
}

static void allowance_refill(struct member *member, struct wall_time now)
{
	double rate = member->pace.rate;
	double gained = (double)wall_since(now, member->refilled).us * rate / 1e6;

	member->allowance += gained > 0 ? gained : 0;
	if (member->allowance > rate || member->refilled.us == 0)
		member->allowance = rate; /* a second's worth at once */
	member->refilled = now;
}

/* How many the rate allows now; 0: blocked until there is one. */
static unsigned rate_room(struct member *member, struct wall_time now)
{
	if (member->pace.rate == 0)
		return UINT32_MAX;
	allowance_refill(member, now);
	if (member->allowance >= 1)
		return (unsigned)member->allowance;
	double wait_us = (1 - member->allowance) * 1e6 / member->pace.rate;
	block(member, wall_add(now, duration_us((int64_t)wait_us + 1)), ROOM_AT_RATE);
	return 0;
}

/* The totals move with each change of a member that has something in flight. */
static void trouble_count(struct roster *roster, const struct member *member, int sign)
{
	if (in_trouble(member))
		roster->trouble_in_flight += (unsigned)(sign * (int)member->in_flight);
}

bool roster_admit(struct roster *roster, const char *account, const char *endpoint,
		  const struct pace *pace, struct wall_time now)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_get(roster, account, endpoint);

	member->pace = *pace;
	if (member->held || member->blocked.us > now.us || is_full(member) ||
	    is_crowded(roster, member) || rate_room(member, now) == 0)
		return false;
	trouble_count(roster, member, -1);
	member->in_flight++;
	trouble_count(roster, member, 1);
	if (member->pace.rate)
		member->allowance -= 1;
	requeue(roster, member);
	return true;
}

void roster_wait(struct roster *roster, const char *account, const char *endpoint,
		 struct wall_time due)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_get(roster, account, endpoint);

	if (!member->waiting || due.us < member->due.us)
		member->due = due;
	member->waiting = true;
	requeue(roster, member);
}

void roster_nothing_waits(struct roster *roster, const char *account, const char *endpoint)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_get(roster, account, endpoint);

	member->waiting = false;
	requeue(roster, member);
	member_settle(roster, member);
}

void roster_end_rest(struct roster *roster, const char *account, const char *endpoint)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_get(roster, account, endpoint);

	if (member->blocked_by == ROOM_RESTING)
		block(member, wall_from_us(0), ROOM_FREE);
	requeue(roster, member);
}

void roster_hold(struct roster *roster, const char *account, const char *endpoint)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_get(roster, account, endpoint);

	member->held = true;
	requeue(roster, member);
}

void roster_look_again(struct roster *roster)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	for (struct map_entry *link = map_first(&roster->members); link;
	     link = map_next(&roster->members, link)) {
		struct member *member = map_of(link, struct member, link);
		if (!member->held)
			continue;
		member->held = false;
		requeue(roster, member);
	}
}

/* ---- what became of it ---- */

static void leave_alone(struct member *member, struct wall_time until)
{
	if (until.us > member->blocked.us)
		block(member, until, ROOM_RESTING);
}

static void breaker_open(struct roster *roster, struct member *member, struct wall_time now,
			 double jitter)
{
	const struct duration wait = duration_grown(duration_s(BREAKER_WAIT_FIRST_S), 2,
						    (int64_t)member->failures - BREAKER_FAILURES,
						    duration_s(BREAKER_WAIT_MAX_S));
	double wait_us = (double)wait.us * (0.8 + 0.4 * jitter) / roster->scale;
	leave_alone(member, wall_add(now, duration_us((int64_t)wait_us)));
}

static void trouble_note(struct roster *roster, struct member *member, const struct result *result,
			 struct wall_time now, double jitter)
{
	int64_t asked_us = result->retry_after.us < duration_s(RETRY_AFTER_MAX_S).us
				   ? result->retry_after.us
				   : duration_s(RETRY_AFTER_MAX_S).us;

	/* Failures of requests sent before the breaker opened are not counted again. */
	bool is_open = member->failures >= BREAKER_FAILURES && member->blocked.us > now.us;

	member->failures += is_open ? 0 : 1;
	member->proven = false;
	member->window = member->window > 1 ? member->window / 2 : 1;
	if (member->failures >= BREAKER_FAILURES && !is_open) {
		member->window = 1;
		breaker_open(roster, member, now, jitter);
	}
	leave_alone(member, wall_add(now, duration_us(asked_us)));
}

static void health_note(struct member *member, const struct result *result)
{
	member->failures = 0;
	member->proven = true;
	if (member->window < member->pace.in_flight_limit)
		member->window++;
	member->took_us += (result->took.us - member->took_us) / 8;
}

enum health_change roster_note(struct roster *roster, const char *account, const char *endpoint,
			       const struct result *result, struct wall_time now, double jitter)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_find(roster, account, endpoint);
	enum health_change change = HEALTH_SAME;

	ensure(member && member->in_flight > 0);
	trouble_count(roster, member, -1);
	if (result->trouble == (member->failures == 0))
		change = result->trouble ? HEALTH_BEGAN_FAILING : HEALTH_RECOVERED;
	member->in_flight--;
	if (result->trouble)
		trouble_note(roster, member, result, now, jitter);
	else
		health_note(member, result);
	trouble_count(roster, member, 1);
	requeue(roster, member);
	member_settle(roster, member);
	return change;
}

void roster_withdraw(struct roster *roster, const char *account, const char *endpoint)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_find(roster, account, endpoint);

	ensure(member && member->in_flight > 0);
	trouble_count(roster, member, -1);
	member->in_flight--;
	trouble_count(roster, member, 1);
	requeue(roster, member);
	member_settle(roster, member);
}

/* ---- whose turn it is ---- */

bool roster_next(struct roster *roster, struct wall_time now, const char **ret_account,
		 const char **ret_endpoint, unsigned *ret_room)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	while (roster->heap_count > 0) {
		struct member *member = roster->heap[0];
		if (when(member) > now.us)
			return false;
		unsigned by_rate = rate_room(member, now);
		if (by_rate == 0 || is_crowded(roster, member)) {
			if (by_rate)
				block(member, wall_add(now, duration_ms(CROWDED_WAIT_MS)),
				      ROOM_FULL);
			requeue(roster, member);
			continue;
		}
		unsigned room = (member->window < member->pace.in_flight_limit
					 ? member->window
					 : member->pace.in_flight_limit) -
				member->in_flight;
		*ret_account = member->account;
		*ret_endpoint = member->endpoint;
		*ret_room = room < by_rate ? room : by_rate;
		/* Behind the others that are due: what still waits then is said with roster_wait.
		 */
		member->waiting = false;
		heap_remove(roster, member);
		return true;
	}
	return false;
}

bool roster_turn_is_for_newest(struct roster *roster, const char *account, const char *endpoint)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	return member_get(roster, account, endpoint)->turns++ % ROSTER_NEWEST_ONE_IN ==
	       ROSTER_NEWEST_ONE_IN - 1;
}

struct wall_time roster_next_due(const struct roster *roster)
{
	return wall_from_us(roster->heap_count > 0 ? when(roster->heap[0]) : INT64_MAX);
}

/* Some are full by the window that shrinks with failures, or by the share of those in trouble. */
struct endpoint_turn roster_turn(const struct roster *roster, const char *account,
				 const char *endpoint, struct wall_time now)
{
	struct roster *own = (struct roster *)(uintptr_t)roster;
	scoped(roster) struct roster *locked = roster_lock(own);
	const struct member *member = member_find(own, account, endpoint);

	if (member && member->blocked.us > now.us)
		return (struct endpoint_turn){member->blocked_by, member->blocked_by == ROOM_FULL
									  ? wall_from_us(0)
									  : member->blocked};
	return (struct endpoint_turn){member && is_full(member) ? ROOM_FULL : ROOM_FREE,
				      wall_from_us(0)};
}

/* ---- what else is known ---- */

bool roster_may_mail(struct roster *roster, const char *account, const char *endpoint,
		     struct wall_time now)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_get(roster, account, endpoint);

	if (wall_since(now, member->mail_hour).us > duration_s(3600).us) {
		member->mail_hour = now;
		member->mails = 0;
	}
	return member->mails++ < ROSTER_FAILURE_MAILS_MAX;
}

bool roster_known_failing(const struct roster *roster, const char *account, const char *endpoint)
{
	const struct member *member = member_find(roster, account, endpoint);
	return member && member->known_failing;
}

void roster_set_known_failing(struct roster *roster, const char *account, const char *endpoint,
			      bool failing)
{
	scoped(roster) struct roster *locked = roster_lock(roster);
	struct member *member = member_get(roster, account, endpoint);

	member->known_failing = failing;
	member_settle(roster, member);
}
