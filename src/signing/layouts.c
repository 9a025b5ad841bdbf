/* layouts.c – see layouts.h. */
#include "signing/layouts.h"

#include <string.h>

#include "base/json.h"
#include "crypto/random.h"
#include "signing/document_build.h"
#include "signing/model.h"
#include "signing/package_edit.h"
#include "signing/package_text.h"
#include "signing/role_build.h"
#include "store/search_text.h"

/* ---- finding the layout ---- */

static bool layout_by_name(const struct context *context, const char *name, const char **ret_id,
			   struct error *err)
{
	const struct package_filter filter = {
		.account = context->account,
		.type = "LAYOUT",
		.search = name,
		.search_exact = true,
		.sort = PACKAGE_SORT_UPDATED,
		.descending = true,
		.limit = 1,
		.owner = context->actor->user,
	};
	struct package_found *found;
	size_t count;
	int64_t total;

	if (!package_list(session_db(context->session), context->arena, &filter, 0, &found, &count,
			  &total, err))
		return false;
	if (count == 0)
		return error_set(err, ERROR_LAYOUT_NOT_FOUND, "layoutName");
	*ret_id = found[0].id;
	return true;
}

static bool layout_parts_read(const struct context *context, const struct layout_choice *choice,
			      struct package_parts *ret_parts, struct error *err)
{
	struct stored_package layout;
	const char *id = choice->id;

	if (!id && !choice->name)
		return error_set(err, ERROR_MISSING_FIELD, "layoutId or layoutName");
	if (!id && !layout_by_name(context, choice->name, &id, err))
		return false;
	if (!stored_package_find(context, session_db(context->session), id, false, &layout, err))
		return err->code == ERROR_PACKAGE_NOT_FOUND
			       ? error_set(err, ERROR_LAYOUT_NOT_FOUND, "layoutId")
			       : false;
	if (strcmp(layout.record.type, "LAYOUT") != 0)
		return error_set(err, ERROR_LAYOUT_NOT_FOUND, "layoutId: it is a %s",
				 layout.record.type);
	if (!stored_package_parts(context, session_db(context->session), &layout, err))
		return false;
	*ret_parts = layout.parts;
	return true;
}

/* ---- applying it ---- */

struct application {
	const struct layout_choice *choice;
	const char *document;
	struct package_parts layout;
	json_t *role_of; /* the layout's role → the package's */
	json_t *answer;	 /* new reference */
};

/* The sender's role of the layout is the sender's role of the package. */
static json_t *sender_role(const json_t *roles)
{
	json_t *role;
	size_t i;

	json_array_foreach(roles, i, role)
	{
		if (strcmp(json_text(role, "type"), "SENDER") == 0)
			return role;
	}
	return NULL;
}

static bool placeholder_add(struct package_edit *edit, const json_t *wanted, json_t *roles,
			    json_t **ret_role, struct error *err)
{
	char uuid[37];

	if (json_array_size(roles) >= PACKAGE_ROLES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "a package has at most %d roles",
				 PACKAGE_ROLES_MAX);
	random_uuid(uuid);
	scoped(json_t) json_t *role = json_pack(
		"{s:s, s:s, s:s, s:O, s:[]}", "id", uuid, "name", json_text(wanted, "name"), "type",
		"SIGNER", "index", json_object_get(wanted, "index"), "signers");
	shape_complete(&model_role, role);
	json_array_append(roles, role);
	*ret_role = role;
	return edit_part_append(edit, PACKAGE_ROLE, role, err) &&
	       consent_approval_add(edit, role, err);
}

static bool roles_match(struct package_edit *edit, struct application *application,
			struct error *err)
{
	scoped(json_t) json_t *roles = edit_parts_read(edit, PACKAGE_ROLE, err);
	if (!roles)
		return false;
	for (size_t i = 0; i < application->layout.count[PACKAGE_ROLE]; i++) {
		scoped(json_t) json_t *wanted = package_text_decode(
			application->layout.list[PACKAGE_ROLE][i].body, err);
		if (!wanted)
			return false;
		bool is_sender = strcmp(json_text(wanted, "type"), "SENDER") == 0;
		json_t *role = is_sender ? sender_role(roles)
					 : role_meant(roles, wanted, "name", "id");
		if (!role && !placeholder_add(edit, wanted, roles, &role, err))
			return false;
		json_object_set(application->role_of, json_text(wanted, "id"),
				json_object_get(role, "id"));
	}
	return true;
}

