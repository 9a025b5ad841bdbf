/* memory.c – see memory.h. */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

void *memory_try(size_t size)
{
	return malloc(size);
}

void *memory_try_again(void *old, size_t size)
{
	return realloc(old, size);
}

char *memory_dup(const char *text)
{
	char *copy = strdup(text);

	ensure(copy);
	return copy;
}
