/* settings_api.c – the settings of an account that are documents: one table of which call means
 * which document. */
#include "api/core/routes.h"

#include <string.h>

#include "access/accounts/settings.h"
#include "base/json.h"
#include "crypto/random.h"

/* ---- what all of them do ---- */

static bool on_read(struct call *call, enum settings_kind kind, const char *key,
		    struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	return reply_answer(response,
			    settings_read(&context, (struct settings_place){kind, key}, err));
}

static bool on_change(struct call *call, enum settings_kind kind, struct http_response *response,
		      struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body &&
	       reply_answer(response, settings_change(&context, (struct settings_place){kind, ""},
						      body, err));
}

static bool on_replace(struct call *call, enum settings_kind kind, const char *key,
		       struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body_value(call, err);
	return body &&
	       reply_answer(response, settings_replace(&context, (struct settings_place){kind, key},
						       body, err));
}

static bool on_reset(struct call *call, enum settings_kind kind, const char *key,
		     struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	return settings_reset(&context, (struct settings_place){kind, key}, err) &&
	       reply_empty(response);
}

static const char *key_of(const struct call *call)
{
	return call->request->parameters[0];
}

/* A handler for each call on a document without a key. */
#define READS(name, kind) \
	bool on_##name##_get(struct call *call, struct http_response *response, struct error *err) \
	{ \
		return on_read(call, SETTINGS_##kind, "", response, err); \
	}
#define CHANGES(name, kind) \
	bool on_##name##_patch(struct call *call, struct http_response *response, \
			       struct error *err) \
	{ \
		return on_change(call, SETTINGS_##kind, response, err); \
	}
#define REPLACES(name, kind) \
	bool on_##name##_put(struct call *call, struct http_response *response, struct error *err) \
	{ \
		return on_replace(call, SETTINGS_##kind, "", response, err); \
	}
#define RESETS(name, kind) \
	bool on_##name##_delete(struct call *call, struct http_response *response, \
				struct error *err) \
	{ \
		return on_reset(call, SETTINGS_##kind, "", response, err); \
	}
/* The same with a key from the path. */
#define KEYED(name, kind) \
	bool on_##name##_get(struct call *call, struct http_response *response, struct error *err) \
	{ \
		return on_read(call, SETTINGS_##kind, key_of(call), response, err); \
	} \
	bool on_##name##_put(struct call *call, struct http_response *response, struct error *err) \
	{ \
		return on_replace(call, SETTINGS_##kind, key_of(call), response, err); \
	} \
	bool on_##name##_delete(struct call *call, struct http_response *response, \
				struct error *err) \
	{ \
		return on_reset(call, SETTINGS_##kind, key_of(call), response, err); \
	}

/* clang-format off */
READS(account_feature_settings, FEATURES)
CHANGES(account_feature_settings, FEATURES)
RESETS(account_feature_settings, FEATURES)
READS(account_package_settings, PACKAGE)
CHANGES(account_package_settings, PACKAGE)
RESETS(account_package_settings, PACKAGE)
READS(designer_settings, DESIGNER)
CHANGES(designer_settings, DESIGNER)
RESETS(designer_settings, DESIGNER)
READS(email_reminder_settings, EMAIL_REMINDERS)
CHANGES(email_reminder_settings, EMAIL_REMINDERS)
RESETS(email_reminder_settings, EMAIL_REMINDERS)
READS(attachments_whitelist, ATTACHMENT_TYPES)
REPLACES(attachments_whitelist, ATTACHMENT_TYPES)
RESETS(attachments_whitelist, ATTACHMENT_TYPES)
CHANGES(limit_supported_languages, LANGUAGES)
RESETS(limit_supported_languages, LANGUAGES)
READS(signature_layout, SIGNATURE_LAYOUT)
CHANGES(signature_layout, SIGNATURE_LAYOUT)
READS(choose_signature, CHOOSE_SIGNATURE)
CHANGES(choose_signature, CHOOSE_SIGNATURE)
RESETS(choose_signature, CHOOSE_SIGNATURE)
READS(signing_ui_options, SIGNING_UI)
CHANGES(signing_ui_options, SIGNING_UI)
RESETS(signing_ui_options, SIGNING_UI)
READS(password_policy, PASSWORD_POLICY)
REPLACES(password_policy, PASSWORD_POLICY)
READS(expiry_time_configuration, EXPIRY)
REPLACES(expiry_time_configuration, EXPIRY)
READS(data_management_policy, DATA_MANAGEMENT)
REPLACES(data_management_policy, DATA_MANAGEMENT)
READS(signing_themes, THEMES)
REPLACES(signing_themes, THEMES)
RESETS(signing_themes, THEMES)
READS(idv_workflow_configs, IDV_WORKFLOWS)
REPLACES(idv_workflow_configs, IDV_WORKFLOWS)
RESETS(idv_workflow_configs, IDV_WORKFLOWS)
KEYED(decline_reasons, DECLINE_REASONS)
KEYED(hand_over_url, HAND_OVER)
/* clang-format on */

/* ---- languages ---- */

/* SDKs tell "never set" by an empty body. */
bool on_limit_supported_languages_get(struct call *call, struct http_response *response,
				      struct error *err)
{
	const struct context context = call_context(call);
	const struct settings_place place = {SETTINGS_LANGUAGES, ""};
	bool are_set;

	scoped(json_t) json_t *languages = settings_read(&context, place, err);
	if (!languages || !settings_are_set(&context, place, &are_set, err))
		return false;
	return are_set ? reply_json(response, json_incref(languages)) : reply_nothing(response);
}

/* ---- logos: a list of {language, image} ---- */

READS(signing_logos, LOGOS)

/* The logo of one language takes its place in the list. New reference. */
static json_t *logo_placed(const struct context *context, const json_t *logo, struct error *err)
{
	json_t *logos = settings_read(context, (struct settings_place){SETTINGS_LOGOS, ""}, err);

	for (size_t i = json_array_size(logos); i-- > 0;) {
		if (strcmp(json_text(json_array_get(logos, i), "language"),
			   json_text(logo, "language")) == 0)
			json_array_remove(logos, i);
	}
	if (logos)
		json_array_append(logos, (json_t *)(uintptr_t)logo);
	return logos;
}

/* A list replaces all logos, an object one of them, and {} removes all. */
bool on_signing_logos_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct settings_place place = {SETTINGS_LOGOS, ""};

	scoped(json_t) json_t *body = call_body_value(call, err);
	if (!body)
		return false;
	if (json_is_object(body) && json_object_size(body) == 0)
		return settings_reset(&context, place, err) &&
		       reply_answer(response, settings_read(&context, place, err));
	scoped(json_t) json_t *logos = json_is_object(body) ? logo_placed(&context, body, err)
							    : json_incref(body);
	return logos && reply_answer(response, settings_replace(&context, place, logos, err));
}

/* ---- custom fields of the account ---- */

bool on_custom_fields_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t offset, limit;

	return call_page(call, PAGE_MAX, &offset, &limit, err) &&
	       reply_answer(response,
			    settings_list(&context, SETTINGS_CUSTOM_FIELDS, offset, limit, err));
}

/* The id of the body is the key; without one the field gets an id. */
bool on_custom_fields_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	char id[13];

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body)
		return false;
	random_base62(id, 12);
	if (!*json_text(body, "id"))
		json_object_set_new(body, "id", json_string(id));
	const struct settings_place place = {SETTINGS_CUSTOM_FIELDS,
					     arena_strdup(call->arena, json_text(body, "id"))};
	return reply_answer(response, settings_replace(&context, place, body, err));
}

/* SDKs expect an empty body for a field that is not there. */
bool on_custom_field_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct settings_place place = {SETTINGS_CUSTOM_FIELDS, key_of(call)};
	bool is_set;

	if (!settings_are_set(&context, place, &is_set, err))
		return false;
	return is_set ? reply_answer(response, settings_read(&context, place, err))
		      : reply_nothing(response);
}

bool on_custom_field_delete(struct call *call, struct http_response *response, struct error *err)
{
	return on_reset(call, SETTINGS_CUSTOM_FIELDS, key_of(call), response, err);
}
