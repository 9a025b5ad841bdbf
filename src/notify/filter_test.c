/* filter_test.c – which events a filter lets through, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "notify/filter.h"

#define ANN "{\"senders\":[\"ann\",\"bob\"]}"
#define EUROPE "{\"attributes\":{\"region\":[\"EU\",\"CH\"]}}"
#define EUROPE_VIP "{\"attributes\":{\"region\":[\"EU\"],\"vip\":[\"true\"]}}"
#define ANN_IN_EUROPE "{\"senders\":[\"ann\"],\"attributes\":{\"region\":[\"EU\"]}}"
#define LEVEL "{\"attributes\":{\"level\":[\"3\",\"-4\"]}}"

static const struct {
	const char *filter, *sender, *package;
	bool passes;
} rows[] = {
	{"{}", NULL, NULL, true},
	{ANN, "ann", NULL, true},
	{ANN, "bob", "{}", true},
	{ANN, "eve", "{}", false},
	{ANN, "an", "{}", false},
	{ANN, NULL, "{}", false},
	{EUROPE, "ann", "{\"data\":{\"region\":\"EU\"}}", true},
	{EUROPE, NULL, "{\"data\":{\"region\":\"CH\",\"more\":{}}}", true},
	{EUROPE, "ann", "{\"data\":{\"region\":\"eu\"}}", false},
	{EUROPE, "ann", "{\"data\":{\"region\":[\"EU\"]}}", false},
	{EUROPE, "ann", "{\"data\":{\"region\":null}}", false},
	{EUROPE, "ann", "{\"data\":{}}", false},
	{EUROPE, "ann", "{\"region\":\"EU\"}", false},
	{EUROPE, "ann", "{\"data\":\"EU\"}", false},
	{EUROPE, "ann", NULL, false},
	{EUROPE_VIP, "ann", "{\"data\":{\"region\":\"EU\",\"vip\":true}}", true},
	{EUROPE_VIP, "ann", "{\"data\":{\"region\":\"EU\",\"vip\":\"true\"}}", true},
	{EUROPE_VIP, "ann", "{\"data\":{\"region\":\"EU\",\"vip\":false}}", false},
	{EUROPE_VIP, "ann", "{\"data\":{\"region\":\"EU\"}}", false},
	{EUROPE_VIP, "ann", "{\"data\":{\"vip\":true}}", false},
	{ANN_IN_EUROPE, "ann", "{\"data\":{\"region\":\"EU\"}}", true},
	{ANN_IN_EUROPE, "bob", "{\"data\":{\"region\":\"EU\"}}", false},
	{ANN_IN_EUROPE, "ann", "{\"data\":{\"region\":\"US\"}}", false},
	{LEVEL, NULL, "{\"data\":{\"level\":3}}", true},
	{LEVEL, NULL, "{\"data\":{\"level\":\"3\"}}", true},
	{LEVEL, NULL, "{\"data\":{\"level\":-4}}", true},
	{LEVEL, NULL, "{\"data\":{\"level\":3.0}}", true},
	{LEVEL, NULL, "{\"data\":{\"level\":3.5}}", false},
	{LEVEL, NULL, "{\"data\":{\"level\":33}}", false},
};

static void each_row(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct event_context context = {rows[i].sender, rows[i].package};
		if (filter_matches(rows[i].filter, &context) != rows[i].passes)
			fail_msg("%s, %s, %s", rows[i].filter,
				 rows[i].sender ? rows[i].sender : "nobody",
				 rows[i].package ? rows[i].package : "no package");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_row)};

	return cmocka_run_group_tests_name("notify/filter", tests, NULL, NULL);
}
