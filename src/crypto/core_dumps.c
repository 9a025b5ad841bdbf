/* core_dumps.c – see core_dumps.h. */
#include "crypto/core_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/ensure.h"

void core_dumps_disable(void)
{
	/* Both: a kernel that pipes dumps to a program asks PR_SET_DUMPABLE only (core(5)). */
	ensure(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}) == 0);
	ensure(prctl(PR_SET_DUMPABLE, 0) == 0);
}
