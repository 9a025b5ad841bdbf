/* identity_cache_test.c – what is put in is found, what is dropped is not, and nothing stale gets
 * in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "access/identity/identity_cache.h"
#include "crypto/random.h"

static struct identity identity_of(unsigned number)
{
	struct identity identity = {.account.id = "account00001",
				    .app = {.live = true, .epoch = number}};
	snprintf(identity.id, sizeof(identity.id), "id-%u", number);
	return identity;
}

static void what_is_put_is_found(void **state)
{
	struct identity_cache *cache = identity_cache_new();
	struct identity found;

	assert_false(identity_cache_get(cache, "id-1", &found));
	for (unsigned i = 0; i < 5000; i++) {
		struct identity identity = identity_of(i);
		identity_cache_put(cache, identity_cache_generation(cache), &identity);
	}
	for (unsigned i = 0; i < 5000; i++) {
		struct identity identity = identity_of(i);
		assert_true(identity_cache_get(cache, identity.id, &found));
		assert_int_equal(found.app.epoch, i);
	}
	identity_cache_free(cache);
}

static void a_second_put_replaces(void **state)
{
	struct identity_cache *cache = identity_cache_new();
	struct identity identity = identity_of(1), found;

	identity_cache_put(cache, identity_cache_generation(cache), &identity);
	identity.app.epoch = 99;
	identity_cache_put(cache, identity_cache_generation(cache), &identity);
	assert_true(identity_cache_get(cache, "id-1", &found));
	assert_int_equal(found.app.epoch, 99);
	identity_cache_free(cache);
}

static void what_was_read_before_a_drop_stays_out(void **state)
{
	struct identity_cache *cache = identity_cache_new();
	struct identity identity = identity_of(1), found;

	uint64_t before = identity_cache_generation(cache);
	identity_cache_drop(cache);
	identity_cache_put(cache, before, &identity);
	assert_false(identity_cache_get(cache, "id-1", &found));
	identity_cache_put(cache, identity_cache_generation(cache), &identity);
	assert_true(identity_cache_get(cache, "id-1", &found));
	identity_cache_drop(cache);
	assert_false(identity_cache_get(cache, "id-1", &found));
	identity_cache_free(cache);
}

static void a_full_cache_starts_anew(void **state)
{
	struct identity_cache *cache = identity_cache_new();
	struct identity found;

	for (unsigned i = 0; i <= IDENTITY_CACHE_ENTRIES_MAX; i++) {
		struct identity identity = identity_of(i);
		identity_cache_put(cache, identity_cache_generation(cache), &identity);
	}
	assert_false(identity_cache_get(cache, "id-0", &found));
	struct identity last = identity_of(IDENTITY_CACHE_ENTRIES_MAX);
	assert_true(identity_cache_get(cache, last.id, &found));
	identity_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_found),
		cmocka_unit_test(a_second_put_replaces),
		cmocka_unit_test(what_was_read_before_a_drop_stays_out),
		cmocka_unit_test(a_full_cache_starts_anew),
	};

	crypto_start();
	return cmocka_run_group_tests_name("access/identity_cache", tests, NULL, NULL);
}
