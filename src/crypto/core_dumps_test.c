/* core_dumps_test.c – after it, neither a file nor a program gets the memory of this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "crypto/core_dumps.h"

static void nothing_is_dumped(void **state)
{
	struct rlimit limit;

	assert_int_not_equal(prctl(PR_GET_DUMPABLE), 0);
	core_dumps_disable();
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
	assert_int_equal(limit.rlim_max, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_dumped)};
	return cmocka_run_group_tests_name("crypto/core_dumps", tests, NULL, NULL);
}
