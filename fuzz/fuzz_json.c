/* fuzz_json.c – request bodies: any bytes as UTF-8 or UTF-16LE JSON. Stresses the depth check, the
 * transcoding and that errors never quote the input. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {0};
	json_t *value = json_decode((struct bytes){data, size}, &err);

	if (!value) {
		ensure(err.code == ERROR_INVALID_JSON);
		return 0;
	}
	/* What was read can be written and read again. */
	size_t length;
	char *text = json_encode(value, &length);
	json_t *again = json_decode((struct bytes){(const unsigned char *)text, length}, &err);
	ensure(again && json_equal(value, again));
	json_decref(again);
	json_decref(value);
	free(text);
	return 0;
}
