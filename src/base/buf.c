/* buf.c – a growing byte buffer: doubles, up to its limit. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/memory.h"

#define FIRST_CAPACITY 256

void buf_init(struct buf *buf, size_t limit)
{
	ensure(limit <= SIZE_MAX / 4); /* doubling cannot wrap around */
	*buf = (struct buf){.limit = limit, .is_small = limit <= BUF_SMALL};
}

void buf_done(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){.limit = buf->limit, .is_small = buf->is_small};
}

static bool capacity_set(struct buf *buf, size_t capacity)
{
	unsigned char *data = buf->is_small ? realloc(buf->data, capacity)
					    : memory_try_again(buf->data, capacity);
	if (!data) /* the length came from a stranger */
		return false;
	buf->data = data;
	buf->capacity = capacity;
	return true;
}

/* One byte more than asked, for the NUL. */
static bool room_make(struct buf *buf, size_t length)
{
	if (length > buf->limit - buf->length)
		return false;
	size_t wanted = buf->length + length + 1;
	if (wanted <= buf->capacity)
		return true;
	size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
	while (capacity < wanted)
		capacity *= 2;
	return capacity_set(buf, capacity);
}

bool buf_reserve(struct buf *buf, size_t length)
{
	if (length > buf->limit)
		return false;
	return length < buf->capacity || capacity_set(buf, length + 1);
}

bool buf_add(struct buf *buf, const void *data, size_t length)
{
	if (!room_make(buf, length))
		return false;
	if (length > 0)
		memcpy(buf->data + buf->length, data, length);
	buf->length += length;
	buf->data[buf->length] = '\0';
	return true;
}

bool buf_add_text(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

bool buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	ensure(length >= 0);
	if (!room_make(buf, (size_t)length))
		return false;
	va_start(args, format);
	vsnprintf((char *)buf->data + buf->length, (size_t)length + 1, format, args);
	va_end(args);
	buf->length += (size_t)length;
	return true;
}

struct bytes buf_bytes(const struct buf *buf)
{
	return (struct bytes){buf->data, buf->length};
}

unsigned char *buf_take(struct buf *buf, size_t *ret_length)
{
	unsigned char *data = buf->data;

	if (buf->length == 0) { /* room may have been made for nothing */
		free(data);
		data = NULL;
	}
	*ret_length = buf->length;
	*buf = (struct buf){.limit = buf->limit, .is_small = buf->is_small};
	return data;
}
