/* arena.c – blocks in a list; the newest one is filled from the front. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/memory.h"

#define BLOCK_SIZE 4096 /* most requests need one */

struct block {
	struct block *older;
	size_t size, used;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *newest;
	bool is_short;
};

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	ensure(arena);
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->newest, *older; block; block = older) {
		older = block->older;
		explicit_bzero(block->data, block->used);
		free(block);
	}
	free(arena);
}

static struct block *block_add(struct arena *arena, struct block *block, size_t room)
{
	block->size = room;
	block->used = 0;
	block->older = arena->newest;
	arena->newest = block;
	return block;
}

/* NULL when a block is needed that `get` has not got. */
static void *take(struct arena *arena, size_t size, void *(*get)(size_t size))
{
	const size_t alignment = alignof(max_align_t);
	ensure(size <= SIZE_MAX / 2); /* what is added below cannot wrap around */
	size = (size + alignment - 1) / alignment * alignment;

	struct block *block = arena->newest;
	if (!block || block->size - block->used < size) {
		size_t least = BLOCK_SIZE - sizeof(struct block);
		size_t room = size > least ? size : least;
		struct block *fresh = get(sizeof(*block) + room);
		if (!fresh)
			return NULL;
		block = block_add(arena, fresh, room);
	}
	void *result = block->data + block->used;
	block->used += size;
	return memset(result, 0, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *result = take(arena, size, malloc);

	ensure(result);
	return result;
}

void *arena_try_alloc(struct arena *arena, size_t size)
{
	void *result = take(arena, size, memory_try);

	arena->is_short |= result == NULL;
	return result;
}

bool arena_is_short(const struct arena *arena)
{
	return arena->is_short;
}

void *arena_try_memdup(struct arena *arena, const void *data, size_t length)
{
	unsigned char *copy = arena_try_alloc(arena, length + 1);

	if (copy && length > 0)
		memcpy(copy, data, length);
	return copy;
}

void *arena_memdup(struct arena *arena, const void *data, size_t length)
{
	unsigned char *copy = arena_alloc(arena, length + 1);
	if (length > 0)
		memcpy(copy, data, length);
	return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	return arena_memdup(arena, text, length);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_memdup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;

	ensure(format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	ensure(length >= 0);
	char *text = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}
