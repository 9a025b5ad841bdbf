/* grammar.c – see grammar.h. The document is read once; bodies are written while its schemas are
 * walked, a choice at each fork. */
#include "conversation/grammar.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <yaml.h>

#include "base/ensure.h"
#include "base/macros.h"

#define DEPTH_MAX 7
#define ITEMS_MAX 3
#define RAW_MAX 24
/* One value in so many is of no type that the schema asks for. */
#define WRONG_ONE_IN 24

struct grammar {
	yaml_document_t document;
};

struct walk {
	const struct grammar *grammar;
	struct choices *choices;
	struct words *words;
	struct buf *out;
};

static yaml_document_t *document_of(const struct grammar *grammar)
{
	return (yaml_document_t *)(uintptr_t)&grammar->document;
}

static yaml_node_t *node_of(const struct grammar *grammar, int index)
{
	return yaml_document_get_node(document_of(grammar), index);
}

static const char *text_of(const yaml_node_t *node)
{
	return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

static yaml_node_t *member(const struct grammar *grammar, const yaml_node_t *node, const char *name)
{
	if (!node || node->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		if (strcmp(text_of(node_of(grammar, pair->key)), name) == 0)
			return node_of(grammar, pair->value);
	}
	return NULL;
}

/* "#/components/schemas/Sender" and the like, also one that leads to another. */
static yaml_node_t *resolve(const struct grammar *grammar, yaml_node_t *node)
{
	for (int hops = 0; hops < 8; hops++) {
		const char *reference = text_of(member(grammar, node, "$ref"));
		char path[200];
		if (strncmp(reference, "#/", 2) != 0)
			return node;
		snprintf(path, sizeof(path), "%s", reference + 2);
		node = yaml_document_get_root_node(document_of(grammar));
		char *rest = NULL;
		for (char *part = strtok_r(path, "/", &rest); part;
		     part = strtok_r(NULL, "/", &rest))
			node = member(grammar, node, part);
	}
	return node;
}

struct grammar *grammar_open(const char *openapi_path)
{
	struct grammar *grammar = calloc(1, sizeof(*grammar));
	yaml_parser_t parser;
	FILE *file = fopen(openapi_path, "r");

	ensure(grammar && file && yaml_parser_initialize(&parser));
	yaml_parser_set_input_file(&parser, file);
	ensure(yaml_parser_load(&parser, &grammar->document));
	yaml_parser_delete(&parser);
	fclose(file);
	return grammar;
}

void grammar_close(struct grammar *grammar)
{
	yaml_document_delete(&grammar->document);
	free(grammar);
}

/* ---- values ---- */

static void put(struct buf *out, const char *text)
{
	(void)!buf_add_text(out,
			    text); /* beyond the limit the body is cut short, which is a body too */
}

static void put_text(struct buf *out, const char *text, size_t length)
{
	put(out, "\"");
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < 0x20)
			(void)!buf_printf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			(void)!buf_printf(out, "\\%c", c);
		else
			(void)!buf_add(out, &text[i], 1);
	}
	put(out, "\"");
}

static void put_string(struct buf *out, const char *text)
{
	put_text(out, text, strlen(text));
}

static void text_write(struct walk *walk, const char *name)
{
	size_t length;

	if (strcasestr(name, "url") && choose(walk->choices, 8) != 7) {
		put_string(walk->out, words_choose_url(walk->words, walk->choices));
		return;
	}
	if (choose(walk->choices, 4) == 3) {
		const uint8_t *raw = choose_bytes(walk->choices, RAW_MAX, &length);
		put_text(walk->out, (const char *)raw, length);
		return;
	}
	put_string(walk->out, words_choose(walk->words, walk->choices));
}

static void number_write(struct walk *walk)
{
	static const char *const numbers[] = {
		"0",	"1",	 "2",	  "3",	   "5",
		"60",	"100",	 "-1",	  "0.0",   "0.5",
		"1e3",	"1e300", "200",	  "410",   "2147483648",
		"-0.0", "65536", "86400", "1.0e1", "9223372036854775807"};

	put(walk->out, numbers[choose(walk->choices, ARRAY_SIZE(numbers))]);
}

