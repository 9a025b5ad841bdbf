/* settings_shapes.h – the members of each document of settings. Inside src/access/accounts only. */
#ifndef GREFFIER_ACCESS_ACCOUNTS_SETTINGS_SHAPES_H
#define GREFFIER_ACCESS_ACCOUNTS_SETTINGS_SHAPES_H

#include "base/shape.h"

extern const struct shape feature_settings, package_settings, designer_settings, email_reminder_settings,
	attachment_types, supported_languages, signature_layout, choose_signature, signing_ui_options,
	password_policy, expiry_configuration, data_management_policy, signing_theme, signing_logo,
	idv_workflow_settings, hand_over_link, custom_field;

#endif
