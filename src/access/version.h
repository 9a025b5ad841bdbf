/* version.h – which state of a resource a caller has read, so that nobody overwrites what somebody else has changed meanwhile
 * (RFC 9110 sections 8.8.3 and 13.1).
 *
 * The version of a resource is a keyed hash of what is stored of it as configuration, and of nothing that changes by itself:
 * counters, health and dates of use. It is no counter in a column: a hash cannot be forgotten by a writer, also not by the command
 * line or a node of an older version, and a save that changes nothing leaves it as it is. One key for all nodes: the tag is the same on
 * each. It has a short hash of each part too, so that a refusal can name the parts that differ.
 *
 * A tag reveals nothing: its key is not in the database, and secrets that cannot be read back go into it as what they are sealed
 * as, which is another text each time one is given. So nobody learns a secret by storing guesses and comparing tags. */
#ifndef GREFFIER_ACCESS_VERSION_H
#define GREFFIER_ACCESS_VERSION_H

#include <jansson.h>

#include "context/context.h"

#define VERSION_PARTS_MAX 64

/* Of one call, about one resource. */
struct version {
	const char *if_match, *if_none_match; /* headers as sent, lists joined; NULL: absent */
	const char *tag; /* without quotes, of the state that the call answers with or leaves; NULL: it has none */
};

/* Both take `parts`: an object with what is stored of the resource, by member of the API. `resource` is its kind and key
 * ("role:<account>:<id>"), so that tags of two resources differ. Without context->version they do nothing. */

/* The tag of what the call answers with. */
void version_tell(const struct context *context, const char *resource, json_t *parts);
/* Before a change, in its transaction and behind the lock that makes changes of the resource serial. ERROR_VERSION_CHANGED, naming
 * the parts that differ, when the caller has seen another state; ERROR_INVALID_REQUEST for a malformed If-Match. */
MUST_CHECK bool version_check(const struct context *context, const char *resource,
			      json_t *parts, struct error *err);

/* A part for what is hashed or sealed: never what it is. New reference. */
json_t *version_of_bytes(const struct context *context, struct bytes stored);

#endif
