/* conditions.c – see conditions.h. */
#include "signing/conditions.h"

#include <string.h>

#include "base/json.h"
#include "base/macros.h"
#include "signing/document_visibility.h"
#include "signing/model.h"
#include "signing/package_text.h"

/* ---- the fields that a text names ---- */

struct field_name {
	const char *document, *field; /* not terminated */
	size_t document_length, field_length;
};

/* The next document['D'].field['F'] at or after *at, which moves behind it. False: there is none.
 */
static bool name_next(const char **at, struct field_name *ret_name)
{
	static const char head[] = "document['", middle[] = "'].field['", tail[] = "']";

	for (const char *start = strstr(*at, head); start; start = strstr(start + 1, head)) {
		const char *document = start + strlen(head);
		const char *document_end = strstr(document, middle);
		if (!document_end)
			return false;
		const char *field = document_end + strlen(middle);
		const char *field_end = strstr(field, tail);
		if (!field_end)
			return false;
		*ret_name = (struct field_name){document, field, (size_t)(document_end - document),
						(size_t)(field_end - field)};
		*at = field_end;
		return true;
	}
	return false;
}

static bool is_text(const char *part, size_t length, const char *text)
{
	return strlen(text) == length && memcmp(part, text, length) == 0;
}

static bool names_field(const char *text, const char *document, const char *field)
{
	struct field_name name;

	while (name_next(&text, &name)) {
		if (is_text(name.document, name.document_length, document) &&
		    is_text(name.field, name.field_length, field))
			return true;
	}
	return false;
}

/* ---- changing ---- */

json_t *conditions_reduce(const json_t *body, struct error *err)
{
	json_t *list, *entry;
	size_t i;

	if (!json_get_array(body, "conditions", NULL, &list, err))
		return NULL;
	if (json_array_size(list) > SHAPE_ENTRIES_MAX) {
		(void)error_set(err, ERROR_INVALID_FIELD, "conditions: more than %d",
				SHAPE_ENTRIES_MAX);
		return NULL;
	}
	scoped(json_t) json_t *reduced = json_array();
	json_array_foreach(list, i, entry)
	{
		json_t *condition = shape_reduce(&model_condition, entry, err);
		if (!condition) {
			(void)error_wrap(err, "conditions[%zu]", i);
			return NULL;
		}
		json_array_append_new(reduced, condition);
		if (!*json_text(condition, "id") || !*json_text(condition, "condition") ||
		    !*json_text(condition, "action")) {
			(void)error_set(err, ERROR_MISSING_FIELD,
					"conditions[%zu]: id, condition and action are needed", i);
			return NULL;
		}
	}
	return json_incref(reduced);
}

static bool has_id(const json_t *list, const char *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		if (strcmp(json_text(entry, "id"), id) == 0)
			return true;
	}
	return false;
}

bool conditions_replace(json_t *members, const char *document, const char *field,
			const json_t *conditions, struct error *err)
{
	json_t *kept = json_array(), *entry;
	size_t i;

	json_array_foreach(json_object_get(members, "conditions"), i, entry)
	{
		if (!names_field(json_text(entry, "condition"), document, field) &&
		    !has_id(conditions, json_text(entry, "id")))
			json_array_append(kept, entry);
	}
	json_array_extend(kept, (json_t *)(uintptr_t)conditions);
	json_object_set_new(members, "conditions", kept);
	return json_array_size(kept) <= SHAPE_ENTRIES_MAX ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "conditions: the package would have more than %d", SHAPE_ENTRIES_MAX);
}

/* ---- finding ---- */

static const char *const lists[][2] = {
	{"condition", "referencedInCondition"},
	{"action", "referencedInAction"},
};

/* References by field, made in one pass over the conditions. A long condition stands in the answer
 * once for each field that it names, so the answer is bounded. */
struct references {
	struct arena *arena;
	json_t *of_field; /* "document field" → {referencedInCondition, referencedInAction} */
	size_t left;	  /* bytes of texts that the answer may still take */
};

static const char *key_of(struct arena *arena, const char *document, size_t document_length,
			  const char *field, size_t field_length)
{
	/* No id has a control character (ids.h). */
	return arena_printf(arena, "%.*s\n%.*s", (int)document_length, document, (int)field_length,
			    field);
}

