/* package_status_test.c – every move there is, and every one there is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "signing/package_status.h"

/* Rows: from. Columns: to, in the order of the enum. x: forbidden, -: silent, e: raises an event.
 */
static const char *const expected[PACKAGE_STATUS_COUNT] = {
	/*                      D S C A D O E */
	[PACKAGE_DRAFT] = "xexxxxx",	 [PACKAGE_SENT] = "exexeee",
	[PACKAGE_COMPLETED] = "xxxexxx", [PACKAGE_ARCHIVED] = "xxexxxx",
	[PACKAGE_DECLINED] = "-xxxxxx",	 [PACKAGE_OPTED_OUT] = "-xxxxxx",
	[PACKAGE_EXPIRED] = "-xxxxxx",
};

static void the_table_holds(void **state)
{
	for (int from = 0; from < PACKAGE_STATUS_COUNT; from++) {
		for (int to = 0; to < PACKAGE_STATUS_COUNT; to++) {
			const struct package_move *move = package_move_find(
				(enum package_status)from, (enum package_status)to);
			char is = !move ? 'x' : move->raises ? 'e' : '-';
			if (is != expected[from][to])
				fail_msg("from %s to %s: %c",
					 package_status_name((enum package_status)from),
					 package_status_name((enum package_status)to), is);
		}
	}
}

static void events_and_needs_are_the_right_ones(void **state)
{
	assert_int_equal(package_move_find(PACKAGE_DRAFT, PACKAGE_SENT)->event,
			 EVENT_PACKAGE_ACTIVATE);
	assert_int_equal(package_move_find(PACKAGE_SENT, PACKAGE_DRAFT)->event,
			 EVENT_PACKAGE_DEACTIVATE);
	assert_int_equal(package_move_find(PACKAGE_SENT, PACKAGE_DECLINED)->needs,
			 MOVE_NEEDS_COMMENT);
	assert_int_equal(package_move_find(PACKAGE_SENT, PACKAGE_COMPLETED)->needs,
			 MOVE_NEEDS_ALL_SIGNED);
	assert_int_equal(package_move_find(PACKAGE_SENT, PACKAGE_EXPIRED)->needs,
			 MOVE_BY_SYSTEM_ONLY);
	assert_int_equal(package_move_find(PACKAGE_ARCHIVED, PACKAGE_COMPLETED)->event,
			 EVENT_PACKAGE_RESTORE);
}

static void names_are_exact(void **state)
{
	enum package_status status;

	for (int i = 0; i < PACKAGE_STATUS_COUNT; i++) {
		assert_true(
			package_status_find(package_status_name((enum package_status)i), &status));
		assert_int_equal(status, i);
	}
	assert_false(package_status_find("sent", &status));
	assert_false(package_status_find("", &status));
}

static void an_unknown_status_is_told_what_was_meant(void **state)
{
	static const struct {
		const char *name, *said;
	} rows[] = {
		{"SEND", "status: `SEND` is not a status; did you mean `SENT`?"},
		{"declined", "status: `declined` is not a status; did you mean `DECLINED`?"},
		{"FLYING_HIGH", "status: `FLYING_HIGH` is not a status: DRAFT, SENT, COMPLETED, "
				"ARCHIVED, DECLINED, OPTED_OUT or EXPIRED"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum package_status status;
		struct error err = {0};
		assert_false(package_status_read(rows[i].name, &status, &err));
		assert_string_equal(err.technical, rows[i].said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_status_is_told_what_was_meant),
		cmocka_unit_test(the_table_holds),
		cmocka_unit_test(events_and_needs_are_the_right_ones),
		cmocka_unit_test(names_are_exact),
	};
	return cmocka_run_group_tests_name("signing/package_status", tests, NULL, NULL);
}
