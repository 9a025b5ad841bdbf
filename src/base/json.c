/* json.c – Jansson behind its limits: what is decoded, and how members are asked for. */
#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/near.h"
#include "base/text.h"

/* Jansson recurses, and its tree takes many times the text's memory: depth and values are counted
 * before it starts. Brackets and commas in strings do not count. */
static bool size_is_acceptable(struct bytes text, size_t values_max, struct error *err)
{
	static const unsigned char weights[256] = {[','] = 1, [':'] = 1, ['['] = 2, ['{'] = 4};
	size_t depth = 0, values = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = text.data[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
			continue;
		}
		values += weights[c];
		if (c == '"')
			in_string = true;
		else if ((c == '{' || c == '[') && ++depth > JSON_DEPTH_MAX)
			return error_set(err, ERROR_INVALID_JSON, "nested deeper than %d",
					 JSON_DEPTH_MAX);
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
	}
	return values <= values_max ||
	       error_set(err, ERROR_INVALID_JSON,
			 "more than %zu values (a list counts as 2, an object as 4)", values_max);
}

static bool is_utf16le(struct bytes text)
{
	return text.length >= 2 &&
	       ((text.data[0] && !text.data[1]) || (text.data[0] == 0xff && text.data[1] == 0xfe));
}

static struct bytes without_bom(struct bytes text)
{
	if (text.length >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		return (struct bytes){text.data + 3, text.length - 3};
	return text;
}

/* Jansson's own message quotes the input, which may hold a secret: the place and this are told. */
static const char *reason(const json_error_t *at)
{
	static const struct {
		enum json_error_code code;
		const char *text;
	} reasons[] = {
		{json_error_invalid_syntax, "a syntax error"},
		{json_error_premature_end_of_input, "the text ends too early"},
		{json_error_end_of_input_expected, "more text after the value"},
		{json_error_invalid_utf8, "not UTF-8"},
		{json_error_null_character, "a NUL character"},
		{json_error_null_byte_in_key, "a NUL character"},
		{json_error_numeric_overflow, "a number out of range"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].code == json_error_code(at))
			return reasons[i].text;
	}
	return "not JSON";
}

static json_t *utf8_decode(struct bytes text, size_t values_max, struct error *err)
{
	json_error_t at;

	text = without_bom(text);
	if (text.length == 0) {
		(void)error_set(err, ERROR_INVALID_JSON, "the body is empty");
		return NULL;
	}
	if (!size_is_acceptable(text, values_max, err))
		return NULL;
	errno = 0;
	json_t *value = json_loadb((const char *)text.data, text.length, JSON_DECODE_ANY, &at);
	/* To Jansson a text that finds no memory is a syntax error. */
	if (!value && errno == ENOMEM)
		(void)error_set(err, ERROR_NO_MEMORY, NULL);
	else if (!value)
		(void)error_set(err, ERROR_INVALID_JSON, "line %d, column %d: %s", at.line,
				at.column, reason(&at));
	return value;
}

static json_t *decode(struct bytes text, size_t values_max, struct error *err)
{
	struct bytes utf8;

	if (!is_utf16le(text))
		return utf8_decode(text, values_max, err);
	scoped(arena) struct arena *arena = arena_new();
	if (!utf16le_to_utf8(arena, text, &utf8)) {
		(void)(arena_is_short(arena) ? error_set(err, ERROR_NO_MEMORY, NULL)
					     : error_set(err, ERROR_INVALID_JSON, "broken UTF-16"));
		return NULL;
	}
	return utf8_decode(utf8, values_max, err);
}

json_t *json_decode(struct bytes text, struct error *err)
{
	return decode(text, JSON_VALUES_MAX, err);
}

json_t *json_decode_within(struct bytes text, size_t values_max, struct error *err)
{
	return decode(text, values_max, err);
}

json_t *json_decode_object(struct bytes text, struct error *err)
{
	return json_decode_object_within(text, JSON_VALUES_MAX, err);
}

size_t json_utf8_length(struct bytes text)
{
	size_t length = 0;

	if (!is_utf16le(text))
		return text.length;
	for (size_t i = 0; i + 1 < text.length; i += 2) {
		unsigned unit = text.data[i] | (unsigned)text.data[i + 1] << 8;
		bool half_of_pair = (unit & 0xf800) == 0xd800;
		length += unit < 0x80 ? 1 : unit < 0x800 || half_of_pair ? 2 : 3;
	}
	return length;
}

json_t *json_decode_object_within(struct bytes text, size_t values_max, struct error *err)
{
	json_t *value = decode(text, values_max, err);

	if (value && !json_is_object(value)) {
		json_decref(value);
		(void)error_set(err, ERROR_INVALID_JSON, "expected an object");
		return NULL;
	}
	return value;
}

const char *json_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

