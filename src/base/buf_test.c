/* buf_test.c – a buffer grows to its limit, and a refusal changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void what_is_added_is_there(void **state)
{
	struct buf buf;

	buf_init(&buf, 100);
	assert_true(buf_add(&buf, "a\0b", 3));
	assert_true(buf_add_text(&buf, "cd"));
	assert_true(buf_printf(&buf, "%d%s", 12, "e"));
	assert_int_equal(buf_bytes(&buf).length, 8);
	assert_memory_equal(buf_bytes(&buf).data, "a\0bcd12e", 9); /* and a NUL */
	buf_done(&buf);
}

static void it_grows_past_its_first_room(void **state)
{
	struct buf buf;

	buf_init(&buf, 100000);
	for (int i = 0; i < 10000; i++)
		assert_true(buf_printf(&buf, "%04d", i));
	assert_int_equal(buf.length, 40000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(
			strtol((char[5]){(char)buf.data[i * 4], (char)buf.data[i * 4 + 1],
					 (char)buf.data[i * 4 + 2], (char)buf.data[i * 4 + 3], 0},
			       NULL, 10),
			i);
	buf_done(&buf);
}

static void the_limit_is_the_last_byte(void **state)
{
	struct buf buf;

	buf_init(&buf, 10);
	assert_true(buf_add(&buf, "0123456", 7));
	assert_false(buf_add(&buf, "789x", 4));
	assert_false(buf_add_text(&buf, "789x"));
	assert_false(buf_printf(&buf, "%s", "789x"));
	assert_false(buf_add(&buf, "", SIZE_MAX)); /* refused before it is read */
	assert_string_equal((const char *)buf.data, "0123456");
	assert_true(buf_add(&buf, "789", 3));
	assert_false(buf_add(&buf, "x", 1));
	assert_true(buf_add(&buf, "", 0));
	assert_string_equal((const char *)buf.data, "0123456789");
	buf_done(&buf);
}

static void a_limit_of_nothing_takes_nothing(void **state)
{
	struct buf buf;

	buf_init(&buf, 0);
	assert_false(buf_add(&buf, "x", 1));
	assert_true(buf_add(&buf, NULL, 0));
	buf_done(&buf);
}

static void take_gives_the_storage(void **state)
{
	struct buf buf;
	size_t length = 7;

	buf_init(&buf, 10);
	assert_null(buf_take(&buf, &length));
	assert_int_equal(length, 0);
	assert_true(buf_add(&buf, "", 0));
	assert_null(buf_take(&buf, &length)); /* empty is NULL, whatever room was made */

	assert_true(buf_add(&buf, "abc", 3));
	unsigned char *taken = buf_take(&buf, &length);
	assert_int_equal(length, 3);
	assert_string_equal((const char *)taken, "abc");
	assert_int_equal(buf.length, 0);
	assert_true(buf_add(&buf, "0123456789", 10)); /* the limit stays */
	assert_false(buf_add(&buf, "x", 1));
	free(taken);
	buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_is_there),
		cmocka_unit_test(it_grows_past_its_first_room),
		cmocka_unit_test(the_limit_is_the_last_byte),
		cmocka_unit_test(a_limit_of_nothing_takes_nothing),
		cmocka_unit_test(take_gives_the_storage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
