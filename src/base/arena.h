/* arena.h – memory that is freed together: one arena per HTTP request and per delivery attempt.
 *
 * A failed small allocation stops the process (ensure.h). A size that comes from outside is
 * first checked against a named limit and then requested with arena_try_alloc, which may fail.
 *
 * Not thread-safe. One user holds an arena at a time and may hand it over together with the
 * object that owns it. */
#ifndef GREFFIER_BASE_ARENA_H
#define GREFFIER_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

struct arena;

struct arena *arena_new(void);
/* Frees the arena and wipes its memory first, because requests carry secrets. NULL is accepted. */
void arena_free(struct arena *arena);
DEFINE_SCOPED(arena, arena_free)

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
/* Allocates a size that comes from outside. Returns zeroed memory aligned for any type. Returns
 * NULL when memory is short; arena_is_short is true from then on. */
void *arena_try_alloc(struct arena *arena, size_t size);
/* Copies data whose length comes from outside and adds a NUL. Returns NULL when memory is short. */
void *arena_try_memdup(struct arena *arena, const void *data, size_t length);
/* True after arena_try_alloc has failed once. The code that used the arena then reports
 * ERROR_NO_MEMORY, whatever other error it saw. */
bool arena_is_short(const struct arena *arena);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length); /* adds the NUL */
void *arena_memdup(struct arena *arena, const void *data, size_t length);  /* adds a NUL as well */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

#endif
