/* health.c – a chained hash table of the endpoints that are failing or have something under way. */
#include "outbound/health.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

#define SLOTS 4096
#define WAIT_PER_FAILURE_S 1
#define WAIT_MAX_S 60

struct entry {
	struct entry *next;
	unsigned in_flight, failures; /* failures in a row; 0: healthy */
	char *account, *endpoint;
};

struct health {
	unsigned failing_share;
	struct entry *slots[SLOTS];
};

struct health *health_new(unsigned failing_share)
{
	struct health *health = calloc(1, sizeof(*health));

	ensure(health);
	health->failing_share = failing_share;
	return health;
}

static void entry_free(struct entry *entry)
{
	free(entry->account);
	free(entry->endpoint);
	free(entry);
}

void health_free(struct health *health)
{
	if (!health)
		return;
	for (size_t i = 0; i < SLOTS; i++) {
		for (struct entry *entry = health->slots[i], *next; entry; entry = next) {
			next = entry->next;
			entry_free(entry);
		}
	}
	free(health);
}

/* FNV-1a. The ids are ours and random, so nobody can choose collisions. */
static struct entry **link_of(struct health *health, const char *account, const char *endpoint)
{
	uint32_t hash = 2166136261u;

	for (const char *c = endpoint; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	struct entry **link = &health->slots[hash % SLOTS];
	while (*link &&
	       (strcmp((*link)->endpoint, endpoint) != 0 || strcmp((*link)->account, account) != 0))
		link = &(*link)->next;
	return link;
}

bool health_admit(struct health *health, const char *account, const char *endpoint,
		  struct duration *ret_wait)
{
	struct entry **link = link_of(health, account, endpoint);

	if (!*link) {
		*link = calloc(1, sizeof(**link));
		ensure(*link);
		(*link)->account = strdup(account);
		(*link)->endpoint = strdup(endpoint);
		ensure((*link)->account && (*link)->endpoint);
	}
	unsigned failures = (*link)->failures;
	if (failures > 0 && (*link)->in_flight >= health->failing_share) {
		unsigned wait_s = failures < WAIT_MAX_S ? failures * WAIT_PER_FAILURE_S
							: WAIT_MAX_S;
		*ret_wait = duration_s(wait_s);
		return false;
	}
	(*link)->in_flight++;
	return true;
}

/* Entries that say nothing are dropped: the table holds what is under way or failing. */
static void settle(struct entry **link)
{
	struct entry *entry = *link;

	ensure(entry && entry->in_flight > 0);
	entry->in_flight--;
	if (entry->in_flight == 0 && entry->failures == 0) {
		*link = entry->next;
		entry_free(entry);
	}
}

enum health_change health_note(struct health *health, const char *account, const char *endpoint,
			       bool delivered)
{
	struct entry **link = link_of(health, account, endpoint);
	enum health_change change = HEALTH_SAME;

	ensure(*link);
	if (delivered == ((*link)->failures > 0))
		change = delivered ? HEALTH_RECOVERED : HEALTH_BEGAN_FAILING;
	(*link)->failures = delivered ? 0 : (*link)->failures + 1;
	settle(link);
	return change;
}

void health_withdraw(struct health *health, const char *account, const char *endpoint)
{
	settle(link_of(health, account, endpoint));
}
