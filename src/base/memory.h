/* memory.h – memory whose size a stranger chose: a body, what is decoded from it, an answer's text. Not to get it is an ordinary
 * error (ERROR_NO_MEMORY), never the end of the process. Small fixed allocations use malloc and ensure.
 *
 * A test lets the Nth call fail by wrapping these two at link time (-Wl,--wrap); a release has nothing of that. */
#ifndef GREFFIER_BASE_MEMORY_H
#define GREFFIER_BASE_MEMORY_H

#include <stddef.h>

/* free() it. NULL when there is none. */
void *memory_try(size_t size);
/* As realloc: `old` (NULL is fine) stays as it is when there is none. */
void *memory_try_again(void *old, size_t size);

/* A copy of a text that has a small limit of its own; free() it. Without memory the process ends. */
char *memory_dup(const char *text);

#endif
