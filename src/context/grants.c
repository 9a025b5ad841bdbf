/* grants.c – the tables, made of the .def files. */
#include "context/grants.h"

#include <string.h>

#include "base/macros.h"

struct word {
	unsigned bits;
	const char *name;
};

static const struct word features[] = {
#define FEATURE(id, bit, name, help) {(bit), name},
#include "context/features.def"
#undef FEATURE
};

static const struct word permissions[] = {
#define PERMISSION(id, name, manager, help) {BIT(PERMISSION_##id), name},
#include "context/permissions.def"
#undef PERMISSION
};

static const struct word scopes[] = {
#define SCOPE(id, name, help) {BIT(SCOPE_##id), name},
#include "context/scopes.def"
#undef SCOPE
};

static const char *const scope_helps[] = {
#define SCOPE(id, name, help) help,
#include "context/scopes.def"
#undef SCOPE
};

static bool words_parse(const struct word *words, size_t count, const char *text,
			const char *member, unsigned *ret_bits, struct error *err)
{
	unsigned bits = 0;

	for (text += strspn(text, ", "); *text; text += strspn(text, ", ")) {
		size_t length = strcspn(text, ", "), i = 0;
		while (i < count && (strlen(words[i].name) != length ||
				     memcmp(words[i].name, text, length) != 0))
			i++;
		if (i == count)
			return error_set(err, ERROR_INVALID_FIELD, "%s: `%.*s` is not known",
					 member, (int)(length < 60 ? length : 60), text);
		bits |= words[i].bits;
		text += length;
	}
	*ret_bits = bits;
	return true;
}

static const char *words_text(struct arena *arena, const struct word *words, size_t count,
			      unsigned bits)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++) {
		if (bits & words[i].bits)
			text = arena_printf(arena, "%s%s%s", text, *text ? " " : "", words[i].name);
	}
	return text;
}

bool features_parse(const char *text, const char *member, unsigned *ret_bits, struct error *err)
{
	return words_parse(features, ARRAY_SIZE(features), text, member, ret_bits, err);
}

bool permissions_parse(const char *text, const char *member, unsigned *ret_bits, struct error *err)
{
	return words_parse(permissions, ARRAY_SIZE(permissions), text, member, ret_bits, err);
}

bool scopes_parse(const char *text, const char *member, unsigned *ret_bits, struct error *err)
{
	return words_parse(scopes, ARRAY_SIZE(scopes), text, member, ret_bits, err);
}

const char *features_text(struct arena *arena, unsigned bits)
{
	return words_text(arena, features, ARRAY_SIZE(features), bits);
}

const char *permissions_text(struct arena *arena, unsigned bits)
{
	return words_text(arena, permissions, ARRAY_SIZE(permissions), bits);
}

const char *scopes_text(struct arena *arena, unsigned bits)
{
	return words_text(arena, scopes, ARRAY_SIZE(scopes), bits);
}

const char *permission_name(enum permission permission)
{
	return permissions[permission].name;
}

const char *scope_name(enum scope scope)
{
	return scopes[scope].name;
}

const char *scope_help(enum scope scope)
{
	return scope_helps[scope];
}

unsigned manager_permissions(void)
{
	unsigned bits = 0;

#define PERMISSION(id, name, manager, help) bits |= (manager) ? BIT(PERMISSION_##id) : 0;
#include "context/permissions.def"
#undef PERMISSION
	return bits;
}

unsigned sender_permissions(void)
{
	return BIT(PERMISSION_TEMPLATES) | BIT(PERMISSION_SAVE_LAYOUTS) |
	       BIT(PERMISSION_APPLY_LAYOUTS);
}
