/* arena.h – memory that dies together: one per HTTP request and per delivery attempt.
 *
 * Small fixed allocations that fail stop the process (ensure.h). A size a stranger chose is checked
 * against a named limit before it comes here, and asked for with arena_try_alloc. Not thread-safe: an arena has one user at a
 * time and may be handed over by value with the thing that owns it. */
#ifndef GREFFIER_BASE_ARENA_H
#define GREFFIER_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

struct arena;

struct arena *arena_new(void);
/* Wipes what it held before it gives it back: requests carry secrets. NULL is fine. */
void arena_free(struct arena *arena);
DEFINE_SCOPED(arena, arena_free)

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
/* The same for a size a stranger chose: NULL, and the arena is short, when there is no memory. */
void *arena_try_alloc(struct arena *arena, size_t size);
/* A copy, and a NUL behind it, of what a stranger chose the length of. NULL as above. */
void *arena_try_memdup(struct arena *arena, const void *data, size_t length);
/* Whether arena_try_alloc has ever failed: then a failure of its user is ERROR_NO_MEMORY, whatever it says. */
bool arena_is_short(const struct arena *arena);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length); /* adds the NUL */
void *arena_memdup(struct arena *arena, const void *data, size_t length);  /* adds a NUL as well */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

#endif