static void anything_write(struct walk *walk)
{
	static const char *const anything[] = {"null", "true", "{}",   "[]",	   "[null]",
					       "\"\"", "0",    "[[]]", "{\"\":{}}"};

	put(walk->out, anything[choose(walk->choices, ARRAY_SIZE(anything))]);
}

static void value_write(struct walk *walk, yaml_node_t *schema, const char *name, int depth);

static bool is_required(const struct grammar *grammar, const yaml_node_t *schema, const char *name)
{
	const yaml_node_t *required = member(grammar, schema, "required");

	if (!required || required->type != YAML_SEQUENCE_NODE)
		return false;
	for (yaml_node_item_t *item = required->data.sequence.items.start;
	     item < required->data.sequence.items.top; item++) {
		if (strcmp(text_of(node_of(grammar, *item)), name) == 0)
			return true;
	}
	return false;
}

/* The members of one schema; `*count` of them stand already. */
static void members_write(struct walk *walk, yaml_node_t *schema, unsigned *count, int depth)
{
	const yaml_node_t *properties = member(walk->grammar, schema, "properties");

	if (!properties || properties->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *pair = properties->data.mapping.pairs.start;
	     pair < properties->data.mapping.pairs.top; pair++) {
		const char *name = text_of(node_of(walk->grammar, pair->key));
		unsigned choice = choose(walk->choices, 16);
		bool wanted = is_required(walk->grammar, schema, name) ? choice != 15 : choice > 8;
		if (!wanted)
			continue;
		put(walk->out, (*count)++ ? "," : "");
		put_string(walk->out, name);
		put(walk->out, ":");
		value_write(walk, node_of(walk->grammar, pair->value), name, depth + 1);
	}
}

static void object_write(struct walk *walk, yaml_node_t *schema, int depth)
{
	const yaml_node_t *all = member(walk->grammar, schema, "allOf");
	unsigned count = 0;

	put(walk->out, "{");
	members_write(walk, schema, &count, depth);
	if (all && all->type == YAML_SEQUENCE_NODE) {
		for (yaml_node_item_t *item = all->data.sequence.items.start;
		     item < all->data.sequence.items.top; item++)
			members_write(walk, resolve(walk->grammar, node_of(walk->grammar, *item)),
				      &count, depth);
	}
	if (choose(walk->choices, 32) == 31)
		put(walk->out, count ? ",\"unknownMember\":1" : "\"unknownMember\":1");
	put(walk->out, "}");
}

static void array_write(struct walk *walk, yaml_node_t *schema, const char *name, int depth)
{
	unsigned count = choose(walk->choices, ITEMS_MAX + 1);

	put(walk->out, "[");
	for (unsigned i = 0; i < count; i++) {
		put(walk->out, i ? "," : "");
		value_write(walk, member(walk->grammar, schema, "items"), name, depth + 1);
	}
	put(walk->out, "]");
}

static yaml_node_t *one_of(struct walk *walk, const yaml_node_t *list)
{
	unsigned count;

	if (!list || list->type != YAML_SEQUENCE_NODE)
		return NULL;
	count = (unsigned)(list->data.sequence.items.top - list->data.sequence.items.start);
	return count ? node_of(walk->grammar,
			       list->data.sequence.items.start[choose(walk->choices, count)])
		     : NULL;
}

static const char *type_of(struct walk *walk, yaml_node_t *schema)
{
	yaml_node_t *type = member(walk->grammar, schema, "type");

	if (type && type->type == YAML_SEQUENCE_NODE)
		type = one_of(walk, type);
	if (type)
		return text_of(type);
	return member(walk->grammar, schema, "properties") || member(walk->grammar, schema, "allOf")
		       ? "object"
		       : "";
}

