/* entity_tag.h – the lists of entity tags that conditional requests carry (RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2). Pure. */
#ifndef GREFFIER_BASE_ENTITY_TAG_H
#define GREFFIER_BASE_ENTITY_TAG_H

#include <stdbool.h>
#include <stddef.h>

enum entity_tags {
	ENTITY_TAGS_OTHER,     /* the tag is not among them; an empty list has none */
	ENTITY_TAGS_MATCH,     /* it is, or the header is "*" */
	ENTITY_TAGS_MALFORMED, /* neither "*" nor a list of entity tags */
};

/* Looks for `tag` (without quotes) in the value of an If-Match header: by strong comparison, so that a weak tag never matches. */
enum entity_tags entity_tags_strong(const char *header, const char *tag);
/* The same for If-None-Match, by weak comparison: W/"a" matches "a". */
enum entity_tags entity_tags_weak(const char *header, const char *tag);

/* Steps through the list: false at its end, and at what is no entity tag (*cursor is then not at a NUL). *ret_tag is not
 * terminated, and has no quotes. Empty elements are skipped (RFC 9110 section 5.6.1.2). */
bool entity_tag_next(const char **cursor, const char **ret_tag, size_t *ret_length, bool *ret_weak);

#endif
