/* shape.h – the members of a JSON object in one table: how they are read, checked, written and compared with openapi.yaml.
 *
 *	#define SHAPE_OF struct colour
 *	static const struct shape_member colour_members[] = {
 *		{SHAPE_TEXT("name", name), .flags = SHAPE_REQUIRED, .most = 40},
 *		{SHAPE_INT("red", red), .most = 255},
 *		{SHAPE_DATE("createdDate", created), .flags = SHAPE_ANSWER | SHAPE_OR_NULL},
 *	};
 *	const struct shape colour_shape = {SHAPE(colour_members)};
 *	#undef SHAPE_OF
 *
 * Each macro takes the member's JSON name and the field of SHAPE_OF where its value lies, and gives the first fields of a
 * struct shape_member. The compiler refuses a field of another type. The order of the table is the order in answers.
 * shape_read.h fills the struct from a body. shape_write.h makes JSON from the struct. shape_tree.h works on JSON without a struct.
 * A shape may not contain itself. docs/internals/shapes.md shows how to add a resource. */
#ifndef GREFFIER_BASE_SHAPE_H
#define GREFFIER_BASE_SHAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/time.h"

#define SHAPE_TEXT_MAX 65536   /* bytes of one text, unless `most` is given */
#define SHAPE_ENTRIES_MAX 1000 /* entries of one list, unless `entries` is given */
#define SHAPE_MEMBERS_MAX 64   /* members of one shape */

enum shape_kind {
	SHAPE_KIND_TEXT,     /* const char *. With `words`: one of them. `most`: characters, no control characters */
	SHAPE_KIND_WORD,     /* an enum: the index of the text in `words` */
	SHAPE_KIND_BOOL,     /* bool */
	SHAPE_KIND_BIT,      /* true or false, kept as `bit` of an unsigned */
	SHAPE_KIND_INT,      /* int64_t, from `least` to `most` unless both are 0 */
	SHAPE_KIND_NUMBER,   /* double */
	SHAPE_KIND_DATE,     /* struct wall_time; 0 is no date */
	SHAPE_KIND_PART,     /* an object whose members lie in the same struct, or in a struct inside of it */
	SHAPE_KIND_OBJECT,   /* an object behind a pointer; NULL is no object */
	SHAPE_KIND_LIST,     /* a pointer to the first of `count_at` structs */
	SHAPE_KIND_TEXTS,    /* const char **, and its count */
	SHAPE_KIND_INTS,     /* int64_t[entries], and its count; each from `least` to `most` */
	SHAPE_KIND_SET,      /* a list of `words`, kept as bits of an unsigned: bit 0 is the first word */
	SHAPE_KIND_SPLIT,    /* a list of texts, kept as one const char *, separated by spaces */
	SHAPE_KIND_JSON,     /* json_t *, an object, borrowed: members of the client's own */
	SHAPE_KIND_ENCODED,  /* const char *, the JSON text of an object; "" is {} */
	SHAPE_KIND_CONSTANT, /* the JSON text `otherwise`; lies nowhere */
};

enum shape_flags {
	/* ERROR_MISSING_FIELD when it is empty after reading: a body may leave out what the struct already has. Of a number or a
	 * bool: when the body does not have it. */
	SHAPE_REQUIRED = BIT(0),
	SHAPE_ANSWER = BIT(1),   /* the server's own: what a body says is dropped, so that an answer can be sent back */
	SHAPE_REQUEST = BIT(2),  /* never shown: a secret, or an order */
	SHAPE_OR_NULL = BIT(3),  /* null in answers when it is empty: "", no date, no object */
	SHAPE_OR_NONE = BIT(4),  /* absent from answers when it is empty: "", 0, false, no date, no object, no entries */
	SHAPE_OR_ZERO = BIT(5),  /* 0 is allowed beside `least` to `most` */
	SHAPE_COMPLETED = BIT(6), /* shape_complete gives it `otherwise` when it is absent */
};

struct shape;

struct shape_member {
	const char *name;
	enum shape_kind kind;
	unsigned flags;
	size_t at;       /* offset of the value */
	size_t count_at; /* of a list: offset of its size_t count */
	int64_t least, most;
	size_t entries; /* most entries of a list; 0: SHAPE_ENTRIES_MAX */
	const char *const *words;
	size_t word_count;
	const struct shape *shape; /* of an object, or of each entry */
	unsigned bit;
	/* Default as text ("true", "50", "POST"), instead of "", false, 0, [] or {}. Of a constant: its value. */
	const char *otherwise;
	/* A rule of the domain about a text that is not empty. `where` is the member's path. */
	bool (*check)(const char *where, const char *text, struct error *err);
	const char *doc; /* what is right, for errors: "seconds, or 0 for no cap" gives "life: must be seconds, or 0 for no cap" */
};

struct shape {
	size_t size;        /* of the struct */
	const struct shape_member *members;
	size_t count;
	bool is_closed; /* a body with another member is refused; otherwise these are ignored */
};

/* ---- one line a member ---- */

#define SHAPE_FIELD(type, field) \
	(offsetof(SHAPE_OF, field) + \
	 0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((SHAPE_OF *)0)->field), type) ? 1 : -1]))
#define SHAPE_COUNT(field) SHAPE_FIELD(size_t, field)

#define SHAPE_TEXT(json, field) \
	.name = json, .kind = SHAPE_KIND_TEXT, .at = SHAPE_FIELD(const char *, field)
