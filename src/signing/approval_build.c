/* approval_build.c – see approval_build.h. */
#include "signing/approval_build.h"

#include <string.h>

#include "base/json.h"
#include "base/macros.h"
#include "base/words.h"
#include "crypto/random.h"
#include "signing/ids.h"
#include "signing/package.h"

struct role_ids role_ids_of(struct arena *arena, const json_t *roles)
{
	const char **list = arena_alloc(arena, json_array_size(roles) * sizeof(*list) + 1);
	json_t *role;
	size_t i;

	json_array_foreach(roles, i, role) list[i] = json_text(role, "id");
	return (struct role_ids){list, json_array_size(roles)};
}

static const char *entry_path(struct arena *arena, const char *where, size_t at)
{
	return arena_printf(arena, "%s[%zu]", where ? where : "", at);
}

/* ---- fields ---- */

static const char *const field_types[] = {"SIGNATURE", "INPUT", "IMAGE"};
static const char *const field_subtypes[] = {
	"FULLNAME",	   "INITIALS",	  "CAPTURE",
	"MOBILE_CAPTURE",  "RAW_CAPTURE", "CHOOSE_SIGNATURE",
	"CHOOSE_INITIALS", "LABEL",	  "TEXTFIELD",
	"TEXTAREA",	   "CHECKBOX",	  "DATE",
	"DATEPICKER",	   "RADIO",	  "LIST",
	"CUSTOMFIELD",	   "SEAL",	  "QRCODE",
};

static bool word_check(struct arena *arena, const json_t *field, const char *member,
		       const char *const *words, size_t count, const char *where, struct error *err)
{
	const char *word = json_text(field, member);

	return !*word || word_find(word, words, count) != WORD_NONE ||
	       error_set(err, ERROR_INVALID_FIELD, "%s: there is no %s `%.40s`",
			 path_member(arena, where, member), member, word);
}

/* The name of a group of radio buttons is `validation.group`; older clients send it as the first
 * entry of `validation.enum`. */
static bool radio_group_ensure(struct arena *arena, json_t *field, const char *where,
			       struct error *err)
{
	json_t *validation = json_object_get(field, "validation");
	json_t *first = json_array_get(json_object_get(validation, "enum"), 0);

	if (strcmp(json_text(field, "subtype"), "RADIO") != 0 || *json_text(validation, "group"))
		return true;
	if (!first || !*json_string_value(first))
		return error_set(err, ERROR_MISSING_FIELD, "%s: radio buttons belong to a group",
				 path_member(arena, where, "validation.group"));
	json_object_set(validation, "group", first);
	return true;
}

bool field_build(struct arena *arena, json_t *field, const char *where, struct error *err)
{
	char id[13];

	random_base62(id, 12);
	return id_complete(field, where, id, err) &&
	       word_check(arena, field, "type", field_types, ARRAY_SIZE(field_types), where, err) &&
	       word_check(arena, field, "subtype", field_subtypes, ARRAY_SIZE(field_subtypes),
			  where, err) &&
	       radio_group_ensure(arena, field, where, err);
}

bool fields_build(struct arena *arena, json_t *fields, const char *where, struct error *err)
{
	json_t *field;
	size_t i;

	if (json_array_size(fields) > APPROVAL_FIELDS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "%s: at most %d are allowed",
				 where ? where : "the body", APPROVAL_FIELDS_MAX);
	json_array_foreach(fields, i, field)
	{
		if (!field_build(arena, field, entry_path(arena, where, i), err))
			return false;
	}
	return ids_are_unique(fields, where ? where : "", err);
}

/* ---- approvals ---- */

static bool role_check(struct arena *arena, const struct role_ids *roles, const json_t *approval,
		       const char *where, struct error *err)
{
	const char *role = json_text(approval, "role");

	if (!*role)
		return error_set(err, ERROR_APPROVAL_WITHOUT_ROLE, "%s",
				 path_member(arena, where, "role"));
	for (size_t i = 0; i < roles->count; i++) {
		if (strcmp(roles->list[i], role) == 0)
			return true;
	}
	return error_set(err, ERROR_INVALID_FIELD, "%s: there is no role `%.60s`",
			 path_member(arena, where, "role"), role);
}

static bool is_zero(const json_t *field, const char *member)
{
	const json_t *value = json_object_get(field, member);

	return value && json_number_value(value) == 0;
}

/* SDKs write "accept this document" as a signature of no size: such an approval has no fields. A
 * field that stands where a text is found has no size yet either. */
static bool is_acceptance(const json_t *field)
{
	const char *type = json_text(field, "type");

	return (!*type || strcmp(type, "SIGNATURE") == 0) && is_zero(field, "width") &&
	       is_zero(field, "height") && !json_is_true(json_object_get(field, "extract"));
}

static void acceptances_remove(json_t *fields)
{
	for (size_t i = json_array_size(fields); i-- > 0;) {
		if (is_acceptance(json_array_get(fields, i)))
			json_array_remove(fields, i);
	}
}

bool approval_build(struct arena *arena, const struct role_ids *roles, json_t *approval,
		    const char *where, struct error *err)
{
	json_t *fields = json_object_get(approval, "fields");
	char id[13];

	random_base62(id, 12);
	if (!role_check(arena, roles, approval, where, err) ||
	    !id_complete(approval, where, id, err))
		return false;
	acceptances_remove(fields);
	return fields_build(arena, fields, path_member(arena, where, "fields"), err);
}

bool approvals_build(struct arena *arena, const struct role_ids *roles, json_t *approvals,
		     const char *where, struct error *err)
{
	json_t *approval;
	size_t i;

	if (json_array_size(approvals) > DOCUMENT_APPROVALS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "%s: at most %d are allowed",
				 where ? where : "the body", DOCUMENT_APPROVALS_MAX);
	json_array_foreach(approvals, i, approval)
	{
		if (!approval_build(arena, roles, approval, entry_path(arena, where, i), err))
			return false;
	}
	return ids_are_unique(approvals, where ? where : "", err);
}
