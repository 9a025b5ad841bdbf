/* pairs.c – see pairs.h. */
#include "http/pairs.h"

#include <string.h>

#include "base/text.h"

/* One pair of a text, as it is sent. */
struct raw_pair {
	const char *name, *value;
	size_t name_length, value_length;
};

/* The pair at *text, which is moved behind it. */
static struct raw_pair pair_next(const char **text, const char *end)
{
	const char *start = *text;
	const char *ampersand = memchr(start, '&', (size_t)(end - start));
	const char *stop = ampersand ? ampersand : end;
	const char *equals = memchr(start, '=', (size_t)(stop - start));
	const char *name_end = equals ? equals : stop;

	*text = ampersand ? ampersand + 1 : end;
	return (struct raw_pair){
		.name = start,
		.name_length = (size_t)(name_end - start),
		.value = equals ? equals + 1 : stop,
		.value_length = equals ? (size_t)(stop - equals - 1) : 0,
	};
}

bool pairs_parse(struct arena *arena, const char *text, size_t length, struct pairs *ret_pairs,
		 struct error *err)
{
	const char *end = text + length;

	ret_pairs->count = 0;
	while (text < end) {
		const struct raw_pair raw = pair_next(&text, end);
		char *name, *value;
		if (raw.name_length == 0 && raw.value_length == 0)
			continue;
		if (ret_pairs->count == PAIRS_MAX)
			return error_set(err, ERROR_INVALID_FIELD,
					 "at most %d parameters are allowed", PAIRS_MAX);
		if (!percent_decode(arena, raw.name, raw.name_length, true, &name) ||
		    !percent_decode(arena, raw.value, raw.value_length, true, &value))
			return error_set(err, ERROR_INVALID_FIELD,
					 "parameter %zu: its percent-encoding is not of UTF-8 text",
					 ret_pairs->count + 1);
		ret_pairs->pairs[ret_pairs->count].name = name;
		ret_pairs->pairs[ret_pairs->count++].value = value;
	}
	return true;
}

static bool has_value(const struct pairs *pairs, size_t i, const char *name)
{
	return *pairs->pairs[i].value && strcmp(pairs->pairs[i].name, name) == 0;
}

const char *pairs_value(const struct pairs *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (has_value(pairs, i, name))
			return pairs->pairs[i].value;
	}
	return NULL;
}

size_t pairs_count(const struct pairs *pairs, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < pairs->count; i++)
		count += has_value(pairs, i, name);
	return count;
}

/* An escape makes three bytes of one at most: longer names need not be decoded to be told apart. */
static bool name_is(struct arena *arena, const struct raw_pair *raw, const char *name)
{
	size_t length = strlen(name);
	char *decoded;

	if (!memchr(raw->name, '%', raw->name_length) && !memchr(raw->name, '+', raw->name_length))
		return raw->name_length == length && memcmp(raw->name, name, length) == 0;
	return raw->name_length <= 3 * length &&
	       percent_decode(arena, raw->name, raw->name_length, true, &decoded) &&
	       strcmp(decoded, name) == 0;
}

const char *pairs_find(struct arena *arena, const char *text, const char *name)
{
	const char *end = text + strlen(text);

	while (text < end) {
		const struct raw_pair raw = pair_next(&text, end);
		char *value;
		if (raw.value_length > 0 && name_is(arena, &raw, name))
			return percent_decode(arena, raw.value, raw.value_length, true, &value)
				       ? value
				       : NULL;
	}
	return NULL;
}