/* One of `list`, an array of texts. */
#define SHAPE_CHOICE(json, field, list) \
	SHAPE_TEXT(json, field), .words = list, .word_count = ARRAY_SIZE(list)
#define SHAPE_WORD(json, field, list) \
	.name = json, .kind = SHAPE_KIND_WORD, .words = list, .word_count = ARRAY_SIZE(list), \
	.at = offsetof(SHAPE_OF, field) + \
	      0 * sizeof(char[sizeof(((SHAPE_OF *)0)->field) == sizeof(int) ? 1 : -1])
#define SHAPE_BOOL(json, field) .name = json, .kind = SHAPE_KIND_BOOL, .at = SHAPE_FIELD(bool, field)
#define SHAPE_BIT(json, field, which) \
	.name = json, .kind = SHAPE_KIND_BIT, .bit = which, .at = SHAPE_FIELD(unsigned, field)
#define SHAPE_INT(json, field) .name = json, .kind = SHAPE_KIND_INT, .at = SHAPE_FIELD(int64_t, field)
#define SHAPE_NUMBER(json, field) \
	.name = json, .kind = SHAPE_KIND_NUMBER, .at = SHAPE_FIELD(double, field)
#define SHAPE_DATE(json, field) \
	.name = json, .kind = SHAPE_KIND_DATE, .at = SHAPE_FIELD(struct wall_time, field)
/* An object whose members are fields of this very struct. */
#define SHAPE_PART(json, of) .name = json, .kind = SHAPE_KIND_PART, .shape = of
/* An object whose members are fields of the struct `field`. */
#define SHAPE_INNER(json, field, of) \
	.name = json, .kind = SHAPE_KIND_PART, .at = offsetof(SHAPE_OF, field), .shape = of
#define SHAPE_OBJECT(json, field, of) \
	.name = json, .kind = SHAPE_KIND_OBJECT, .at = offsetof(SHAPE_OF, field), .shape = of
#define SHAPE_LIST(json, field, count, of) \
	.name = json, .kind = SHAPE_KIND_LIST, .at = offsetof(SHAPE_OF, field), \
	.count_at = SHAPE_COUNT(count), .shape = of
#define SHAPE_TEXTS(json, field, count) \
	.name = json, .kind = SHAPE_KIND_TEXTS, .at = SHAPE_FIELD(const char **, field), \
	.count_at = SHAPE_COUNT(count)
#define SHAPE_INTS(json, field, count) \
	.name = json, .kind = SHAPE_KIND_INTS, .at = offsetof(SHAPE_OF, field), \
	.entries = sizeof(((SHAPE_OF *)0)->field) / sizeof(int64_t), .count_at = SHAPE_COUNT(count)
#define SHAPE_SET(json, field, list) \
	.name = json, .kind = SHAPE_KIND_SET, .words = list, .word_count = ARRAY_SIZE(list), \
	.at = SHAPE_FIELD(unsigned, field)
#define SHAPE_SPLIT(json, field) \
	.name = json, .kind = SHAPE_KIND_SPLIT, .at = SHAPE_FIELD(const char *, field)
#define SHAPE_JSON(json, field) .name = json, .kind = SHAPE_KIND_JSON, .at = SHAPE_FIELD(json_t *, field)
#define SHAPE_ENCODED(json, field) \
	.name = json, .kind = SHAPE_KIND_ENCODED, .at = SHAPE_FIELD(const char *, field)
#define SHAPE_CONSTANT(json, value) \
	.name = json, .kind = SHAPE_KIND_CONSTANT, .flags = SHAPE_ANSWER, .otherwise = value

#define SHAPE(table) .size = sizeof(SHAPE_OF), .members = table, .count = ARRAY_SIZE(table)

/* ---- what the readers share ---- */

/* Where a reader stands. Frames lie on the stack; the text "roles[0].email" is made for an error
 * only. */
struct shape_path {
	const struct shape_path *up;
	const char *name; /* NULL: the entry `index` of a list */
	size_t index;
};

#define SHAPE_PATH_TEXT 300
/* The path as text, cut at SHAPE_PATH_TEXT; "the body" for NULL. */
void shape_path_text(const struct shape_path *path, char ret_text[SHAPE_PATH_TEXT]);
/* Returns false with ERROR_INVALID_FIELD, which names the path. */
bool shape_refuse(const struct shape_path *path, struct error *err, const char *format, ...) PRINTF_LIKE(3, 4);

/* Refuses a member that the shape, or the shape of an object in it, does not have, and names the
 * known one that is likely meant. For bodies that replace a resource, where a misspelt member
 * would clear what it names. What is of another type is not judged. */
MUST_CHECK bool shape_members_check(const struct shape *shape, const json_t *body,
				    const struct shape_path *path, struct error *err);

/* Sets all members to their defaults: `otherwise`, "" or 0. An object behind a pointer is NULL. */
void shape_default(const struct shape *shape, void *ret_struct);
/* "", no date, NULL, no entries, 0 or false. */
bool shape_is_empty(const struct shape_member *member, const void *of);

/* The member of that name; NULL when there is none. */
const struct shape_member *shape_find(const struct shape *shape, const char *name);
/* Index of the word; WORD_NONE when it is none of them. */
int shape_word_find(const struct shape_member *member, const char *text);
/* "POST, PUT or PATCH". */
void shape_words_text(const struct shape_member *member, char *ret_text, size_t room);

#endif