bool json_members_check(const json_t *object, const char *where, const char *const *known,
			size_t count, struct error *err)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		size_t i = 0;
		while (i < count && strcmp(name, known[i]) != 0)
			i++;
		if (i < count)
			continue;
		const char *meant = near_find(name, known, count);
		return error_set(err, ERROR_INVALID_FIELD, "%s%s%.60s: no such member here%s%s%s",
				 where ? where : "", where ? "." : "", name,
				 meant ? "; did you mean `" : "", meant ? meant : "",
				 meant ? "`?" : "");
	}
	return true;
}

json_t *json_string_of(struct bytes text)
{
	scoped(arena) struct arena *arena = arena_new();

	return json_string(utf8_repaired(arena, text));
}

json_t *json_date(struct wall_time time)
{
	char text[WALL_TIME_TEXT];

	wall_format(time, text);
	return json_string(text);
}

/* ---- encoding ---- */

/* How a control character is written. */
static bool control_write(struct buf *buf, unsigned char c)
{
	static const char escaped[32] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};

	return escaped[c] ? buf_add(buf, (const char[]){'\\', escaped[c]}, 2)
			  : buf_printf(buf, "\\u%04X", c);
}

static bool control_write_long(struct buf *buf, unsigned char c)
{
	return buf_printf(buf, "\\u%04x", c);
}

static bool text_write(struct buf *buf, const char *text, size_t length,
		       bool (*write_control)(struct buf *buf, unsigned char c))
{
	const char *end = text + length;
	bool ok = buf_add(buf, "\"", 1);

	while (ok && text < end) {
		const char *from = text;
		while (text < end && (unsigned char)*text >= 0x20 && *text != '"' && *text != '\\')
			text++;
		ok = buf_add(buf, from, (size_t)(text - from));
		if (!ok || text == end)
			break;
		unsigned char c = (unsigned char)*text++;
		ok = c >= 0x20 ? buf_add(buf, (const char[]){'\\', (char)c}, 2)
			       : write_control(buf, c);
	}
	return ok && buf_add(buf, "\"", 1);
}

bool json_text_write(struct buf *buf, const char *text, size_t length)
{
	return text_write(buf, text, length, control_write);
}

bool json_text_write_long(struct buf *buf, const char *text, size_t length)
{
	return text_write(buf, text, length, control_write_long);
}

static bool array_write(struct buf *buf, const json_t *array)
{
	size_t i;
	json_t *entry;

	json_array_foreach(array, i, entry)
	{
		if (!buf_add(buf, i ? "," : "[", 1) || !json_value_write(buf, entry))
			return false;
	}
	return buf_add_text(buf, json_array_size(array) ? "]" : "[]");
}

static bool object_write(struct buf *buf, const json_t *object)
{
	json_t *same = (json_t *)(uintptr_t)object; /* iterators take no const */
	const char *before = "{";

	for (void *at = json_object_iter(same); at; at = json_object_iter_next(same, at)) {
		const char *key = json_object_iter_key(at);
		if (!buf_add(buf, before, 1) || !json_text_write(buf, key, strlen(key)) ||
		    !buf_add(buf, ":", 1) || !json_value_write(buf, json_object_iter_value(at)))
			return false;
		before = ",";
	}
	return buf_add_text(buf, *before == ',' ? "}" : "{}");
}

/* 1e+07 to 1e7. */
static void exponent_shorten(char *text)
{
	char *exponent = strchr(text, 'e');

	if (!exponent++)
		return;
	exponent += *exponent == '-';
	size_t skipped = strspn(exponent, "+0");
	memmove(exponent, exponent + skipped, strlen(exponent + skipped) + 1);
}

/* The shortest of 15 to 17 digits that reads as the same number: 0.565, not 0.56499999999999995. A
 * point or an exponent stays, so that readers with whole numbers of their own still see a fraction.
 */
static bool real_write(struct buf *buf, const json_t *value)
{
	const double real = json_real_value(value);
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, real);
		if (strtod(text, NULL) == real)
			break;
	}
	exponent_shorten(text);
	return buf_add_text(buf, text) && (strpbrk(text, ".e") || buf_add_text(buf, ".0"));
}

bool json_value_write(struct buf *buf, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return object_write(buf, value);
	case JSON_ARRAY:
		return array_write(buf, value);
	case JSON_STRING:
		return json_text_write(buf, json_string_value(value), json_string_length(value));
	case JSON_INTEGER:
		return buf_printf(buf, "%lld", (long long)json_integer_value(value));
	case JSON_REAL:
		return real_write(buf, value);
	case JSON_TRUE:
		return buf_add_text(buf, "true");
	case JSON_FALSE:
		return buf_add_text(buf, "false");
	case JSON_NULL:
		break;
	}
	return buf_add_text(buf, "null");
}

/* Not json_dumps: to find loops, which these trees cannot have, it prints the address of each
 * object and list and looks it up in a table, and that was a tenth of the creation of a package. */
static char *encode(const json_t *value, bool is_small, size_t *ret_length)
{
	struct buf buf;

	ensure(value);
	buf_init(&buf, SIZE_MAX / 4);
	buf.is_small = is_small;
	if (json_value_write(&buf, value))
		return (char *)buf_take(&buf, ret_length);
	buf_done(&buf);
	return NULL;
}

