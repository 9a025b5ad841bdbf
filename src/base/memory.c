/* memory.c – see memory.h. */
#include "base/memory.h"

#include <stdlib.h>

void *memory_try(size_t size)
{
	return malloc(size);
}

void *memory_try_again(void *old, size_t size)
{
	return realloc(old, size);
}
