/* template.c – see template.h. */
#include "mail/template.h"

#include <string.h>

#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* The value of the name that begins at `at`, behind the dollar sign; NULL: no name, or none that is
 * known. */
static const char *value_at(const char *at, size_t *ret_length, template_lookup lookup, void *arg)
{
	*ret_length = strspn(at, NAME_LETTERS);
	return *ret_length && at[*ret_length] == ';' ? lookup(at, *ret_length, arg) : NULL;
}

static void put(char *out, size_t *length, const char *text, size_t count)
{
	if (out)
		memcpy(out + *length, text, count);
	*length += count;
}

/* Returns the length; writes unless `out` is NULL. Twice over the text, so that no value, which may
 * be a secret, is left behind in a buffer that grew: the arena is wiped. */
static size_t fill_into(char *out, const char *text, template_lookup lookup, void *arg)
{
	size_t length = 0;

	while (*text) {
		size_t plain = strcspn(text, "$"), name = 0;
		const char *value = text[plain] ? value_at(text + plain + 1, &name, lookup, arg)
						: NULL;
		put(out, &length, text, plain);
		text += plain;
		if (value) {
			put(out, &length, value, strlen(value));
			text += name + strlen("$;");
		} else if (*text) {
			put(out, &length, text++, 1);
		}
	}
	return length;
}

const char *template_fill(struct arena *arena, const char *text, template_lookup lookup, void *arg)
{
	size_t length = fill_into(NULL, text, lookup, arg);
	char *filled = arena_alloc(arena, length + 1);

	fill_into(filled, text, lookup, arg);
	filled[length] = '\0';
	return filled;
}