static json_t *references_of(struct references *references, const char *key)
{
	json_t *lists_of_field = json_object_get(references->of_field, key);

	if (!lists_of_field) {
		lists_of_field = json_pack("{s:[], s:[]}", lists[0][1], lists[1][1]);
		json_object_set_new(references->of_field, key, lists_of_field);
	}
	return lists_of_field;
}

static bool reference_add(struct references *references, const struct field_name *name,
			  const char *list, json_t *condition, struct error *err)
{
	const char *key = key_of(references->arena, name->document, name->document_length,
				 name->field, name->field_length);
	json_t *of_field = json_object_get(references_of(references, key), list);
	size_t count = json_array_size(of_field);
	size_t size = strlen(json_text(condition, "condition")) +
		      strlen(json_text(condition, "action")) + strlen(key);

	if (count > 0 && json_array_get(of_field, count - 1) == condition)
		return true; /* it names the field twice */
	if (size > references->left)
		return error_set(err, ERROR_BODY_TOO_LARGE,
				 "the answer has more than %u bytes: ask for one field",
				 PACKAGE_BODY_MAX);
	references->left -= size;
	json_array_append(of_field, condition);
	return true;
}

static bool name_is_asked(const struct field_name *name, const char *document, const char *field)
{
	return (!document || is_text(name->document, name->document_length, document)) &&
	       (!field || is_text(name->field, name->field_length, field));
}

static bool references_collect(struct references *references, const json_t *conditions,
			       const char *document, const char *field, struct error *err)
{
	struct field_name name;
	json_t *condition;
	size_t i;

	json_array_foreach(conditions, i, condition)
	{
		for (size_t j = 0; j < ARRAY_SIZE(lists); j++) {
			const char *text = json_text(condition, lists[j][0]);
			while (name_next(&text, &name)) {
				if (name_is_asked(&name, document, field) &&
				    !reference_add(references, &name, lists[j][1], condition, err))
					return false;
			}
		}
	}
	return true;
}

static void field_add(const struct references *references, const char *document,
		      const json_t *field, json_t *fields)
{
	const char *id = json_text(field, "id");
	const json_t *found = json_object_get(
		references->of_field,
		key_of(references->arena, document, strlen(document), id, strlen(id)));

	if (found)
		json_array_append_new(fields,
				      json_pack("{s:s, s:O, s:O}", "fieldId", id, lists[0][1],
						json_object_get(found, lists[0][1]), lists[1][1],
						json_object_get(found, lists[1][1])));
}

static void document_add(const struct references *references, const json_t *document,
			 json_t *documents)
{
	const char *id = json_text(document, "id");
	json_t *approval, *field;
	size_t i, j;

	scoped(json_t) json_t *fields = json_array();
	json_array_foreach(json_object_get(document, "approvals"), i, approval)
	{
		json_array_foreach(json_object_get(approval, "fields"), j, field)
			field_add(references, id, field, fields);
	}
	if (json_array_size(fields) > 0)
		json_array_append_new(documents,
				      json_pack("{s:s, s:O}", "documentId", id, "fields", fields));
}

static bool documents_add(const struct references *references, const json_t *list,
			  const char *document_id, json_t *documents, struct error *err)
{
	bool found = !document_id;
	json_t *document;
	size_t i;

	json_array_foreach(list, i, document)
	{
		if (document_id && strcmp(json_text(document, "id"), document_id) != 0)
			continue;
		found = true;
		document_add(references, document, documents);
	}
	return found || error_set(err, ERROR_DOCUMENT_NOT_FOUND, NULL);
}

bool conditions_find(const struct context *context, const char *id, const char *document,
		     const char *field, json_t **ret_references, struct error *err)
{
	struct stored_package package;

	scoped(json_t) json_t *list = NULL;
	if (!seen_documents_read(context, id, &package, &list, err))
		return false;
	scoped(json_t) json_t *members = package_text_decode(package.record.members, err);
	scoped(json_t) json_t *documents = json_array();
	scoped(json_t) json_t *of_field = json_object();
	struct references references = {context->arena, of_field, PACKAGE_BODY_MAX};
	if (!members ||
	    !references_collect(&references, json_object_get(members, "conditions"), document,
				field, err) ||
	    !documents_add(&references, list, document, documents, err))
		return false;
	*ret_references = json_pack("{s:s, s:O}", "packageId", id, "documents", documents);
	return true;
}