static double measure_of(const json_t *object, const char *member)
{
	return json_number_value(json_object_get(object, member));
}

static bool fits(const json_t *field, const json_t *pages)
{
	const json_t *page = json_array_get(
		pages, (size_t)json_integer_value(json_object_get(field, "page")));
	const double left = measure_of(field, "left"), top = measure_of(field, "top");

	return page && left >= 0 && top >= 0 &&
	       left + measure_of(field, "width") <= measure_of(page, "width") &&
	       top + measure_of(field, "height") <= measure_of(page, "height");
}

static void fields_fit(json_t *fields, const json_t *pages)
{
	for (size_t i = json_array_size(fields); i-- > 0;) {
		if (!fits(json_array_get(fields, i), pages))
			json_array_remove(fields, i);
	}
}

static void identify(json_t *object)
{
	char id[13];

	random_base62(id, 12);
	json_object_set_new(object, "id", json_string(id));
}

/* The layout may be applied again: nothing of it keeps its id. An approval that loses all its
 * fields is left out: it would ask for the acceptance of the document instead. */
static void approval_copy(const struct application *application, const json_t *from,
			  json_t *document)
{
	json_t *field;
	size_t i;

	scoped(json_t) json_t *approval = json_deep_copy(from);
	json_t *fields = json_object_get(approval, "fields");
	const size_t before = json_array_size(fields);
	identify(approval);
	json_object_set(approval, "role",
			json_object_get(application->role_of, json_text(from, "role")));
	if (application->choice->removes_out_of_bound)
		fields_fit(fields, json_object_get(document, "pages"));
	json_array_foreach(fields, i, field) identify(field);
	if (before == 0 || json_array_size(fields) > 0)
		json_array_append(json_object_get(document, "approvals"), approval);
}

static bool blocks_copy(const struct application *application, const char *body, json_t *document,
			struct error *err)
{
	json_t *entry;
	size_t i;

	scoped(json_t) json_t *layout = package_text_decode(body, err);
	if (!layout)
		return false;
	if (strcmp(json_text(layout, "id"), CONSENT_DOCUMENT_ID) == 0)
		return true;
	json_array_foreach(json_object_get(layout, "approvals"), i, entry)
		approval_copy(application, entry, document);
	json_array_foreach(json_object_get(layout, "fields"), i, entry)
	{
		if (application->choice->removes_out_of_bound &&
		    !fits(entry, json_object_get(document, "pages")))
			continue;
		scoped(json_t) json_t *field = json_deep_copy(entry);
		identify(field);
		json_array_append(json_object_get(document, "fields"), field);
	}
	return true;
}

static bool application_apply(struct package_edit *edit, void *arg, struct error *err)
{
	struct application *application = arg;

	if (strcmp(application->document, CONSENT_DOCUMENT_ID) == 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "documentId: the consent has one approval for each role, and no "
				 "others");
	/* First, because adding a role changes the consent. */
	if (!roles_match(edit, application, err))
		return false;
	scoped(json_t) json_t *document = edit_part_read(edit, PACKAGE_DOCUMENT,
							 application->document, err);
	if (!document)
		return false;
	for (size_t i = 0; i < application->layout.count[PACKAGE_DOCUMENT]; i++) {
		if (!blocks_copy(application, application->layout.list[PACKAGE_DOCUMENT][i].body,
				 document, err))
			return false;
	}
	if (json_array_size(json_object_get(document, "approvals")) > DOCUMENT_APPROVALS_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "the document would have more than %d approvals",
				 DOCUMENT_APPROVALS_MAX);
	if (json_array_size(json_object_get(document, "fields")) > APPROVAL_FIELDS_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "the document would have more than %d fields of its own",
				 APPROVAL_FIELDS_MAX);
	application->answer = json_incref(document);
	return edit_part_save(edit, PACKAGE_DOCUMENT, document, err);
}

bool layout_apply(const struct context *context, const char *package, const char *document,
		  const struct layout_choice *choice, json_t **ret_document, struct error *err)
{
	scoped(json_t) json_t *role_of = json_object();
	struct application application = {
		.choice = choice, .document = document, .role_of = role_of};

	if (!layout_parts_read(context, choice, &application.layout, err))
		return false;
	bool done = package_edit(context, package, EDIT_DRAFTS, application_apply, &application,
				 err);
	scoped(json_t) json_t *answer = application.answer;
	if (done)
		*ret_document = json_incref(answer);
	return done;
}
