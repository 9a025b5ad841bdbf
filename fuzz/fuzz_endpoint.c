/* fuzz_endpoint.c – an endpoint as clients send it, in each of its shapes, without a store.
 * Stresses texts of every member, numbers out of range, certificates, filters, keys that hold JSON
 * in base64; what is accepted must come back out of the store as it went in. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "notify/filter.h"
#include "notify/refresh_key.h"
#include "notify/registration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void options_survive(struct arena *arena, const struct endpoint_options *options)
{
	const char *text = endpoint_options_text(arena, options);
	struct endpoint_options loaded;

	endpoint_options_load(arena, text, &loaded);
	ensure(strcmp(endpoint_options_text(arena, &loaded), text) == 0);
}

static void filter_answers(const char *filter, const char *package)
{
	const struct event_context context = {.sender = "owner0000001", .package = package};

	if (*filter)
		(void)filter_matches(filter, &context);
}

static void shape_read(const json_t *body, enum registration_shape shape, const char *package)
{
	struct registration registration;
	struct error err = {0};

	scoped(arena) struct arena *arena = arena_new();
	if (!registration_read(arena, body, shape, &registration, &err)) {
		ensure(err.code != ERROR_NONE);
		return;
	}
	ensure(registration.type_count <= EVENT_TYPE_COUNT);
	if (shape == REGISTRATION_ENDPOINT)
		options_survive(arena, &registration.options);
	if (shape == REGISTRATION_ENDPOINT)
		filter_answers(registration.options.filter, package);
	if (registration.key && !refresh_key_check(arena, registration.key, &err))
		ensure(err.code != ERROR_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	struct error err = {0};

	if (!started)
		crypto_start();
	started = true;
	scoped(json_t) json_t *body = json_decode_object((struct bytes){data, size}, &err);
	if (!body)
		return 0;
	char *package = json_encode(body, NULL);
	for (int shape = REGISTRATION_CALLBACK; shape <= REGISTRATION_ENDPOINT; shape++)
		shape_read(body, (enum registration_shape)shape, package);
	free(package);
	return 0;
}
