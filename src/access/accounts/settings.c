/* settings.c – see settings.h. */
#include "access/accounts/settings.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/settings_shapes.h"
#include "access/audit.h"
#include "access/version.h"
#include "base/json.h"
#include "base/shape_tree.h"
#include "base/text.h"
#include "store/settings_store.h"

#define KEY_MAX 255			/* bytes */
#define TEXTS_ENTRY_MAX 255		/* characters */
#define DOCUMENT_MAX (4u * 1024 * 1024) /* bytes of one document */

enum form {
	FORM_OBJECT,
	FORM_TEXTS,
	FORM_LIST,
	FORM_MAP
};

static const struct shape no_shape = {0};

static const struct {
	const char *name;
	enum form form;
	const struct shape *shape;
	size_t most;
} kinds[SETTINGS_KIND_COUNT] = {
#define SETTINGS(kind, name, form, shape, most) \
	[SETTINGS_##kind] = {name, FORM_##form, &shape, most},
#include "access/accounts/settings.def"
#undef SETTINGS
};

const struct shape *settings_shape(enum settings_kind kind)
{
	return kinds[kind].form == FORM_OBJECT ? kinds[kind].shape : NULL;
}

/* ---- from a body ---- */

static json_t *texts_reduce(const json_t *body, size_t most, struct error *err)
{
	scoped(json_t) json_t *list = json_array();
	json_t *entry;
	size_t i;

	json_array_foreach(body, i, entry)
	{
		const char *text = json_string_value(entry);
		if (!text || i >= most || utf8_length(text) > TEXTS_ENTRY_MAX ||
		    text_has_control_characters(text)) {
			(void)error_set(
				err, ERROR_INVALID_FIELD,
				"[%zu]: must be a text of at most %d characters; %zu of them "
				"at most",
				i, TEXTS_ENTRY_MAX, most);
			return NULL;
		}
		json_array_append(list, entry);
	}
	return json_incref(list);
}

static json_t *list_reduce(const struct shape *shape, const json_t *body, size_t most,
			   struct error *err)
{
	scoped(json_t) json_t *list = json_array();

	if (json_array_size(body) > most) {
		(void)error_set(err, ERROR_INVALID_FIELD, "the body: more than %zu entries", most);
		return NULL;
	}
	for (size_t i = 0; i < json_array_size(body); i++) {
		json_t *entry = shape_reduce(shape, json_array_get(body, i), err);
		if (!entry) {
			(void)error_wrap(err, "[%zu]", i);
			return NULL;
		}
		shape_complete(shape, entry);
		json_array_append_new(list, entry);
	}
	return json_incref(list);
}

static json_t *map_reduce(const struct shape *shape, const json_t *body, size_t most,
			  struct error *err)
{
	scoped(json_t) json_t *map = json_object();
	const char *key;
	json_t *value;

	if (json_object_size(body) > most) {
		(void)error_set(err, ERROR_INVALID_FIELD, "the body: more than %zu entries", most);
		return NULL;
	}
	json_object_foreach((json_t *)(uintptr_t)body, key, value)
	{
		json_t *entry = shape_reduce(shape, value, err);
		if (!entry) {
			(void)error_wrap(err, "%.60s", key);
			return NULL;
		}
		json_object_set_new(map, key, entry);
	}
	return json_incref(map);
}

static bool form_check(enum form form, const json_t *body, struct error *err)
{
	const bool wants_list = form == FORM_TEXTS || form == FORM_LIST;

	return (wants_list ? json_is_array(body) : json_is_object(body)) ||
	       error_set(err, ERROR_INVALID_JSON, "expected %s",
			 wants_list ? "a list" : "an object");
}

static json_t *body_reduce(enum settings_kind kind, const json_t *body, struct error *err)
{
	const struct shape *shape = kinds[kind].shape;

	if (!form_check(kinds[kind].form, body, err))
		return NULL;
	switch (kinds[kind].form) {
	case FORM_OBJECT:
		return shape_reduce(shape, body, err);
	case FORM_TEXTS:
		return texts_reduce(body, kinds[kind].most, err);
	case FORM_LIST:
		return list_reduce(shape, body, kinds[kind].most, err);
	case FORM_MAP:
		return map_reduce(shape, body, kinds[kind].most, err);
	}
	return NULL;
}

/* ---- from the store ---- */

static json_t *empty_document(enum settings_kind kind)
{
	return kinds[kind].form == FORM_TEXTS || kinds[kind].form == FORM_LIST ? json_array()
									       : json_object();
}

static void document_complete(enum settings_kind kind, json_t *document)
{
	if (kinds[kind].form == FORM_OBJECT)
		shape_complete(kinds[kind].shape, document);
}

/* As it is stored, without defaults; empty when it never was. New reference. */
static json_t *stored_read(const struct context *context, struct db *db,
			   struct settings_place place, struct error *err)
{
	const char *text;

	if (!settings_document_find(db, context->arena, context->account, kinds[place.kind].name,
				    place.key, &text, err))
		return NULL;
	if (!text)
		return empty_document(place.kind);
	json_t *document = json_loads(text, 0, NULL);
	if (!document)
		(void)error_set(err, ERROR_NO_MEMORY, NULL);
	return document;
}

static const char *resource_of(const struct context *context, struct settings_place place)
{
	return arena_printf(context->arena, "settings:%s:%s:%s", context->account,
			    kinds[place.kind].name, place.key);
}

static json_t *version_parts(json_t *document)
{
	return json_is_object(document) ? json_deep_copy(document)
					: json_pack("{s:O}", "entries", document);
}

static json_t *shown(const struct context *context, struct settings_place place, json_t *document)
{
	version_tell(context, resource_of(context, place), version_parts(document));
	document_complete(place.kind, document);
	return document;
}

json_t *settings_read(const struct context *context, struct settings_place place, struct error *err)
{
	json_t *document = stored_read(context, session_db(context->session), place, err);

	return document ? shown(context, place, document) : NULL;
}

bool settings_are_set(const struct context *context, struct settings_place place, bool *ret_are_set,
		      struct error *err)
{
	const char *text;

	if (!settings_document_find(session_db(context->session), context->arena, context->account,
				    kinds[place.kind].name, place.key, &text, err))
		return false;
	*ret_are_set = text != NULL;
	return true;
}

json_t *settings_list(const struct context *context, enum settings_kind kind, int64_t offset,
		      int64_t limit, struct error *err)
{
	const char **bodies = arena_alloc(context->arena, (size_t)limit * sizeof(*bodies) + 1);
	size_t count;

	if (!settings_document_list(session_db(context->session), context->arena, context->account,
				    kinds[kind].name, offset, (size_t)limit, bodies, &count, err))
		return NULL;
	scoped(json_t) json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *document = json_loads(bodies[i], 0, NULL);
		if (!document) {
			(void)error_set(err, ERROR_NO_MEMORY, NULL);
			return NULL;
		}
		document_complete(kind, document);
		json_array_append_new(list, document);
	}
	return json_incref(list);
}

