/* delivery_log_test.c – the log answers what is asked, by whichever index it looks, and says how
 * far back it looked; on each engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "store/db.h"
#include "store/delivery_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define PAGE 10
#define HOUR_US 3600000000

static const struct wall_time noon = {1700000000000000};

static void run_text(struct test_store *test_store, const char *const *statements, size_t count,
		     int64_t number)
{
	struct error err = {0};
	struct txn *txn = txn_begin(test_store->session, &err);

	ensure(txn);
	for (size_t i = 0; i < count; i++) {
		if (!db_run(txn_db(txn), statements[i], ARGS(arg_int(number)), NULL, &err))
			fail_msg("%s", err.technical);
	}
	ensure(txn_commit(&txn, &err));
}

/* Events 1 to $1, an hour apart; of three packages and two types. One delivery of each to ep_1, one
 * of the even ones to ep_2. Of four, one has failed (a time-out, then 503 and 503), one is pending,
 * two are delivered; the log of another account has as much. */
#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
#define EVENTS(account) \
	NUMBERS "INSERT INTO event (account, sequence, id, type, package, session_user_id, " \
		"created_us) SELECT '" account "', i, 'evt_' || i, CASE WHEN i % 2 = 0 " \
		"THEN 'PACKAGE_TRASH' ELSE 'PACKAGE_CREATE' END, 'p' || (i % 3), 'u', " \
		"1700000000000000 + i * 3600000000 FROM n"
#define DELIVERIES(account, endpoint, which) \
	NUMBERS "INSERT INTO delivery (account, sequence, endpoint, lane, state, attempts, " \
		"finished_us) SELECT '" account "', i, '" endpoint "', 'p' || (i % 3), " \
		"CASE i % 4 WHEN 0 THEN 2 WHEN 1 THEN 0 ELSE 1 END, " \
		"CASE i % 4 WHEN 0 THEN 3 WHEN 1 THEN 0 ELSE 1 END, 0 FROM n WHERE " which
#define ATTEMPTS(account, number, status, error, which) \
	NUMBERS "INSERT INTO attempt (account, sequence, endpoint, number, started_us, took_us, " \
		"address, http_status, error_class, reply_start) SELECT '" account \
		"', i, 'ep_1', " number ", 0, 0, '', " status ", '" error \
		"', '' FROM n WHERE " which
#define LOG_OF(account) \
	EVENTS(account), DELIVERIES(account, "ep_1", "1 = 1"), \
		DELIVERIES(account, "ep_2", "i % 2 = 0"), \
		ATTEMPTS(account, "1", "0", "TIMEOUT", "i % 4 = 0"), \
		ATTEMPTS(account, "2", "503", "", "i % 4 = 0"), \
		ATTEMPTS(account, "3", "503", "", "i % 4 = 0"), \
		ATTEMPTS(account, "1", "200", "", "i % 4 IN (2, 3)")
/* $1 is not needed, and stands where it changes nothing. */
#define TEXTS \
	"INSERT INTO package (account, id, owner, type, status, trashed, visibility, name, " \
	"description, created_us, updated_us, due_us, completed_us, version, body, search_text, " \
	"search_version, people_text) VALUES ('" ACCOUNT "', 'p0', 'u', 'PACKAGE', 'SENT', 0, " \
	"'ACCOUNT', 'n', '', 0, 0, 0, 0, $1, '{}', 'la mi\xc3\xa8te', $1, 'zo\xc3\xab@bank.example')", \
		"UPDATE event SET extra = '{\"reason\":\"a \\\"b_\\\\\",\"x\":\"y\"}' " \
		"WHERE account = '" ACCOUNT "' AND sequence = 7 AND hops < $1"
static const char *const log_statements[] = {LOG_OF(ACCOUNT), LOG_OF("account00002"), TEXTS};

