/* fuzz_shape.c – a body through a shape with members of every kind. Stresses counts, nesting, paths
 * in errors; what is read is written as text and as a tree, and these are the same, and are read
 * again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/shape_read.h"
#include "base/shape_write.h"
#include "base/test_shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer_can_be_sent_back(struct arena *arena, const struct sample *sample)
{
	struct sample again = {0};
	struct error err = {0};
	struct buf buf;

	scoped(json_t) json_t *tree = shape_to_json(&sample_shape, sample);
	buf_init(&buf, SIZE_MAX / 4);
	ensure(shape_write(&buf, &sample_shape, sample));
	scoped(json_t) json_t *text = json_decode_object(buf_bytes(&buf), &err);
	ensure(text && json_equal(text, tree));
	buf_done(&buf);
	shape_default(&closed_sample_shape, &again);
	ensure(shape_read(&closed_sample_shape, arena, tree, NULL, &again, &err));
	scoped(json_t) json_t *same = shape_to_json(&sample_shape, &again);
	ensure(json_equal(same, tree));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sample sample = {0};
	struct error err = {0};

	scoped(json_t) json_t *body = json_decode((struct bytes){data, size}, &err);
	if (!body)
		return 0;
	struct arena *arena = arena_new();
	shape_default(&sample_shape, &sample);
	if (shape_read(&sample_shape, arena, body, NULL, &sample, &err))
		answer_can_be_sent_back(arena, &sample);
	else
		ensure(err.code == ERROR_INVALID_FIELD || err.code == ERROR_MISSING_FIELD);
	arena_free(arena);
	return 0;
}
