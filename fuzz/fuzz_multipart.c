/* fuzz_multipart.c – multipart bodies; the first line is the Content-Type. Stresses boundaries at
 * every edge: contents must lie inside the body. */
#include <stdint.h>
#include <string.h>

#include "base/ensure.h"
#include "http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {0};
	struct multipart multipart;
	const uint8_t *line = memchr(data, '\n', size);

	if (!line || memchr(data, 0, (size_t)(line - data)))
		return 0;
	struct arena *arena = arena_new();
	const char *type = arena_strndup(arena, (const char *)data, (size_t)(line - data));
	const struct bytes body = {line + 1, size - (size_t)(line + 1 - data)};
	if (multipart_parse(arena, type, body, &multipart, &err)) {
		for (size_t i = 0; i < multipart.count; i++) {
			const struct multipart_part *part = &multipart.parts[i];
			ensure(part->name && part->content.data >= body.data &&
			       part->content.data + part->content.length <=
				       body.data + body.length);
			ensure(!part->filename || !strchr(part->filename, '/'));
		}
	} else {
		ensure(err.code == ERROR_INVALID_MULTIPART);
	}
	arena_free(arena);
	return 0;
}
