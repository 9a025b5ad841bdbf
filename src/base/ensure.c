/* ensure.c – the last words of a process that found a mistake of ours. */
#include "base/ensure.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn void ensure_failed(const char *file, int line, const char *function, const char *claim)
{
	/* dprintf: no buffer, no lock that the failing thread may hold. */
	dprintf(STDERR_FILENO, "%s:%d: %s: this must hold and does not: %s\n", file, line, function,
		claim);
	abort();
}
