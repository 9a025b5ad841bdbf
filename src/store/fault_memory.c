/* fault_memory.c – lets the Nth call for memory of a stranger's size fail (base/memory.h), in tests
 * that are linked with -Wl,--wrap=memory_try,--wrap=memory_try_again. */
#include <stddef.h>

#include "store/fault_driver.h"

void *__real_memory_try(size_t size);
void *__real_memory_try_again(void *old, size_t size);
void *__wrap_memory_try(size_t size);
void *__wrap_memory_try_again(void *old, size_t size);

void *__wrap_memory_try(size_t size)
{
	return fault_memory_is_due() ? NULL : __real_memory_try(size);
}

void *__wrap_memory_try_again(void *old, size_t size)
{
	return fault_memory_is_due() ? NULL : __real_memory_try_again(old, size);
}