#define ANY .state = -1, .http_status = -1
#define IN_STATE(which) .state = (which), .http_status = -1
#define WITH_STATUS(status) .state = -1, .http_status = (status)
static const struct {
	const char *what;
	struct delivery_filter filter;
	const char *expected; /* the page: numbers and the endpoints' last characters */
	int64_t total;
} searches[] = {
	{"all", {ANY}, "12.2 12.1 11.1 10.2 10.1 9.1 8.2 8.1 7.1 6.2", 18},
	{"a page", {ANY, .offset = 15}, "2.2 2.1 1.1", 18},
	{"a package", {ANY, .package = "p0"}, "12.2 12.1 9.1 6.2 6.1 3.1", 6},
	{"an event", {ANY, .event_id = "evt_6"}, "6.2 6.1", 2},
	{"a delivery", {ANY, .event_id = "evt_6", .endpoint = "ep_2"}, "6.2", 1},
	{"an event of another package", {ANY, .event_id = "evt_6", .package = "p1"}, "", 0},
	{"a type", {ANY, .types = ",PACKAGE_CREATE,"}, "11.1 9.1 7.1 5.1 3.1 1.1", 6},
	{"an endpoint", {ANY, .endpoint = "ep_2"}, "12.2 10.2 8.2 6.2 4.2 2.2", 6},
	{"failed", {IN_STATE(DELIVERY_FAILED)}, "12.2 12.1 8.2 8.1 4.2 4.1", 6},
	{"failed at an endpoint",
	 {IN_STATE(DELIVERY_FAILED), .endpoint = "ep_1"},
	 "12.1 8.1 4.1",
	 3},
	{"failed of a package", {IN_STATE(DELIVERY_FAILED), .package = "p2"}, "8.2 8.1", 2},
	{"pending", {IN_STATE(DELIVERY_PENDING)}, "9.1 5.1 1.1", 3},
	{"pending at an endpoint", {IN_STATE(DELIVERY_PENDING), .endpoint = "ep_2"}, "", 0},
	{"an error", {ANY, .error_class = "TIMEOUT"}, "12.1 8.1 4.1", 3},
	{"an error there never was", {ANY, .error_class = "TLS"}, "", 0},
	{"a status, once for all its attempts", {WITH_STATUS(503)}, "12.1 8.1 4.1", 3},
	{"a status and a package", {WITH_STATUS(503), .package = "p0"}, "12.1", 1},
	{"a success", {WITH_STATUS(200), .endpoint = "ep_1"}, "11.1 10.1 7.1 6.1 3.1 2.1", 6},
	{"an error with a status", {WITH_STATUS(503), .error_class = "TIMEOUT"}, "", 0},
	{"two types, of which there is one",
	 {ANY, .types = ",X,PACKAGE_TRASH,", .package = "p1"},
	 "10.2 10.1 4.2 4.1",
	 4},
	{"statuses", {.state = -1, .http_status = 500, .http_through = 599}, "12.1 8.1 4.1", 3},
	{"statuses of successes",
	 {.state = -1, .http_status = 200, .http_through = 299, .package = "p0"},
	 "6.1 3.1",
	 2},
	{"any error", {ANY, .error_class = "*"}, "12.1 8.1 4.1", 3},
	{"never tried", {ANY, .error_class = DELIVERY_NOT_ATTEMPTED, .package = "p0"}, "9.1", 1},
	{"failing", {ANY, .failing = true}, "12.2 12.1 8.2 8.1 4.2 4.1", 6},
	{"failing, by the last attempt", {WITH_STATUS(503), .failing = true}, "12.1 8.1 4.1", 3},
	{"failing, but not by an earlier one",
	 {ANY, .failing = true, .error_class = "TIMEOUT"},
	 "",
	 0},
	{"over", {IN_STATE(DELIVERY_OVER), .package = "p0"}, "12.2 12.1 6.2 6.1 3.1", 5},
	{"a phase there never was", {ANY, .phase = "TLS"}, "", 0},
	{"a user of the payload",
	 {ANY, .member = "sessionUser", .value = "U", .package = "p2", .endpoint = "ep_1"},
	 "11.1 8.1 5.1 2.1",
	 4},
	{"another user", {ANY, .member = "sessionUser", .value = "%"}, "", 0},
	{"a member of the payload", {ANY, .member = "reason", .value = "a \"b_\\"}, "7.1", 1},
	{"the same text of another member", {ANY, .member = "eason", .value = "a \"b_\\"}, "", 0},
	{"numbers", {ANY, .low = 3, .high = 4}, "4.2 4.1 3.1", 3},
	{"a transaction", {ANY, .transaction = "MIÈTE"}, "12.2 12.1 9.1 6.2 6.1 3.1", 6},
	{"a signer", {ANY, .person = "zo\xc3\xab@", .endpoint = "ep_2"}, "12.2 6.2", 2},
	{"a signer that is a sign of LIKE", {ANY, .person = "_"}, "", 0},
	{"since", {ANY, .since = {1700000000000000 + 11 * HOUR_US}}, "12.2 12.1 11.1", 3},
	{"until", {ANY, .until = {1700000000000000 + 3 * HOUR_US}}, "2.2 2.1 1.1", 3},
	{"failed until",
	 {IN_STATE(DELIVERY_FAILED), .until = {1700000000000000 + 8 * HOUR_US}},
	 "4.2 4.1",
	 2},
};

static void search(struct test_store *test_store, struct arena *arena,
		   struct delivery_filter filter, struct delivery_page *ret_page)
{
	struct error err = {0};

	filter.account = ACCOUNT;
	filter.limit = PAGE;
	if (!delivery_search(session_db(test_store->session), arena, &filter, ret_page, &err))
		fail_msg("%s", err.technical);
}

