/* memory.h – allocation of sizes that come from outside: a body, what is decoded from it, an
 * answer's text.
 *
 * A failed allocation here is an ordinary error (ERROR_NO_MEMORY) and never stops the process.
 * Small fixed allocations use malloc and ensure. Tests make the Nth call fail by wrapping these
 * functions at link time (-Wl,--wrap); a release contains nothing of that. */
#ifndef GREFFIER_BASE_MEMORY_H
#define GREFFIER_BASE_MEMORY_H

#include <stddef.h>

/* Allocates `size` bytes; the caller calls free(). Returns NULL when memory is short. */
void *memory_try(size_t size);
/* Like realloc; `old` may be NULL. Returns NULL and leaves `old` valid when memory is short. */
void *memory_try_again(void *old, size_t size);

/* Copies a text that has a small limit; the caller calls free(). Stops the process when memory
 * is short. */
char *memory_dup(const char *text);

#endif
