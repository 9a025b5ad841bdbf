/* version.c – see version.h.
 *
 *   "3q2-7wAAQkJCQkJCQkJCQg.a1Zx9_Qb"
 *    └ hash of all hashes    └ two characters of the hash of each part, in the order of the parts'
 * names */
#include "access/version.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/entity_tag.h"
#include "base/json.h"
#include "base/text.h"

#define SHORT 2 /* characters: one of 4,096 changes of a part is not named */

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* *ret_names in their order. */
static size_t names_of(struct arena *arena, json_t *parts, const char ***ret_names)
{
	const char **names = arena_alloc(arena, VERSION_PARTS_MAX * sizeof(*names)), *name;
	size_t count = 0;
	json_t *ignored;

	json_object_foreach(parts, name, ignored)
	{
		ensure(count < VERSION_PARTS_MAX);
		names[count++] = name;
	}
	qsort(names, count, sizeof(*names), name_compare);
	*ret_names = names;
	return count;
}

static void part_mac(const struct context *context, const char *resource, const char *name,
		     json_t *part, unsigned char ret_mac[VERSION_MAC_BYTES])
{
	scoped(json_t) json_t *all = json_pack("[s, s, O]", resource, name, part);
	char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);

	ensure(text);
	keyring_version_mac(context->keyring, (struct bytes){(unsigned char *)text, strlen(text)},
			    ret_mac);
	free(text);
}

static const char *tag_make(const struct context *context, const char *resource, json_t *parts,
			    const char **names, size_t count)
{
	unsigned char macs[VERSION_PARTS_MAX][VERSION_MAC_BYTES], whole[VERSION_MAC_BYTES];
	char shorts[VERSION_PARTS_MAX * SHORT + 1] = "";

	for (size_t i = 0; i < count; i++) {
		part_mac(context, resource, names[i], json_object_get(parts, names[i]), macs[i]);
		memcpy(shorts + i * SHORT, base64url_encode(context->arena, macs[i], 3), SHORT);
	}
	keyring_version_mac(context->keyring, (struct bytes){macs[0], count * VERSION_MAC_BYTES},
			    whole);
	char *text = base64url_encode(context->arena, whole, sizeof(whole));
	text[strcspn(text, "=")] = '\0';
	return arena_printf(context->arena, "%s.%s", text, shorts);
}

json_t *version_of_bytes(const struct context *context, struct bytes stored)
{
	return json_string(stored.data ? hex_encode(context->arena, stored.data, stored.length)
				       : "");
}

void version_tell(const struct context *context, const char *resource, json_t *parts)
{
	const char **names;

	ensure(parts);
	if (context->version) {
		size_t count = names_of(context->arena, parts, &names);
		context->version->tag = tag_make(context, resource, parts, names, count);
	}
	json_decref(parts);
}

/* Where the short hashes begin in a tag that the caller gave and that has as many parts; NULL for
 * another one. */
static const char *shorts_of(const char *tag, size_t length, size_t count)
{
	const size_t wanted = count * SHORT;

	return length > wanted && tag[length - wanted - 1] == '.' ? tag + length - wanted : NULL;
}

/* The members that are no longer as in the first tag of the header: ": url, events", or "". */
static const char *changed_names(struct arena *arena, const char *header, const char *current,
				 const char **names, size_t count)
{
	const char *now = shorts_of(current, strlen(current), count), *tag, *text = "";
	size_t length;
	bool weak;

	if (!entity_tag_next(&header, &tag, &length, &weak))
		return "";
	const char *then = shorts_of(tag, length, count);
	for (size_t i = 0; then && i < count; i++) {
		if (memcmp(now + i * SHORT, then + i * SHORT, SHORT) != 0)
			text = arena_printf(arena, "%s%s%s", text, *text ? ", " : ": ", names[i]);
	}
	return text;
}

static bool conditions_hold(const struct context *context, const char *resource, json_t *parts,
			    struct error *err)
{
	const struct version *version = context->version;
	const char **names;
	const size_t count = names_of(context->arena, parts, &names);
	const char *tag = tag_make(context, resource, parts, names, count);

	if (version->if_match) {
		switch (entity_tags_strong(version->if_match, tag)) {
		case ENTITY_TAGS_MALFORMED:
			return error_set(err, ERROR_INVALID_REQUEST,
					 "If-Match: must be * or a list of entity tags");
		case ENTITY_TAGS_OTHER:
			return error_set(err, ERROR_VERSION_CHANGED, "changed%s",
					 changed_names(context->arena, version->if_match, tag,
						       names, count));
		case ENTITY_TAGS_MATCH:
			break;
		}
	}
	return !version->if_none_match ||
	       entity_tags_weak(version->if_none_match, tag) != ENTITY_TAGS_MATCH ||
	       error_set(err, ERROR_VERSION_CHANGED, "If-None-Match: the resource exists");
}

bool version_check(const struct context *context, const char *resource, json_t *parts,
		   struct error *err)
{
	bool hold = true;

	ensure(parts);
	if (context->version && (context->version->if_match || context->version->if_none_match))
		hold = conditions_hold(context, resource, parts, err);
	json_decref(parts);
	return hold;
}
