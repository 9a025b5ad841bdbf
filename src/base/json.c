/* json.c – Jansson behind its limits: what is decoded, and how members are asked for. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/text.h"

/* Jansson recurses, so the depth is counted before it starts. Brackets in strings do not count. */
static bool depth_is_acceptable(struct bytes text)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = text.data[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return false;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
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

static json_t *utf8_decode(struct bytes text, struct error *err)
{
	json_error_t at;

	text = without_bom(text);
	if (text.length == 0) {
		(void)error_set(err, ERROR_INVALID_JSON, "the body is empty");
		return NULL;
	}
	if (!depth_is_acceptable(text)) {
		(void)error_set(err, ERROR_INVALID_JSON, "nested deeper than %d", JSON_DEPTH_MAX);
		return NULL;
	}
	json_t *value = json_loadb((const char *)text.data, text.length, JSON_DECODE_ANY, &at);
	if (!value)
		(void)error_set(err, ERROR_INVALID_JSON, "line %d, column %d: %s", at.line,
				at.column, reason(&at));
	return value;
}

json_t *json_decode(struct bytes text, struct error *err)
{
	struct bytes utf8;

	if (!is_utf16le(text))
		return utf8_decode(text, err);
	scoped(arena) struct arena *arena = arena_new();
	if (!utf16le_to_utf8(arena, text, &utf8)) {
		(void)error_set(err, ERROR_INVALID_JSON, "broken UTF-16");
		return NULL;
	}
	return utf8_decode(utf8, err);
}

json_t *json_decode_object(struct bytes text, struct error *err)
{
	json_t *value = json_decode(text, err);

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

json_t *json_date(struct wall_time time)
{
	char text[WALL_TIME_TEXT];

	wall_format(time, text);
	return json_string(text);
}

char *json_encode(const json_t *value, size_t *ret_length)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

	ensure(text);
	if (ret_length)
		*ret_length = strlen(text);
	return text;
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
static bool is_int(const json_t *value)
{
	return json_is_integer(value);
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
	if (value)
		*ret_value = json_integer_value(value);
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