char *json_try_encode(const json_t *value, size_t *ret_length, struct error *err)
{
	char *text = encode(value, false, ret_length);

	if (!text)
		(void)error_set(err, ERROR_NO_MEMORY, NULL);
	return text;
}

char *json_encode(const json_t *value, size_t *ret_length)
{
	size_t length;
	char *text = encode(value, true, &length);

	ensure(text);
	if (ret_length)
		*ret_length = length;
	return text;
}

struct bytes json_encode_bytes(struct arena *arena, const json_t *value)
{
	size_t length;
	char *text = json_encode(value, &length);
	const char *kept = arena_strndup(arena, text, length);

	free(text);
	return (struct bytes){(const unsigned char *)kept, length};
}

const char *json_encode_in(struct arena *arena, const json_t *value)
{
	return (const char *)json_encode_bytes(arena, value).data;
}

const char *json_try_encode_in(struct arena *arena, const json_t *value, struct error *err)
{
	size_t length;
	char *text = json_try_encode(value, &length, err);

	if (!text)
		return NULL;
	const char *kept = arena_try_memdup(arena, text, length);
	free(text);
	if (!kept)
		(void)error_set(err, ERROR_NO_MEMORY, NULL);
	return kept;
}

/* The member; NULL when absent or null. False when it is of another type. */
static bool member_get(const json_t *object, const char *member, const char *where,
		       bool (*is_right)(const json_t *value), const char *right, json_t **ret_value,
		       struct error *err)
{
	json_t *value = json_object_get(object, member);

	if (!value || json_is_null(value)) {
		*ret_value = NULL;
		return true;
	}
	if (!is_right(value))
		return error_set(err, ERROR_INVALID_FIELD, "%s%s%s: must be %s", where ? where : "",
				 where ? "." : "", member, right);
	*ret_value = value;
	return true;
}

static bool is_text(const json_t *value)
{
	return json_is_string(value);
}
static bool is_bool(const json_t *value)
{
	return json_is_boolean(value);
}
#define WHOLE_REAL_MAX 9007199254740992.0 /* 2^53 */

bool json_whole(const json_t *value, int64_t *ret_whole)
{
	if (json_is_integer(value)) {
		*ret_whole = json_integer_value(value);
		return true;
	}
	const double real = json_real_value(value); /* 0 for what is no real */
	if (!json_is_real(value) || real < -WHOLE_REAL_MAX || real > WHOLE_REAL_MAX ||
	    real != (double)(int64_t)real)
		return false;
	*ret_whole = (int64_t)real;
	return true;
}

static bool is_int(const json_t *value)
{
	int64_t whole;

	return json_whole(value, &whole);
}
static bool is_array(const json_t *value)
{
	return json_is_array(value);
}
static bool is_object(const json_t *value)
{
	return json_is_object(value);
}

bool json_get_text(const json_t *object, const char *member, const char *where,
		   const char **ret_text, struct error *err)
{
	json_t *value = NULL;

	if (!member_get(object, member, where, is_text, "a string", &value, err))
		return false;
	*ret_text = json_string_value(value);
	return true;
}

bool json_need_text(const json_t *object, const char *member, const char *where,
		    const char **ret_text, struct error *err)
{
	const char *text = NULL;

	if (!json_get_text(object, member, where, &text, err))
		return false;
	if (!text || !*text)
		return error_set(err, ERROR_MISSING_FIELD, "%s%s%s", where ? where : "",
				 where ? "." : "", member);
	*ret_text = text;
	return true;
}

bool json_get_bool(const json_t *object, const char *member, const char *where, bool *ret_value,
		   struct error *err)
{
	json_t *value = NULL;

	if (!member_get(object, member, where, is_bool, "true or false", &value, err))
		return false;
	if (value)
		*ret_value = json_is_true(value);
	return true;
}

bool json_get_int(const json_t *object, const char *member, const char *where, int64_t *ret_value,
		  struct error *err)
{
	json_t *value = NULL;

	if (!member_get(object, member, where, is_int, "a whole number", &value, err))
		return false;
	return !value || json_whole(value, ret_value);
}

bool json_seconds(const json_t *value, struct duration *ret_seconds)
{
	if (!json_is_number(value))
		return false;
	const double seconds = json_number_value(value);
	if (seconds >= JSON_SECONDS_MAX || seconds <= -JSON_SECONDS_MAX)
		*ret_seconds = duration_s(seconds > 0 ? JSON_SECONDS_MAX : -JSON_SECONDS_MAX);
	else if (json_is_integer(value)) /* exact, as a double of microseconds is not */
		*ret_seconds = duration_s(json_integer_value(value));
	else
		*ret_seconds = duration_us((int64_t)(seconds * 1e6));
	return true;
}

bool json_get_array(const json_t *object, const char *member, const char *where, json_t **ret_array,
		    struct error *err)
{
	return member_get(object, member, where, is_array, "a list", ret_array, err);
}

bool json_get_object(const json_t *object, const char *member, const char *where,
		     json_t **ret_object, struct error *err)
{
	return member_get(object, member, where, is_object, "an object", ret_object, err);
}
