/* rate_limit.c – two tables of fixed size: a key has one of WAYS places, and the place unused for
 * longest is taken over. */
#include "access/rate_limit.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

#define SETS 4096
#define WAYS 8
#define BURST_S 2 /* a bucket holds as many seconds' worth */

struct slot {
	uint64_t key; /* 0: empty */
	struct mono_time used;
	double tokens;	   /* of a bucket */
	unsigned failures; /* in a row */
	struct mono_time wait_until;
};

struct table {
	pthread_mutex_t lock;
	struct slot slots[SETS][WAYS];
};

struct rate_limit {
	unsigned char hash_key[crypto_shorthash_KEYBYTES]; /* strangers choose the keys */
	struct table buckets, failures;
};

struct rate_limit *rate_limit_new(void)
{
	struct rate_limit *limit = calloc(1, sizeof(*limit));

	ensure(limit && pthread_mutex_init(&limit->buckets.lock, NULL) == 0 &&
	       pthread_mutex_init(&limit->failures.lock, NULL) == 0);
	crypto_shorthash_keygen(limit->hash_key);
	return limit;
}

void rate_limit_free(struct rate_limit *limit)
{
	if (!limit)
		return;
	pthread_mutex_destroy(&limit->buckets.lock);
	pthread_mutex_destroy(&limit->failures.lock);
	free(limit);
}

static uint64_t key_hash(const struct rate_limit *limit, const char *key)
{
	uint64_t hash;

	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key, strlen(key),
			 limit->hash_key);
	return hash ? hash : 1;
}

/* The key's slot; with `make`, one is found for a new key. Its `used` is left to the caller. */
static struct slot *slot_of(struct table *table, uint64_t key, bool make)
{
	struct slot *set = table->slots[key % SETS], *oldest = set;

	for (int way = 0; way < WAYS; way++) {
		if (set[way].key == key)
			return &set[way];
		if (set[way].used.us < oldest->used.us)
			oldest = &set[way];
	}
	if (!make)
		return NULL;
	*oldest = (struct slot){.key = key};
	return oldest;
}

struct rate_verdict rate_limit_take(struct rate_limit *limit, const char *key, int64_t rate,
				    struct mono_time now)
{
	if (rate == 0)
		return (struct rate_verdict){.allowed = true};
	const double full = (double)(rate * BURST_S);

	pthread_mutex_lock(&limit->buckets.lock);
	struct slot *slot = slot_of(&limit->buckets, key_hash(limit, key), true);
	double elapsed_s = (double)(now.us - slot->used.us) / 1e6;
	if (slot->used.us == 0)
		slot->tokens = full;
	else if (elapsed_s > 0)
		slot->tokens += elapsed_s * (double)rate;
	if (slot->tokens > full)
		slot->tokens = full;
	if (now.us > slot->used.us)
		slot->used = now;
	bool allowed = slot->tokens >= 1;
	if (allowed)
		slot->tokens -= 1;
	double left = slot->tokens;
	pthread_mutex_unlock(&limit->buckets.lock);
	return (struct rate_verdict){
		.allowed = allowed,
		.limit = rate,
		.remaining = (int64_t)left,
		.wait_s = allowed ? 0 : (int64_t)((1 - left) / (double)rate) + 1,
	};
}

int64_t failure_wait_s(struct rate_limit *limit, const char *key, struct mono_time now)
{
	pthread_mutex_lock(&limit->failures.lock);
	const struct slot *slot = slot_of(&limit->failures, key_hash(limit, key), false);
	int64_t wait_us = slot ? slot->wait_until.us - now.us : 0;
	pthread_mutex_unlock(&limit->failures.lock);
	return wait_us > 0 ? (wait_us + 999999) / 1000000 : 0;
}

int64_t failure_wait_of(int64_t failures, int64_t first_wait_s)
{
	if (failures <= FAILURES_FREE)
		return 0;
	return duration_grown(duration_s(first_wait_s), 2, failures - FAILURES_FREE - 1,
			      duration_s(FAILURE_WAIT_MAX_S))
		       .us /
	       1000000;
}

void failure_note(struct rate_limit *limit, const char *key, int64_t first_wait_s,
		  struct mono_time now)
{
	pthread_mutex_lock(&limit->failures.lock);
	struct slot *slot = slot_of(&limit->failures, key_hash(limit, key), true);
	if (now.us - slot->used.us > (int64_t)FAILURE_WAIT_MAX_S * 1000000)
		slot->failures = 0; /* long ago */
	slot->used = now;
	slot->failures++;
	slot->wait_until = mono_add(now, duration_s(failure_wait_of(slot->failures, first_wait_s)));
	pthread_mutex_unlock(&limit->failures.lock);
}

void failure_forget(struct rate_limit *limit, const char *key)
{
	pthread_mutex_lock(&limit->failures.lock);
	struct slot *slot = slot_of(&limit->failures, key_hash(limit, key), false);
	if (slot)
		*slot = (struct slot){0};
	pthread_mutex_unlock(&limit->failures.lock);
}
