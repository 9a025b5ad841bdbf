/* rights_test.c – whatever is derived, granted, taken away and ended, in whatever order: at the end
 * of no chain is more than at any link before, and nothing lives behind a link that has ended.
 *
 * A small world is played: people, roles they give one another, apps they make, tokens, sessions of
 * sessions, delegations. Each step asks rights.h whether the actor may; each state is then looked
 * at from all sides. SEED and ROUNDS in the environment change what is played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "context/rights.h"

enum {
	PEOPLE = 5,
	THINGS = 24,
	OWNER = 0,
	NOBODY = -1
};
enum kind {
	APP,
	TOKEN,
	SESSION
};

/* An app, or what was derived with a credential. */
struct thing {
	enum kind kind;
	int maker;  /* APP: a person, or NOBODY for the owner's and operator's */
	int behind; /* TOKEN: its app. SESSION: the token or session it was opened with, NOBODY for
		       a password */
	int person; /* TOKEN, SESSION: whom it acts for */
	int delegate; /* TOKEN: who acts for that person; NOBODY */
	unsigned scopes;
	bool read_only, live;
};

struct world {
	bool lives[PEOPLE];
	unsigned permissions[PEOPLE];
	bool delegates[PEOPLE][PEOPLE]; /* [delegator][delegate] */
	struct thing things[THINGS];
	int count;
	uint64_t random;
};

static unsigned draw(struct world *world, unsigned below)
{
	world->random = world->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(world->random >> 33) % below;
}

static struct rights person(const struct world *world, int who)
{
	return rights_of_person(world->lives[who], who == OWNER, world->permissions[who]);
}

/* As chain.c follows it. */
static struct rights at_end(const struct world *world, int at)
{
	const struct thing *thing = &world->things[at];
	struct rights rights = person(world, thing->person);

	for (; thing->kind == SESSION; thing = &world->things[thing->behind]) {
		rights = rights_within(rights, rights_of_link(thing->live, thing->scopes, false));
		if (thing->behind == NOBODY)
			return rights;
	}
	const struct thing *app = &world->things[thing->behind];
	if (app->maker != NOBODY) {
		struct rights maker = person(world, app->maker);
		if (app->maker != thing->person && !rights_may_act_as(maker, rights))
			rights.live = false;
		rights = rights_within(rights, maker);
	}
	if (thing->delegate != NOBODY)
		rights.live &= world->lives[thing->delegate] &&
			       world->delegates[thing->person][thing->delegate];
	rights = rights_within(rights,
			       rights_of_link(thing->live, thing->scopes, thing->read_only));
	return rights_within(rights, rights_of_link(app->live, app->scopes, app->read_only));
}

/* ---- steps ---- */

static int thing_add(struct world *world, struct thing thing)
{
	if (world->count == THINGS)
		return NOBODY;
	thing.live = true;
	world->things[world->count] = thing;
	return world->count++;
}

/* Somebody with that right makes an app; its scopes are at most those of the call. */
static void app_make(struct world *world, int maker, struct rights by)
{
	if (by.live && (by.permissions & BIT(PERMISSION_API_ACCESS)) && !by.read_only)
		(void)thing_add(world,
				(struct thing){.kind = APP,
					       .maker = by.is_owner ? NOBODY : maker,
					       .scopes = by.scopes & draw(world, SCOPES_ALL + 1),
					       .read_only = draw(world, 4) == 0});
}

static void token_ask(struct world *world, int app, int for_whom, int delegate)
{
	const struct thing *of = &world->things[app];
	const int made = thing_add(world, (struct thing){.kind = TOKEN,
							 .behind = app,
							 .person = for_whom,
							 .delegate = delegate,
							 .scopes = of->scopes});

	if (made != NOBODY && !at_end(world, made).live)
		world->count--; /* refused */
}

static void session_open_with(struct world *world, int credential, struct rights by)
{
	if (by.live)
		(void)thing_add(world, (struct thing){.kind = SESSION,
						      .behind = credential,
						      .person = world->things[credential].person,
						      .delegate = NOBODY,
						      .scopes = by.scopes});
}

/* By role: what the actor has, to somebody the actor may change. */
static void permissions_set(struct world *world, int whom, unsigned wanted, struct rights by)
{
	struct rights before = person(world, whom);

	if (!rights_may_change(by, before) || !rights_may_give(by, wanted))
		return;
	assert_false(wanted & ~by.permissions);
	assert_true(by.is_owner || whom != OWNER);
	assert_true(by.is_owner || rights_include(by, rights_within(before, by)));
	if (whom != OWNER)
		world->permissions[whom] = wanted;
}

