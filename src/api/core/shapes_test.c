/* shapes_test.c – each shape of the API has the members, kinds, words and required members of its
 * schema in openapi/, and so have the objects in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <yaml.h>

#include "access/accounts/account_settings.h"
#include "access/accounts/operated_accounts.h"
#include "access/accounts/settings_shapes.h"
#include "access/credentials/client_app_body.h"
#include "access/people/roles.h"
#include "access/people/users.h"
#include "base/ensure.h"
#include "base/shape.h"
#include "signing/model.h"
#include "signing/package_extras.h"

enum {
	LISTS_FEW = 1,	 /* the schema has some of the members only */
	IS_ANSWER = 2,	 /* a required member is one that is always shown, and not one that a body
			    needs */
	WORDS_APART = 4, /* rules of the domain say which words a text may be */
};

static const struct row {
	const char *schema;
	const struct shape *shape;
	unsigned how;
	const char *besides; /* a member that is not left to the shape alone; NULL: none */
} rows[] = {
	{"ClientAppWithSecret", &client_app_shape, IS_ANSWER, "secret"},
	{"StoredAccountRole", &role_shape, IS_ANSWER, NULL},
	{"StoredAuthenticationSettings", &authentication_shape, IS_ANSWER, NULL},
	{"StoredSender", &sender_shape, IS_ANSWER, "parentAccountId"},
	{"Account", &account_shape, IS_ANSWER, "parentAccountId"},
	{"SystemSettings", &system_settings_shape, IS_ANSWER, NULL},
	{"OperatedAccount", &operated_account_shape, IS_ANSWER | LISTS_FEW, NULL},
	{"Package", &model_package, LISTS_FEW | WORDS_APART, "base64Content"},
	{"Role", &model_role, IS_ANSWER | WORDS_APART, NULL},
	{"Document", &model_document, IS_ANSWER | WORDS_APART, "base64Content"},
	{"Approval", &model_approval, IS_ANSWER | WORDS_APART, NULL},
	{"Field", &model_field, IS_ANSWER | WORDS_APART, NULL},
	{"FieldCondition", &model_condition, IS_ANSWER | WORDS_APART, NULL},
	{"PackageMessage", &model_message, IS_ANSWER | WORDS_APART, NULL},
	{"AccountFeatureSettings", &feature_settings, 0, NULL},
	{"AccountPackageSettings", &package_settings, 0, NULL},
	{"DesignerSettings", &designer_settings, 0, NULL},
	{"EmailReminderSettings", &email_reminder_settings, 0, NULL},
	{"AttachmentsWhitelist", &attachment_types, 0, NULL},
	{"SupportedLanguages", &supported_languages, 0, NULL},
	{"SignatureLayout", &signature_layout, 0, NULL},
	{"ChooseSignature", &choose_signature, 0, NULL},
	{"SigningUiOptions", &signing_ui_options, 0, NULL},
	{"PasswordPolicy", &password_policy, 0, NULL},
	{"ExpiryTimeConfiguration", &expiry_configuration, 0, NULL},
	{"DataManagementPolicy", &data_management_policy, 0, NULL},
	{"SigningTheme", &signing_theme, 0, NULL},
	{"SigningLogo", &signing_logo, 0, NULL},
	{"IdvWorkflowConfig", &idv_workflow_settings, 0, NULL},
	{"CustomField", &custom_field, 0, NULL},
	{"Verification", &verification_shape, 0, NULL},
	{"VirtualRoom", &virtual_room_shape, 0, NULL},
};

/* ---- the schemas ---- */

static yaml_document_t document;

static const char *scalar(int node)
{
	const yaml_node_t *found = yaml_document_get_node(&document, node);

	return found->type == YAML_SCALAR_NODE ? (const char *)found->data.scalar.value : "";
}

/* The value of a key; NULL when there is none. */
static yaml_node_t *get(const yaml_node_t *mapping, const char *key)
{
	if (!mapping || mapping->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
	     pair < mapping->data.mapping.pairs.top; pair++) {
		if (strcmp(scalar(pair->key), key) == 0)
			return yaml_document_get_node(&document, pair->value);
	}
	return NULL;
}

