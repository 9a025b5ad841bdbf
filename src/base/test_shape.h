/* test_shape.h – a shape with members of every kind, for tests and fuzzers. */
#ifndef GREFFIER_BASE_TEST_SHAPE_H
#define GREFFIER_BASE_TEST_SHAPE_H

#include <string.h>

#include "base/shape.h"

struct sample_point {
	int64_t x;
	const char *label;
};

struct sample {
	const char *name, *status, *contact, *scopes, *keys, *secret;
	int method;
	bool ordered;
	unsigned features, signatures;
	int64_t life;
	double ratio;
	struct wall_time due, created;
	int64_t limit;
	struct sample_point origin;
	struct sample_point *corner, *points;
	size_t point_count;
	const char **tags;
	size_t tag_count;
	int64_t waits[3];
	size_t wait_count;
	json_t *data;
};

static inline bool sample_contact_check(const char *where, const char *text, struct error *err)
{
	return strchr(text, '@') ||
	       error_set(err, ERROR_INVALID_FIELD, "%s: not an e-mail address", where);
}

static const char *const sample_methods[] = {"POST", NULL, "PUT"}; /* numbers with a gap */
static const char *const sample_statuses[] = {"ACTIVE", "LOCKED"};
static const char *const sample_signatures[] = {"HMAC", "ED25519"};

#define SHAPE_OF struct sample_point
static const struct shape_member sample_point_members[] = {
	{SHAPE_INT("x", x), .flags = SHAPE_REQUIRED},
	{SHAPE_TEXT("label", label), .otherwise = "none"},
};
static const struct shape sample_point_shape = {SHAPE(sample_point_members)};
#undef SHAPE_OF

#define SHAPE_OF struct sample
static const struct shape_member sample_limit_members[] = {{SHAPE_INT("calls", limit), .most = 10}};
static const struct shape sample_limit_shape = {SHAPE(sample_limit_members), .is_closed = true};
static const struct shape_member sample_feature_members[] = {
	{SHAPE_BIT("apiKey", features, 1)},
	{SHAPE_BIT("oauth2", features, 4), .otherwise = "true"},
};
static const struct shape sample_feature_shape = {SHAPE(sample_feature_members)};

static const struct shape_member sample_members[] = {
	{SHAPE_TEXT("name", name), .flags = SHAPE_REQUIRED, .most = 5},
	{SHAPE_CHOICE("status", status, sample_statuses), .otherwise = "ACTIVE"},
	{SHAPE_TEXT("contact", contact), .check = sample_contact_check, .flags = SHAPE_OR_NULL},
	{SHAPE_TEXT("secret", secret), .flags = SHAPE_REQUEST},
	{SHAPE_WORD("method", method, sample_methods), .otherwise = "PUT"},
	{SHAPE_BOOL("ordered", ordered), .otherwise = "true"},
	{SHAPE_INT("life", life), .least = 5, .most = 9, .flags = SHAPE_OR_ZERO},
	{SHAPE_NUMBER("ratio", ratio), .otherwise = "0.5"},
	{SHAPE_DATE("due", due), .flags = SHAPE_OR_NONE},
	{SHAPE_DATE("created", created), .flags = SHAPE_ANSWER | SHAPE_OR_NULL},
	{SHAPE_PART("limits", &sample_limit_shape)},
	{SHAPE_PART("features", &sample_feature_shape)},
	{SHAPE_INNER("origin", origin, &sample_point_shape)},
	{SHAPE_OBJECT("corner", corner, &sample_point_shape), .flags = SHAPE_OR_NONE},
	{SHAPE_LIST("points", points, point_count, &sample_point_shape)},
	{SHAPE_TEXTS("tags", tags, tag_count), .entries = 2, .most = 3},
	{SHAPE_INTS("waits", waits, wait_count), .least = 1, .most = 60},
	{SHAPE_SET("signatures", signatures, sample_signatures)},
	{SHAPE_SPLIT("scopes", scopes)},
	{SHAPE_JSON("data", data)},
	{SHAPE_ENCODED("keys", keys), .most = 20},
	{SHAPE_CONSTANT("licenses", "[]")},
};
static const struct shape sample_shape = {SHAPE(sample_members)};
static const struct shape closed_sample_shape = {SHAPE(sample_members), .is_closed = true};
#undef SHAPE_OF

#endif
