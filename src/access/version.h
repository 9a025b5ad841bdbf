/* version.h – versions of resources (ETag, If-Match), so that nobody overwrites a change made
 * meanwhile (RFC 9110 sections 8.8.3 and 13.1).
 *
 * The version of a resource is a keyed hash of its stored configuration, without values that
 * change by themselves: counters, health and dates of use. A hash is better than a counter
 * column: no writer can forget to increase it, neither the command line nor an older node, and a
 * save without changes keeps it. All nodes have the same key and so the same tag. The tag also
 * has a short hash of each part, so that a refusal can name the parts that differ.
 *
 * A tag reveals nothing, because its key is not in the database. Secrets that cannot be read
 * back enter it in sealed form, which differs each time a secret is set. Nobody can therefore
 * find a secret by storing guesses and comparing tags. */
#ifndef GREFFIER_ACCESS_VERSION_H
#define GREFFIER_ACCESS_VERSION_H

#include <jansson.h>

#include "context/context.h"

#define VERSION_PARTS_MAX 64

/* For one call and one resource. */
struct version {
	/* Headers as sent, joined into one list; NULL: absent. */
	const char *if_match, *if_none_match;
	/* Without quotes; of the state that the call returns or leaves; NULL: none. */
	const char *tag;
};

/* Both functions take `parts`: an object with the stored parts of the resource, named by their
 * API member. `resource` is its kind and key ("role:<account>:<id>"), so that tags of two
 * resources differ. Without context->version they do nothing. */

/* Sets the tag of the call's answer. */
void version_tell(const struct context *context, const char *resource, json_t *parts);
/* Checks If-Match before a change, in its transaction and under the lock that serialises changes
 * of the resource. Fails with ERROR_VERSION_CHANGED, which names the parts that differ, or with
 * ERROR_INVALID_REQUEST for a malformed If-Match. */
MUST_CHECK bool version_check(const struct context *context, const char *resource,
			      json_t *parts, struct error *err);

/* Makes a part for a hashed or sealed value without revealing it. New reference. */
json_t *version_of_bytes(const struct context *context, struct bytes stored);

#endif
