/* fuzz_version.c – an If-Match header. Stresses the list of entity tags: what matches strongly
 * matches weakly too, a malformed list matches neither way, the version itself always matches, and
 * a refusal names parts that there are. */
#include <stdint.h>
#include <string.h>

#include "access/version.h"
#include "base/ensure.h"
#include "base/entity_tag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static json_t *parts(void)
{
	return json_pack("{s:s, s:i, s:b}", "url", "https://a.example", "rate", 3, "ordered", 1);
}

static void lists_agree(const char *header, const char *tag)
{
	const enum entity_tags strong = entity_tags_strong(header, tag);
	const enum entity_tags weak = entity_tags_weak(header, tag);

	ensure((strong == ENTITY_TAGS_MALFORMED) == (weak == ENTITY_TAGS_MALFORMED));
	ensure(strong != ENTITY_TAGS_MATCH || weak == ENTITY_TAGS_MATCH);
}

static void refusal_check(const struct context *context, const char *header)
{
	struct error err = {0};

	context->version->if_match = header;
	if (version_check(context, "fuzz", parts(), &err))
		return;
	ensure(err.code == ERROR_VERSION_CHANGED || err.code == ERROR_INVALID_REQUEST);
	ensure(err.code != ERROR_VERSION_CHANGED || strncmp(err.technical, "changed", 7) == 0);
	ensure(strlen(err.technical) < 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char key[32] = {1};
	struct arena *arena = arena_new();
	struct keyring *keyring = keyring_from_key(key);
	struct version version = {0};
	const struct wall_time never = {0};
	struct context context = context_for_clockwork(keyring, NULL, arena, "", never, never);
	context.version = &version;
	const char *header = arena_strndup(arena, (const char *)data, size);
	struct error err = {0};

	version_tell(&context, "fuzz", parts());
	lists_agree(header, version.tag);
	refusal_check(&context, header);
	version.if_match = arena_printf(arena, "\"%s\"", version.tag);
	ensure(version_check(&context, "fuzz", parts(), &err));
	keyring_free(keyring);
	arena_free(arena);
	return 0;
}
