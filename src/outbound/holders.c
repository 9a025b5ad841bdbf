/* holders.c – see holders.h. */
#include "outbound/holders.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/memory.h"

#define SWEEP_FIRST 64 /* holders before the idle ones are looked for */

struct holders {
	struct map map;
	size_t sweep_at; /* twice what the last sweep left: a sweep costs each addition a step */
};

struct holders *holders_new(void)
{
	struct holders *holders = calloc(1, sizeof(*holders));

	ensure(holders);
	map_init(&holders->map);
	holders->sweep_at = SWEEP_FIRST;
	return holders;
}

void holder_forget(struct holder *holder)
{
	if (holder->token)
		explicit_bzero(holder->token, strlen(holder->token));
	free(holder->token);
	holder->token = NULL;
	holder->is_accepted = false;
}

static void holder_free(struct holder *holder)
{
	ensure(!holder->waiting);
	holder_forget(holder);
	free(holder->account);
	free(holder->endpoint);
	free(holder);
}

void holder_free_passing(struct holder *holder)
{
	ensure(holder->is_passing);
	holder_free(holder);
}

/* Those for which `goes` is true; NULL: all. */
static void holders_drop(struct holders *holders,
			 bool (*goes)(const struct holder *holder, struct wall_time now),
			 struct wall_time now)
{
	for (struct map_entry *link = map_first(&holders->map), *next; link; link = next) {
		struct holder *holder = map_of(link, struct holder, link);
		next = map_next(&holders->map, link);
		if (goes && !goes(holder, now))
			continue;
		map_remove(&holders->map, link);
		holder_free(holder);
	}
}

void holders_free(struct holders *holders)
{
	if (!holders)
		return;
	holders_drop(holders, NULL, wall_from_us(0));
	map_done(&holders->map);
	free(holders);
}

size_t holders_count(const struct holders *holders)
{
	return holders->map.count;
}

/* ---- finding ---- */

struct key {
	const char *account, *endpoint;
};

static bool holder_is(const struct map_entry *link, const void *arg)
{
	const struct holder *holder = map_of(link, struct holder, link);
	const struct key *key = arg;

	return strcmp(holder->endpoint, key->endpoint) == 0 &&
	       strcmp(holder->account, key->account) == 0;
}

struct holder *holder_find(const struct holders *holders, const char *account, const char *endpoint)
{
	const struct key key = {account, endpoint};

	return map_of(
		map_find(&holders->map, map_hash_text(&holders->map, endpoint), holder_is, &key),
		struct holder, link);
}

static struct holder *holder_new(const struct endpoint *endpoint)
{
	struct holder *holder = calloc(1, sizeof(*holder));

	ensure(holder);
	holder->account = memory_dup(endpoint->account);
	holder->endpoint = memory_dup(endpoint->id);
	holder->registered_us = endpoint->updated.us;
	holder->waiting_last = &holder->waiting;
	return holder;
}

struct holder *holder_new_passing(const struct endpoint *endpoint)
{
	struct holder *holder = holder_new(endpoint);

	holder->is_passing = true;
	return holder;
}

static bool is_idle(const struct holder *holder, struct wall_time now)
{
	return !holder->fetching && !holder->waiting &&
	       (!holder_has_token(holder, now) ||
		wall_since(now, holder->used).us > duration_s(HOLDER_IDLE_S).us);
}

static struct holder *holder_add(struct holders *holders, const struct endpoint *endpoint,
				 struct wall_time now)
{
	if (holders->map.count >= holders->sweep_at) {
		holders_drop(holders, is_idle, now);
		holders->sweep_at = holders->map.count * 2;
		if (holders->sweep_at < SWEEP_FIRST)
			holders->sweep_at = SWEEP_FIRST;
	}
	struct holder *holder = holder_new(endpoint);
	map_add(&holders->map, map_hash_text(&holders->map, endpoint->id), &holder->link);
	return holder;
}

struct holder *holder_get(struct holders *holders, const struct endpoint *endpoint,
			  struct wall_time now)
{
	struct holder *holder = holder_find(holders, endpoint->account, endpoint->id);

	if (!holder)
		holder = holder_add(holders, endpoint, now);
	if (holder->registered_us != endpoint->updated.us)
		holder_forget(holder);
	holder->registered_us = endpoint->updated.us;
	holder->used = now;
	return holder;
}

/* ---- waiting ---- */

void holder_wait(struct holder *holder, struct sending *job)
{
	ensure(holder->fetching); /* else nobody would release it */
	job->next = NULL;
	*holder->waiting_last = job;
	holder->waiting_last = &job->next;
}

struct sending *holder_release(struct holder *holder)
{
	struct sending *waiting = holder->waiting;

	holder->waiting = NULL;
	holder->waiting_last = &holder->waiting;
	holder->fetching = false;
	return waiting;
}

/* ---- the token ---- */

bool holder_has_token(const struct holder *holder, struct wall_time now)
{
	return holder->token && holder->expires.us > now.us;
}

void holder_keep(struct holder *holder, const char *token, struct wall_time expires)
{
	holder_forget(holder);
	if (!token)
		return;
	holder->token = memory_dup(token);
	holder->expires = expires;
}
