/* document_build.c – see document_build.h. */
#include "signing/document_build.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/random.h"
#include "signing/consent_pdf.h"
#include "signing/file_match.h"
#include "signing/ids.h"

#define CONSENT_NAME "Electronic Disclosures and Signatures Consent"

static bool field_build(json_t *field, const char *where, struct error *err)
{
	json_t *validation = json_object_get(field, "validation");
	char id[13];

	random_base62(id, 12);
	if (!id_complete(field, where, id, err))
		return false;
	if (strcmp(json_text(field, "subtype"), "RADIO") == 0 && !*json_text(validation, "group"))
		return error_set(err, ERROR_MISSING_FIELD,
				 "%s.validation.group: radio buttons belong to a group", where);
	return true;
}

static bool approval_build(const struct package_build *build, const json_t *package,
			   json_t *approval, const char *where, struct error *err)
{
	json_t *fields = json_object_get(approval, "fields"), *field;
	const char *role = json_text(approval, "role");
	char id[13];
	size_t i;

	random_base62(id, 12);
	if (!*role)
		return error_set(err, ERROR_APPROVAL_WITHOUT_ROLE, "%s.role", where);
	if (!package_role(package, role))
		return error_set(err, ERROR_INVALID_FIELD, "%s.role: there is no role `%.60s`",
				 where, role);
	if (!id_complete(approval, where, id, err))
		return false;
	if (json_array_size(fields) > APPROVAL_FIELDS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "%s.fields: more than %d", where,
				 APPROVAL_FIELDS_MAX);
	json_array_foreach(fields, i, field)
	{
		if (!field_build(field, arena_printf(build->arena, "%s.fields[%zu]", where, i),
				 err))
			return false;
	}
	return true;
}

static bool approvals_build(const struct package_build *build, const json_t *package,
			    json_t *document, const char *where, struct error *err)
{
	json_t *approvals = json_object_get(document, "approvals"), *approval;
	const char *list = arena_printf(build->arena, "%s.approvals", where);
	size_t i;

	if (json_array_size(approvals) > DOCUMENT_APPROVALS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "%s: more than %d", list,
				 DOCUMENT_APPROVALS_MAX);
	json_array_foreach(approvals, i, approval)
	{
		if (!approval_build(build, package, approval,
				    arena_printf(build->arena, "%s[%zu]", list, i), err))
			return false;
	}
	return ids_are_unique(approvals, list, err);
}

/* Characters that file systems reserve become '_'; what is too long is refused. */
static bool name_clean(const struct package_build *build, json_t *document, const char *where,
		       struct error *err)
{
	char *name = arena_strdup(build->arena, json_text(document, "name"));

	if (!*name)
		return error_set(err, ERROR_MISSING_FIELD, "%s.name", where);
	if (utf8_length(name) > DOCUMENT_NAME_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "%s.name: longer than %d characters",
				 where, DOCUMENT_NAME_MAX);
	file_name_clean(name);
	json_object_set_new(document, "name", json_string(name));
	return true;
}

static bool extraction_types_check(const json_t *document, const char *where, struct error *err)
{
	json_t *type;
	size_t i;

	json_array_foreach(json_object_get(document, "extractionTypes"), i, type)
	{
		const char *name = json_string_value(type);
		if (strcmp(name, "TEXT_TAGS") != 0 && strcmp(name, "ACROFIELDS") != 0)
			return error_set(err, ERROR_INVALID_FIELD,
					 "%s.extractionTypes[%zu]: must be TEXT_TAGS or ACROFIELDS",
					 where, i);
	}
	return true;
}

static bool document_build(const struct package_build *build, const json_t *package,
			   json_t *document, size_t at, struct error *err)
{
	const char *where = arena_printf(build->arena, "documents[%zu]", at);
	char id[49];

	random_hex(id, 48);
	json_object_set_new(document, "index", json_integer((json_int_t)at + 1));
	return id_complete(document, where, id, err) && name_clean(build, document, where, err) &&
	       extraction_types_check(document, where, err) &&
	       approvals_build(build, package, document, where, err);
}

/* One acceptance (an approval without fields) for each signer role. */
static json_t *consent_approvals(const json_t *package)
{
	json_t *approvals = json_array(), *role;
	size_t i;

	json_array_foreach(json_object_get(package, "roles"), i, role)
	{
		char id[13];
		if (strcmp(json_text(role, "type"), "SENDER") == 0)
			continue;
		random_base62(id, 12);
		json_array_append_new(approvals, json_pack("{s:s, s:O}", "id", id, "role",
							   json_object_get(role, "id")));
	}
	return approvals;
}

static json_t *consent_make(const struct package_build *build, const json_t *package)
{
	json_t *page = json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i}", "id", "", "index", 0,
				 "version", 0, "left", 0, "top", 0, "width", CONSENT_PAGE_WIDTH,
				 "height", CONSENT_PAGE_HEIGHT);

	return json_pack("{s:s, s:s, s:i, s:I, s:[o], s:o}", "id", CONSENT_DOCUMENT_ID, "name",
			 CONSENT_NAME, "index", 0, "size", (json_int_t)CONSENT_PDF_SIZE, "pages",
			 page, "approvals", consent_approvals(package));
}

bool documents_build(const struct package_build *build, json_t *package, struct error *err)
{
	json_t *documents = json_object_get(package, "documents"), *document;
	size_t i;

	if (!documents) {
		json_object_set_new(package, "documents", json_array());
		documents = json_object_get(package, "documents");
	}
	if (json_array_size(documents) > PACKAGE_DOCUMENTS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "documents: more than %d",
				 PACKAGE_DOCUMENTS_MAX);
	json_array_foreach(documents, i, document)
	{
		if (!document_build(build, package, document, i, err))
			return false;
	}
	if (!ids_are_unique(documents, "documents", err))
		return false;
	json_array_insert_new(documents, 0, consent_make(build, package));
	return true;
}
