/* entity_tag.h – lists of entity tags in conditional requests (RFC 9110 sections 8.8.3, 13.1.1
 * and 13.1.2). Pure. */
#ifndef GREFFIER_BASE_ENTITY_TAG_H
#define GREFFIER_BASE_ENTITY_TAG_H

#include <stdbool.h>
#include <stddef.h>

enum entity_tags {
	ENTITY_TAGS_OTHER,     /* the tag is not in the list, or the list is empty */
	ENTITY_TAGS_MATCH,     /* the tag is in the list, or the header is "*" */
	ENTITY_TAGS_MALFORMED, /* neither "*" nor a list of entity tags */
};

/* Looks for `tag`, given without quotes, in the value of an If-Match header. Uses the strong
 * comparison, in which a weak tag never matches. */
enum entity_tags entity_tags_strong(const char *header, const char *tag);
/* Does the same for If-None-Match with the weak comparison: W/"a" matches "a". */
enum entity_tags entity_tags_weak(const char *header, const char *tag);

/* Moves `*cursor` to the next tag of the list. `*ret_tag` points into the list, without quotes
 * and without a NUL. Empty elements are skipped (RFC 9110 section 5.6.1.2).
 *
 * Returns false at the end of the list and at anything that is not an entity tag. In the second
 * case `*cursor` does not point to a NUL. */
bool entity_tag_next(const char **cursor, const char **ret_tag, size_t *ret_length, bool *ret_weak);

#endif