/* ---- changing ---- */

static bool key_check(const struct context *context, struct db *db, struct settings_place place,
		      struct error *err)
{
	int64_t count;

	if (strlen(place.key) > KEY_MAX || text_has_control_characters(place.key))
		return error_set(err, ERROR_INVALID_FIELD, "the path: at most %d bytes", KEY_MAX);
	if (!settings_document_count(db, context->account, kinds[place.kind].name, &count, err))
		return false;
	/* One document is replaced, so that as many as are allowed can all be changed. */
	return !*place.key || count <= (int64_t)kinds[place.kind].most ||
	       error_set(err, ERROR_INVALID_FIELD, "there are %zu already: more are not possible",
			 kinds[place.kind].most);
}

static bool document_store(const struct context *context, struct db *db,
			   struct settings_place place, const json_t *document, struct error *err)
{
	size_t length;
	char *text = json_try_encode(document, &length, err);

	if (!text)
		return false;
	const struct settings_document row = {.account = context->account,
					      .kind = kinds[place.kind].name,
					      .key = place.key,
					      .body = text};
	bool done = length <= DOCUMENT_MAX
			    ? settings_document_put(db, &row, err)
			    : error_set(err, ERROR_BODY_TOO_LARGE,
					"the settings have more than %u bytes", DOCUMENT_MAX);
	free(text);
	return done && key_check(context, db, place, err);
}

static bool change_audit(const struct context *context, struct db *db, struct settings_place place,
			 const char *action, struct error *err)
{
	json_t *detail = *place.key ? json_pack("{s:s}", "key", place.key) : NULL;

	return audit_record(context, db, action, kinds[place.kind].name, detail, err);
}

/* Members that a change in part does not have keep their values, also those of objects inside. */
static bool members_keep(json_t *reduced, const json_t *before, struct error *err)
{
	scoped(json_t) json_t *merged = json_deep_copy(before);

	return (merged && json_object_update_recursive(merged, reduced) == 0 &&
		json_object_update(reduced, merged) == 0) ||
	       error_set(err, ERROR_NO_MEMORY, NULL);
}

/* `is_partial`: members that the body does not have stay. */
static json_t *document_change(const struct context *context, struct settings_place place,
			       const json_t *body, bool is_partial, struct error *err)
{
	scoped(json_t) json_t *reduced = body_reduce(place.kind, body, err);
	scoped(txn) struct txn *txn = reduced ? context_change_begin(context, err) : NULL;
	scoped(json_t) json_t *before = txn ? stored_read(context, txn_db(txn), place, err) : NULL;

	if (!before ||
	    !version_check(context, resource_of(context, place), version_parts(before), err))
		return NULL;
	if (is_partial && !members_keep(reduced, before, err))
		return NULL;
	if (!document_store(context, txn_db(txn), place, reduced, err) ||
	    !change_audit(context, txn_db(txn), place, "account.settings_changed", err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return json_incref(shown(context, place, reduced));
}

json_t *settings_change(const struct context *context, struct settings_place place,
			const json_t *body, struct error *err)
{
	return document_change(context, place, body, true, err);
}

json_t *settings_replace(const struct context *context, struct settings_place place,
			 const json_t *body, struct error *err)
{
	return document_change(context, place, body, false, err);
}

bool settings_reset(const struct context *context, struct settings_place place, struct error *err)
{
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	scoped(json_t) json_t *before = txn ? stored_read(context, txn_db(txn), place, err) : NULL;

	return before &&
	       version_check(context, resource_of(context, place), version_parts(before), err) &&
	       settings_document_delete(txn_db(txn), context->account, kinds[place.kind].name,
					place.key, err) &&
	       change_audit(context, txn_db(txn), place, "account.settings_reset", err) &&
	       txn_commit(&txn, err);
}
