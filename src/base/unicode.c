/* unicode.c – see unicode.h. */
#include "base/unicode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/ensure.h"

static bool is_ascii(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

/* libunistring allocates what it returns. */
static char *taken(struct arena *arena, uint8_t *made, size_t length)
{
	ensure(made || length == 0);
	char *text = arena_strndup(arena, (const char *)made, length);
	free(made);
	return text;
}

static char *normalize(struct arena *arena, uninorm_t form, const char *text)
{
	size_t length = 0;
	uint8_t *made = u8_normalize(form, (const uint8_t *)text, strlen(text), NULL, &length);

	return taken(arena, made, length);
}

char *unicode_compose(struct arena *arena, const char *text)
{
	return is_ascii(text) ? arena_strdup(arena, text) : normalize(arena, UNINORM_NFC, text);
}

static char *ascii_fold(struct arena *arena, const char *text)
{
	char *folded = arena_strdup(arena, text);

	for (char *c = folded; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	return folded;
}

char *unicode_fold(struct arena *arena, const char *text)
{
	size_t length = 0;

	if (is_ascii(text))
		return ascii_fold(arena, text);
	/* No language: a text is folded in the same way for all users. */
	uint8_t *made = u8_casefold((const uint8_t *)text, strlen(text), NULL, UNINORM_NFKC, NULL,
				    &length);
	return taken(arena, made, length);
}

char *unicode_skeleton(struct arena *arena, const char *text)
{
	const char *apart = normalize(arena, UNINORM_NFKD, unicode_fold(arena, text));
	const uint8_t *in = (const uint8_t *)apart, *end = in + strlen(apart);
	char *kept = arena_alloc(arena, strlen(apart) + 1);
	size_t used = 0;

	while (in < end) {
		ucs4_t point;
		const int length = u8_mbtouc(&point, in, (size_t)(end - in));
		if (uc_is_general_category_withtable(point,
						     UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N)) {
			memcpy(kept + used, in, (size_t)length);
			used += (size_t)length;
		}
		in += length;
	}
	return kept;
}
