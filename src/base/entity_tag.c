/* entity_tag.c – see entity_tag.h. */
#include "base/entity_tag.h"

#include <string.h>

#define BETWEEN " \t,"

/* etagc = %x21 / %x23-7E / obs-text */
static bool is_tag_character(unsigned char c)
{
	return c == 0x21 || (c >= 0x23 && c != 0x7F);
}

bool entity_tag_next(const char **cursor, const char **ret_tag, size_t *ret_length, bool *ret_weak)
{
	const char *at = *cursor + strspn(*cursor, BETWEEN);

	*cursor = at;
	*ret_weak = strncmp(at, "W/", 2) == 0; /* in capitals only */
	at += *ret_weak ? 2 : 0;
	if (*at++ != '"')
		return false;
	*ret_tag = at;
	while (is_tag_character((unsigned char)*at))
		at++;
	*ret_length = (size_t)(at - *ret_tag);
	if (*at++ != '"')
		return false;
	at += strspn(at, " \t");
	if (*at && *at != ',')
		return false;
	*cursor = at;
	return true;
}

static bool is_star(const char *header)
{
	header += strspn(header, " \t");
	return *header == '*' && header[1 + strspn(header + 1, " \t")] == '\0';
}

static enum entity_tags find(const char *header, const char *wanted, bool weakly)
{
	enum entity_tags found = ENTITY_TAGS_OTHER;
	const char *tag;
	size_t length;
	bool weak;

	if (is_star(header))
		return ENTITY_TAGS_MATCH;
	while (entity_tag_next(&header, &tag, &length, &weak)) {
		if ((weakly || !weak) && length == strlen(wanted) &&
		    memcmp(tag, wanted, length) == 0)
			found = ENTITY_TAGS_MATCH;
	}
	return *header ? ENTITY_TAGS_MALFORMED : found;
}

enum entity_tags entity_tags_strong(const char *header, const char *tag)
{
	return find(header, tag, false);
}

enum entity_tags entity_tags_weak(const char *header, const char *tag)
{
	return find(header, tag, true);
}
