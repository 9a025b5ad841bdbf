/* document_build.c – see document_build.h. */
#include "signing/document_build.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/random.h"
#include "signing/approval_build.h"
#include "signing/consent_pdf.h"
#include "signing/file_match.h"
#include "signing/ids.h"

#define CONSENT_NAME "Electronic Disclosures and Signatures Consent"

/* Characters that file systems reserve become '_'; what is too long is refused. */
static bool name_clean(struct arena *arena, json_t *document, const char *where, struct error *err)
{
	char *name = arena_strdup(arena, json_text(document, "name"));

	if (!*name)
		return error_set(err, ERROR_MISSING_FIELD, "%s", path_member(arena, where, "name"));
	if (utf8_length(name) > DOCUMENT_NAME_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "%s: longer than %d characters",
				 path_member(arena, where, "name"), DOCUMENT_NAME_MAX);
	file_name_clean(name);
	json_object_set_new(document, "name", json_string(name));
	return true;
}

static bool extraction_types_check(struct arena *arena, const json_t *document, const char *where,
				   struct error *err)
{
	json_t *type;
	size_t i;

	json_array_foreach(json_object_get(document, "extractionTypes"), i, type)
	{
		const char *name = json_string_value(type);
		if (strcmp(name, "TEXT_TAGS") != 0 && strcmp(name, "ACROFIELDS") != 0)
			return error_set(err, ERROR_INVALID_FIELD,
					 "%s[%zu]: must be TEXT_TAGS or ACROFIELDS",
					 path_member(arena, where, "extractionTypes"), i);
	}
	return true;
}

bool document_complete(struct arena *arena, const struct role_ids *roles, json_t *document,
		       const char *where, struct error *err)
{
	char id[49];

	random_hex(id, 48);
	return id_complete(document, where, id, err) && name_clean(arena, document, where, err) &&
	       extraction_types_check(arena, document, where, err) &&
	       approvals_build(arena, roles, json_object_get(document, "approvals"),
			       path_member(arena, where, "approvals"), err) &&
	       fields_build(arena, json_object_get(document, "fields"),
			    path_member(arena, where, "fields"), err);
}

bool documents_complete(struct arena *arena, const struct role_ids *roles, json_t *documents,
			struct error *err)
{
	json_t *document;
	size_t i;

	json_array_foreach(documents, i, document)
	{
		if (!document_complete(arena, roles, document,
				       arena_printf(arena, "documents[%zu]", i), err))
			return false;
	}
	return ids_are_unique(documents, "documents", err);
}

json_t *consent_approval(const json_t *role)
{
	char id[13];

	if (strcmp(json_text(role, "type"), "SENDER") == 0)
		return NULL;
	random_base62(id, 12);
	return json_pack("{s:s, s:O}", "id", id, "role", json_object_get(role, "id"));
}

static json_t *consent_approvals(const json_t *package)
{
	json_t *approvals = json_array(), *role;
	size_t i;

	json_array_foreach(json_object_get(package, "roles"), i, role)
	{
		json_t *approval = consent_approval(role);
		if (approval)
			json_array_append_new(approvals, approval);
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
	const struct role_ids roles = role_ids_of(build->arena, json_object_get(package, "roles"));
	size_t i;

	if (!documents) {
		json_object_set_new(package, "documents", json_array());
		documents = json_object_get(package, "documents");
	}
	if (json_array_size(documents) > PACKAGE_DOCUMENTS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "documents: at most %d are allowed",
				 PACKAGE_DOCUMENTS_MAX);
	if (!documents_complete(build->arena, &roles, documents, err))
		return false;
	json_array_foreach(documents, i, document)
		json_object_set_new(document, "index", json_integer((json_int_t)i + 1));
	json_array_insert_new(documents, 0, consent_make(build, package));
	return true;
}