static void value_write(struct walk *walk, yaml_node_t *schema, const char *name, int depth)
{
	schema = resolve(walk->grammar, schema);
	yaml_node_t *alternative = one_of(walk, member(walk->grammar, schema, "oneOf"));
	if (!alternative)
		alternative = one_of(walk, member(walk->grammar, schema, "anyOf"));
	if (depth > DEPTH_MAX || choose(walk->choices, WRONG_ONE_IN) == WRONG_ONE_IN - 1) {
		anything_write(walk);
		return;
	}
	if (alternative) {
		value_write(walk, alternative, name, depth + 1);
		return;
	}
	yaml_node_t *listed = one_of(walk, member(walk->grammar, schema, "enum"));
	const char *type = type_of(walk, schema);
	if (listed && choose(walk->choices, 8) != 7)
		put_string(walk->out, text_of(listed));
	else if (strcmp(type, "object") == 0)
		object_write(walk, schema, depth);
	else if (strcmp(type, "array") == 0)
		array_write(walk, schema, name, depth);
	else if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
		number_write(walk);
	else if (strcmp(type, "boolean") == 0)
		put(walk->out, choose(walk->choices, 2) ? "true" : "false");
	else if (strcmp(type, "string") == 0)
		text_write(walk, name);
	else
		anything_write(walk);
}

/* ---- a route's body and query ---- */

static yaml_node_t *operation_find(const struct grammar *grammar, const char *pattern,
				   const char *method)
{
	char lower[16];
	size_t i;

	for (i = 0; method[i] && i < sizeof(lower) - 1; i++)
		lower[i] = (char)tolower((unsigned char)method[i]);
	lower[i] = '\0';
	yaml_node_t *root = yaml_document_get_root_node(document_of(grammar));
	return member(grammar, member(grammar, member(grammar, root, "paths"), pattern), lower);
}

void percent_put(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		(void)!(isalnum(c) || strchr("-_.~", c) ? buf_printf(out, "%c", c)
							: buf_printf(out, "%%%02X", c));
	}
}

static void form_write(struct walk *walk, yaml_node_t *schema)
{
	const yaml_node_t *properties = member(walk->grammar, resolve(walk->grammar, schema),
					       "properties");

	if (!properties || properties->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *pair = properties->data.mapping.pairs.start;
	     pair < properties->data.mapping.pairs.top; pair++) {
		const char *name = text_of(node_of(walk->grammar, pair->key));
		if (choose(walk->choices, 2) == 0)
			continue;
		put(walk->out, walk->out->length ? "&" : "");
		put(walk->out, name);
		put(walk->out, "=");
		yaml_node_t *listed = one_of(
			walk, member(walk->grammar,
				     resolve(walk->grammar, node_of(walk->grammar, pair->value)),
				     "enum"));
		percent_put(walk->out,
			    listed ? text_of(listed) : words_choose(walk->words, walk->choices));
	}
}

const char *grammar_body(const struct grammar *grammar, const char *pattern, const char *method,
			 struct choices *choices, struct words *words, struct buf *out)
{
	struct walk walk = {grammar, choices, words, out};
	yaml_node_t *body = resolve(
		grammar, member(grammar, operation_find(grammar, pattern, method), "requestBody"));
	const yaml_node_t *content = member(grammar, body, "content");

	if (!content || content->type != YAML_MAPPING_NODE)
		return NULL;
	yaml_node_pair_t *first = content->data.mapping.pairs.start;
	const char *media = text_of(node_of(grammar, first->key));
	yaml_node_t *schema = member(grammar, node_of(grammar, first->value), "schema");
	if (strstr(media, "urlencoded"))
		form_write(&walk, schema);
	else
		value_write(&walk, schema, "", 0);
	return media;
}

void grammar_query(const struct grammar *grammar, const char *pattern, const char *method,
		   struct choices *choices, struct words *words, struct buf *out)
{
	const yaml_node_t *list = member(grammar, operation_find(grammar, pattern, method),
					 "parameters");
	unsigned count = 0;

	if (!list || list->type != YAML_SEQUENCE_NODE)
		return;
	for (yaml_node_item_t *item = list->data.sequence.items.start;
	     item < list->data.sequence.items.top; item++) {
		yaml_node_t *parameter = resolve(grammar, node_of(grammar, *item));
		if (strcmp(text_of(member(grammar, parameter, "in")), "query") != 0 ||
		    choose(choices, 4) != 3)
			continue;
		put(out, count++ ? "&" : "?");
		put(out, text_of(member(grammar, parameter, "name")));
		put(out, "=");
		percent_put(out, words_choose(words, choices));
	}
}