static void something_ends(struct world *world)
{
	int at = (int)draw(world, THINGS + PEOPLE);

	if (at < world->count)
		world->things[at].live = false;
	else if (at >= THINGS && at - THINGS != OWNER)
		world->lives[at - THINGS] = draw(world, 2);
	else
		world->delegates[draw(world, PEOPLE)][draw(world, PEOPLE)] = false;
}

static void step(struct world *world)
{
	const int at = world->count ? (int)draw(world, (unsigned)world->count) : NOBODY;
	const int who = (int)draw(world, PEOPLE), whom = (int)draw(world, PEOPLE);
	const bool by_credential = at != NOBODY && world->things[at].kind != APP;
	const struct rights by = by_credential ? at_end(world, at) : person(world, who);

	switch (draw(world, 7)) {
	case 0:
		app_make(world, by_credential ? world->things[at].person : who, by);
		break;
	case 1:
	case 2:
		if (at != NOBODY && world->things[at].kind == APP)
			token_ask(world, at, whom, world->delegates[whom][who] ? who : NOBODY);
		break;
	case 3:
		if (by_credential)
			session_open_with(world, at, by);
		break;
	case 4:
		permissions_set(world, whom, draw(world, PERMISSIONS_ALL + 1), by);
		break;
	case 5:
		if (by.live)
			world->delegates[by_credential ? world->things[at].person : who][whom] =
				true;
		break;
	default:
		something_ends(world);
	}
}

/* ---- what must hold ---- */

static void links_hold(const struct world *world, int at)
{
	const struct thing *thing = &world->things[at];
	const struct rights rights = at_end(world, at);

	assert_true(rights_include(person(world, thing->person), rights));
	for (; thing->kind != APP; thing = &world->things[thing->behind]) {
		assert_true(thing->live || !rights.live);
		assert_true(!rights.live || !(rights.scopes & ~thing->scopes));
		if (thing->kind == SESSION && thing->behind != NOBODY)
			assert_true(rights_include(at_end(world, thing->behind), rights));
		if (thing->kind == TOKEN && thing->delegate != NOBODY)
			assert_true(!rights.live ||
				    (world->lives[thing->delegate] &&
				     world->delegates[thing->person][thing->delegate]));
		if (thing->behind == NOBODY)
			return;
	}
	assert_true(thing->live || !rights.live);
	assert_true(!rights.live ||
		    (!(rights.scopes & ~thing->scopes) && (!thing->read_only || rights.read_only)));
	if (thing->maker != NOBODY) {
		assert_true(rights_include(person(world, thing->maker), rights));
		assert_true(thing->maker == OWNER || !rights.is_owner);
	}
}

static void random_chains_only_shrink(void **state)
{
	const char *seed = getenv("SEED"), *rounds = getenv("ROUNDS");
	const long count = rounds ? atol(rounds) : 20000;
	uint64_t random = seed ? strtoull(seed, NULL, 10) : 20261129;
	long derived = 0, live = 0;

	for (long round = 0; round < count; round++) {
		struct world world = {.random = random + (uint64_t)round * 7919};
		for (int i = 0; i < PEOPLE; i++) {
			world.lives[i] = true;
			world.permissions[i] = draw(&world, PERMISSIONS_ALL + 1);
		}
		for (int i = 0; i < 60; i++) {
			step(&world);
			for (int at = 0; at < world.count; at++) {
				if (world.things[at].kind == APP)
					continue;
				links_hold(&world, at);
				derived++;
				live += at_end(&world, at).live;
			}
		}
	}
	printf("%ld states of derived credentials looked at, %ld of them live\n", derived, live);
	assert_true(live > derived / 10 && live < derived); /* both kinds were seen */
}

/* Each row: what one person has, what the other has, and whether acting for the other is theirs. */
static void who_may_act_for_whom(void **state)
{
	const unsigned users = BIT(PERMISSION_USERS), api = BIT(PERMISSION_API_ACCESS);
	const struct {
		struct rights maker, person;
		bool may;
	} rows[] = {
		{rights_of_person(true, false, users), rights_of_person(true, false, 0), true},
		{rights_of_person(true, false, users),
		 rights_of_person(true, false, sender_permissions()), true},
		{rights_of_person(true, false, users), rights_of_person(true, false, api), false},
		{rights_of_person(true, false, users | api), rights_of_person(true, false, api),
		 true},
		{rights_of_person(true, false, api), rights_of_person(true, false, 0), false},
		{rights_of_person(true, false, PERMISSIONS_ALL), rights_of_person(true, true, 0),
		 false},
		{rights_of_person(false, false, users), rights_of_person(true, false, 0), false},
		{rights_of_person(true, true, 0), rights_of_person(true, false, PERMISSIONS_ALL),
		 true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rights_may_act_as(rows[i].maker, rows[i].person) != rows[i].may)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_chains_only_shrink),
		cmocka_unit_test(who_may_act_for_whom),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