static const char *page_text(struct arena *arena, const struct delivery_page *page)
{
	const char *text = "";

	for (size_t i = 0; i < page->count; i++)
		text = arena_printf(arena, "%s%s%lld.%s", text, i ? " " : "",
				    (long long)page->list[i].event.sequence,
				    page->list[i].endpoint + strlen("ep_"));
	return text;
}

static void each_search_finds_what_it_names(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = test_store_open(engine, NULL);
		run_text(test_store, log_statements, ARRAY_SIZE(log_statements), 12);
		for (size_t i = 0; i < ARRAY_SIZE(searches); i++) {
			struct delivery_page page;
			search(test_store, arena, searches[i].filter, &page);
			const char *found = page_text(arena, &page);
			if (strcmp(found, searches[i].expected) != 0 ||
			    page.total != searches[i].total)
				fail_msg("%s: %lld, `%s`", searches[i].what, (long long)page.total,
					 found);
			assert_int_equal(page.looked_back_to.us, 0);
		}
		test_store_close(test_store);
	}
}

/* In parts of any length, also when the cut is between two deliveries of an event. */
static const char *walked(struct test_store *test_store, struct arena *arena, int64_t limit)
{
	struct delivery_filter filter = {ANY, .account = ACCOUNT, .high = 12, .limit = limit};
	const char *after = "", *text = "";
	struct error err = {0};

	while (filter.low <= 12) {
		struct delivery_step *steps;
		size_t count;
		if (!delivery_walk(session_db(test_store->session), arena, &filter, after, &steps,
				   &count, &filter.low, &after, &err))
			fail_msg("%s", err.technical);
		for (size_t i = 0; i < count; i++)
			text = arena_printf(arena, "%s%lld.%s ", text,
					    (long long)steps[i].event.sequence,
					    steps[i].endpoint + strlen("ep_"));
	}
	return text;
}

static void a_walk_comes_to_each_once_and_in_order(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = test_store_open(engine, NULL);
		run_text(test_store, log_statements, ARRAY_SIZE(log_statements), 12);
		for (int64_t limit = 1; limit < 20; limit++)
			assert_string_equal(walked(test_store, arena, limit),
					    "1.1 2.1 2.2 3.1 4.1 4.2 5.1 6.1 6.2 7.1 8.1 8.2 9.1 "
					    "10.1 10.2 11.1 12.1 12.2 ");
		test_store_close(test_store);
	}
}

static void failures_are_grouped_by_their_last_attempt(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = test_store_open(engine, NULL);
		const struct delivery_filter filter = {ANY, .account = ACCOUNT};
		struct failure_groups groups;
		struct error err = {0};
		run_text(test_store, log_statements, ARRAY_SIZE(log_statements), 12);
		if (!delivery_failures(session_db(test_store->session), arena, &filter, &groups,
				       &err))
			fail_msg("%s", err.technical);
		assert_int_equal(groups.count, 2);
		const struct failure_group *first = &groups.list[0];
		assert_string_equal(first->endpoint, "ep_1");
		assert_int_equal(first->http_status, 503);
		assert_int_equal(first->count, 3);
		assert_string_equal(first->event_id, "evt_12");
		assert_string_equal(groups.list[1].endpoint, "ep_2"); /* has no rows of attempts */
		assert_string_equal(groups.list[1].error_class, DELIVERY_NOT_ATTEMPTED);
		test_store_close(test_store);
	}
}

/* One that goes on where the other ended. */
static void a_search_looks_at_so_many_and_says_so(void **state)
{
	static const char *const statements[] = {EVENTS(ACCOUNT),
						 DELIVERIES(ACCOUNT, "ep_1", "1 = 1")};

	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct test_store *test_store = test_store_open(engine, NULL);
		struct delivery_page page;
		run_text(test_store, statements, ARRAY_SIZE(statements), DELIVERY_SEARCH_MAX + 10);
		search(test_store, arena, (struct delivery_filter){ANY}, &page);
		assert_int_equal(page.total, DELIVERY_SEARCH_MAX + 1); /* the last one is whole */
		assert_int_equal(page.list[0].event.sequence, DELIVERY_SEARCH_MAX + 10);
		assert_int_equal(page.looked_back_to.us, noon.us + 10 * HOUR_US);
		search(test_store, arena,
		       (struct delivery_filter){ANY, .until = page.looked_back_to}, &page);
		assert_int_equal(page.total, 9);
		assert_int_equal(page.looked_back_to.us, 0);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_search_finds_what_it_names),
		cmocka_unit_test(a_walk_comes_to_each_once_and_in_order),
		cmocka_unit_test(failures_are_grouped_by_their_last_attempt),
		cmocka_unit_test(a_search_looks_at_so_many_and_says_so),
	};
	return cmocka_run_group_tests_name("store/delivery_log", tests, NULL, NULL);
}