static const char *text_at(const yaml_node_t *mapping, const char *key)
{
	const yaml_node_t *node = get(mapping, key);

	return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

static yaml_node_t *schema_find(const char *name)
{
	yaml_node_t *root = yaml_document_get_root_node(&document);

	return get(get(get(root, "components"), "schemas"), name);
}

/* What a $ref names; any other node is itself. */
static yaml_node_t *followed(yaml_node_t *schema)
{
	const char *reference = text_at(schema, "$ref"), *name = strrchr(reference, '/');

	return name ? followed(schema_find(name + 1)) : schema;
}

/* Calls for each schema that `schema` is made of: itself, or all of allOf. */
static void parts_visit(yaml_node_t *schema, void (*visit)(yaml_node_t *part, void *arg), void *arg)
{
	schema = followed(schema);
	const yaml_node_t *all = get(schema, "allOf");
	if (!all) {
		visit(schema, arg);
		return;
	}
	for (yaml_node_item_t *item = all->data.sequence.items.start;
	     item < all->data.sequence.items.top; item++)
		parts_visit(yaml_document_get_node(&document, *item), visit, arg);
}

/* ---- comparing ---- */

struct comparison {
	const char *schema;
	const struct shape *shape;
	unsigned how;
	const char *besides;
	bool seen[SHAPE_MEMBERS_MAX];
	bool required[SHAPE_MEMBERS_MAX];
};

static const char *type_of(enum shape_kind kind)
{
	switch (kind) {
	case SHAPE_KIND_TEXT:
	case SHAPE_KIND_WORD:
	case SHAPE_KIND_DATE:
		return "string";
	case SHAPE_KIND_BOOL:
	case SHAPE_KIND_BIT:
		return "boolean";
	case SHAPE_KIND_INT:
		return "integer";
	case SHAPE_KIND_NUMBER:
		return "number";
	case SHAPE_KIND_PART:
	case SHAPE_KIND_OBJECT:
	case SHAPE_KIND_JSON:
	case SHAPE_KIND_ENCODED:
		return "object";
	case SHAPE_KIND_LIST:
	case SHAPE_KIND_TEXTS:
	case SHAPE_KIND_INTS:
	case SHAPE_KIND_SET:
	case SHAPE_KIND_SPLIT:
		return "array";
	case SHAPE_KIND_CONSTANT:
		return "";
	}
	return "";
}

static void first_type(yaml_node_t *part, void *arg)
{
	const char **type = arg;

	if (!**type)
		*type = text_at(part, "type");
}

/* A nullable one is written [string, 'null'] or, as in 3.0, with `nullable`. */
static const char *type_in(yaml_node_t *schema)
{
	const char *type = "";
	const yaml_node_t *list = get(followed(schema), "type");

	if (list && list->type == YAML_SEQUENCE_NODE)
		return scalar(*list->data.sequence.items.start);
	parts_visit(schema, first_type, &type);
	return type;
}

static void words_compare(const struct comparison *comparison, const struct shape_member *member,
			  yaml_node_t *schema)
{
	if (member->kind == SHAPE_KIND_SET)
		schema = get(schema, "items");
	const yaml_node_t *words = get(followed(schema), "enum");
	size_t count = 0, wanted = 0;

	if (!words) {
		if (member->words)
			fail_msg("%s.%s: openapi/ has no enum", comparison->schema, member->name);
		return;
	}
	if (!member->words) {
		if (!(comparison->how & WORDS_APART) && !(member->flags & SHAPE_ANSWER))
			fail_msg("%s.%s: the shape has no words", comparison->schema, member->name);
		return;
	}
	for (yaml_node_item_t *item = words->data.sequence.items.start;
	     item < words->data.sequence.items.top; item++, count++) {
		if (shape_word_find(member, scalar(*item)) < 0)
			fail_msg("%s.%s: the shape lacks %s", comparison->schema, member->name,
				 scalar(*item));
	}
	for (size_t i = 0; i < member->word_count; i++)
		wanted += member->words[i] != NULL;
	if (count != wanted)
		fail_msg("%s.%s: openapi/ lists %zu words of %zu", comparison->schema, member->name,
			 count, wanted);
}

static void shape_compare(const struct row *row, yaml_node_t *schema);

/* The object, or each entry of the list. */
static void inner_compare(const struct comparison *comparison, const struct shape_member *member,
			  yaml_node_t *schema)
{
	char name[200];
	const struct row inner = {name, member->shape, comparison->how & (unsigned)~LISTS_FEW,
				  comparison->besides};

	if (!member->shape)
		return;
	snprintf(name, sizeof(name), "%s.%s", comparison->schema, member->name);
	if (member->kind == SHAPE_KIND_LIST)
		schema = get(followed(schema), "items");
	if (!schema) {
		fail_msg("%s: openapi/ does not say of what", name);
		return;
	}
	if (get(followed(schema), "additionalProperties") && !get(followed(schema), "properties"))
		return; /* said in words only */
	shape_compare(&inner, schema);
}

static void properties_compare(yaml_node_t *part, void *arg)
{
	struct comparison *comparison = arg;
	const yaml_node_t *properties = get(part, "properties");
	const yaml_node_t *required = get(part, "required");

	for (yaml_node_pair_t *pair = properties ? properties->data.mapping.pairs.start : NULL;
	     properties && pair < properties->data.mapping.pairs.top; pair++) {
		const char *name = scalar(pair->key);
		yaml_node_t *schema = yaml_document_get_node(&document, pair->value);
		const struct shape_member *member = shape_find(comparison->shape, name);
		if (!member && ((comparison->how & LISTS_FEW) ||
				(comparison->besides && strcmp(name, comparison->besides) == 0)))
			continue;
		if (!member) {
			fail_msg("%s.%s: the shape lacks it", comparison->schema, name);
			return;
		}
		comparison->seen[member - comparison->shape->members] = true;
		const char *type = type_in(schema), *wanted = type_of(member->kind);
		if (*wanted && *type && strcmp(type, wanted) != 0)
			fail_msg("%s.%s: %s in openapi/, %s in the shape", comparison->schema, name,
				 type, wanted);
		words_compare(comparison, member, schema);
		inner_compare(comparison, member, schema);
	}
	for (yaml_node_item_t *item = required ? required->data.sequence.items.start : NULL;
	     required && item < required->data.sequence.items.top; item++) {
		const struct shape_member *member = shape_find(comparison->shape, scalar(*item));
		if (member)
			comparison->required[member - comparison->shape->members] = true;
	}
}

static void member_judge(const struct comparison *comparison, size_t i)
{
	const struct shape_member *member = &comparison->shape->members[i];
	const bool is_answer = comparison->how & IS_ANSWER;

	if (comparison->besides && strcmp(member->name, comparison->besides) == 0)
		return;
	if (!comparison->seen[i] && !(comparison->how & LISTS_FEW))
		fail_msg("%s.%s: openapi/ lacks it", comparison->schema, member->name);
	if (!is_answer && comparison->required[i] != ((member->flags & SHAPE_REQUIRED) != 0))
		fail_msg("%s.%s: required in one of openapi/ and the shape", comparison->schema,
			 member->name);
	if (is_answer && comparison->required[i] &&
	    (member->flags & (SHAPE_OR_NONE | SHAPE_REQUEST)))
		fail_msg("%s.%s: required in openapi/, and not always shown", comparison->schema,
			 member->name);
}

static void shape_compare(const struct row *row, yaml_node_t *schema)
{
	struct comparison comparison = {.schema = row->schema,
					.shape = row->shape,
					.how = row->how,
					.besides = row->besides};

	assert_true(row->shape->count <= SHAPE_MEMBERS_MAX);
	parts_visit(schema, properties_compare, &comparison);
	for (size_t i = 0; i < row->shape->count; i++)
		member_judge(&comparison, i);
}

static void every_shape_is_as_documented(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		yaml_node_t *schema = schema_find(rows[i].schema);
		if (!schema)
			fail_msg("openapi/ has no schema %s", rows[i].schema);
		shape_compare(&rows[i], schema);
	}
}

static void no_shape_has_a_member_twice(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct shape *shape = rows[i].shape;
		for (size_t j = 0; j < shape->count; j++) {
			if (shape_find(shape, shape->members[j].name) != &shape->members[j])
				fail_msg("%s.%s", rows[i].schema, shape->members[j].name);
		}
	}
}

int main(void)
{
	yaml_parser_t parser;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_is_as_documented),
		cmocka_unit_test(no_shape_has_a_member_twice),
	};

	FILE *file = fopen(GREFFIER_OPENAPI, "r");
	ensure(file && yaml_parser_initialize(&parser));
	yaml_parser_set_input_file(&parser, file);
	ensure(yaml_parser_load(&parser, &document));
	int failed = cmocka_run_group_tests_name("api/shapes", tests, NULL, NULL);
	yaml_document_delete(&document);
	yaml_parser_delete(&parser);
	fclose(file);
	return failed;
}
