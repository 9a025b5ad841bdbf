/* search_text_test.c – names are found in any case on both engines, also those that a node of
 * version 0.3 has written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "store/db.h"
#include "store/package_store.h"
#include "store/search_text.h"
#include "store/test_store.h"
#include "store/user_store.h"

#define ACCOUNT "account00001"

static void run(struct test_store *store, const char *sql)
{
	struct error err = {0};

	scoped(txn) struct txn *txn = txn_begin(store->session, &err);
	if (!txn || !db_run(txn_db(txn), sql, NO_ARGS, NULL, &err) || !txn_commit(&txn, &err))
		fail_msg("%s: %s", sql, err.technical);
}

static void package_add(struct test_store *store, const char *id, const char *name,
			const char *description)
{
	scoped(arena) struct arena *arena = arena_new();
	struct error err = {0};
	const struct package_record record = {
		.account = ACCOUNT,
		.id = id,
		.owner = ACCOUNT,
		.type = "PACKAGE",
		.status = "DRAFT",
		.visibility = "ACCOUNT",
		.name = name,
		.description = description,
		.search = search_text_make(arena, name, description),
		.people = "",
		.created = {1},
		.updated = {1},
		.version = 1,
		.members = "{}",
		.whole = "",
	};
	scoped(txn) struct txn *txn = txn_begin(store->session, &err);
	if (!txn || !package_insert(txn_db(txn), &record, &err) || !txn_commit(&txn, &err))
		fail_msg("%s", err.technical);
}

static int64_t packages_found(struct test_store *store, const char *search, bool exact)
{
	scoped(arena) struct arena *arena = arena_new();
	const struct package_filter filter = {
		.account = ACCOUNT, .search = search, .search_exact = exact, .limit = 10};
	struct package_found *packages;
	struct error err = {0};
	size_t count;
	int64_t total;

	if (!package_list(session_db(store->session), arena, &filter, 0, &packages, &count, &total,
			  &err))
		fail_msg("%s", err.technical);
	return total;
}

static int64_t users_found(struct test_store *store, const char *search)
{
	scoped(arena) struct arena *arena = arena_new();
	const struct user_filter filter = {.account = ACCOUNT, .search = search, .limit = 10};
	struct user *users;
	struct error err = {0};
	size_t count;
	int64_t total;

	if (!user_list(session_db(store->session), arena, &filter, &users, &count, &total, &err))
		fail_msg("%s", err.technical);
	return total;
}

static void fill(struct test_store *store)
{
	struct error err = {0};
	bool more = true;

	while (more) {
		if (!search_texts_fill(store->session, &more, &err))
			fail_msg("%s", err.technical);
	}
}

static void names_are_found_in_any_case(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *store = test_store_open(engine, NULL);
		test_store_add_account(store, ACCOUNT);
		package_add(store, "p1", "École 100%", "Straße der Ärzte");
		package_add(store, "p2", "ΑΘΗΝΑ", "");
		assert_int_equal(packages_found(store, "école", false), 1);
		assert_int_equal(packages_found(store, "COLE 100%", false), 1);
		assert_int_equal(packages_found(store, "100_", false), 0);
		assert_int_equal(packages_found(store, "STRASSE DER ÄRZTE", false), 1);
		assert_int_equal(packages_found(store, "αθηνα", true), 1);
		assert_int_equal(packages_found(store, "αθην", true), 0);
		assert_int_equal(packages_found(store,
						"e\xcc\x81"
						"cole 100%",
						true),
				 1);
		assert_int_equal(packages_found(store, "Straße der Ärzte", true), 0);
		assert_int_equal(packages_found(store, "ecole", false), 0);
		test_store_close(store);
	}
}

/* Rows that were there before the migration, and those that an old node writes beside this one. */
static void rows_of_the_version_before_are_found(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *store = test_store_open(engine, NULL);
		test_store_add_account(store, ACCOUNT);
		for (int i = 0; i < 250; i++) {
			char id[16];
			snprintf(id, sizeof(id), "p%d", i);
			package_add(store, id, "Later", "");
		}
		run(store, "UPDATE package SET name = 'École', version = version + 1");
		run(store, "UPDATE app_user SET first_name = 'Élise', last_name = 'Ångström'");
		assert_int_equal(packages_found(store, "cole", true), 0);
		assert_int_equal(packages_found(store, "COLE", false),
				 250); /* as that version did */
		assert_int_equal(packages_found(store, "later", false), 0);
		fill(store);
		assert_int_equal(packages_found(store, "ÉCOLE", true), 250);
		assert_int_equal(users_found(store, "éLISE ÅNGSTRÖM"), 1);
		run(store, "UPDATE app_user SET last_name = 'Lee'");
		assert_int_equal(users_found(store, "LEE"), 1);
		test_store_close(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_in_any_case),
		cmocka_unit_test(rows_of_the_version_before_are_found),
	};
	return cmocka_run_group_tests_name("store/search_text", tests, NULL, NULL);
}
