/* catcher_store_test.c – a catcher keeps so many requests, and goes with all of them; on each
 * engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "store/catcher_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define KEEP 3

static const struct wall_time noon = {1700000000000000};

#define BYTES(text) ((struct bytes){(const unsigned char *)(text), sizeof(text) - 1})

static void catch_some(struct test_store *test_store, const struct catcher *catcher, int count)
{
	struct error err = {0};
	bool found;

	for (int i = 0; i < count; i++) {
		struct caught caught = {.received = noon, .sealed = BYTES("sealed")};
		struct txn *txn = txn_begin(test_store->session, &err);
		ensure(txn &&
		       catcher_take_number(txn_db(txn), catcher, &caught.number, &found, &err));
		assert_true(found);
		ensure(caught_insert(txn_db(txn), catcher, &caught, KEEP, &err) &&
		       txn_commit(&txn, &err));
	}
}

static size_t kept(struct test_store *test_store, const struct catcher *catcher,
		   int64_t *ret_newest)
{
	scoped(arena) struct arena *arena = arena_new();
	struct caught *list;
	struct error err = {0};
	size_t count;

	ensure(caught_list(session_db(test_store->session), arena, catcher, 0, 100, &list, &count,
			   &err));
	*ret_newest = count ? list[0].number : 0;
	return count;
}

static void prune(struct test_store *test_store, struct wall_time now)
{
	struct error err = {0};
	struct txn *txn = txn_begin(test_store->session, &err);

	ensure(txn && catcher_prune(txn_db(txn), now, &err) && txn_commit(&txn, &err));
}

static void the_last_are_kept_until_it_expires(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		const struct catcher short_lived = {.account = ACCOUNT,
						    .id = "cat_1",
						    .token_hash = BYTES("one"),
						    .token_sealed = BYTES("sealed"),
						    .answer = 200,
						    .created = noon,
						    .expires = wall_add(noon, duration_s(10))};
		struct catcher other = short_lived;
		struct error err = {0};
		int64_t newest;

		other.id = "cat_2";
		other.token_hash = BYTES("two");
		other.expires = wall_add(noon, duration_s(20));
		struct txn *txn = txn_begin(test_store->session, &err);
		ensure(txn && catcher_insert(txn_db(txn), &short_lived, &err) &&
		       catcher_insert(txn_db(txn), &other, &err) && txn_commit(&txn, &err));
		catch_some(test_store, &short_lived, 5);
		catch_some(test_store, &other, 2);
		assert_int_equal(kept(test_store, &short_lived, &newest), KEEP);
		assert_int_equal(newest, 5);
		prune(test_store, wall_add(noon, duration_s(9)));
		assert_int_equal(kept(test_store, &short_lived, &newest), KEEP);
		prune(test_store, wall_add(noon, duration_s(10)));
		assert_int_equal(kept(test_store, &short_lived, &newest), 0);
		assert_int_equal(kept(test_store, &other, &newest), 2);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_are_kept_until_it_expires),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
