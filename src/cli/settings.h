/* settings.h – all settings of the operator, in one table (settings.def). */
#ifndef GREFFIER_CLI_SETTINGS_H
#define GREFFIER_CLI_SETTINGS_H

#include "base/network.h"
#include "cli/options.h"

enum setting {
#define SETTING(id, name, type, unit, value, minimum, maximum, help) SETTING_##id,
#include "cli/settings.def"
#undef SETTING
	SETTING_COUNT
};

extern const struct option_spec setting_specs[SETTING_COUNT];

struct settings {
	struct option_value values[SETTING_COUNT];
};

/* Returns the table for options_parse, which fills `settings`. */
struct option_table settings_table(struct settings *settings);

const char *setting_text(const struct settings *settings, enum setting setting); /* "" when not set */
int64_t setting_number(const struct settings *settings, enum setting setting);
/* Reads networks separated by commas. Fails with ERROR_USAGE, which names the setting. */
MUST_CHECK bool setting_networks(const struct settings *settings, enum setting setting,
				 struct network_list *ret_networks, struct error *err);
bool setting_is_on(const struct settings *settings, enum setting setting, bool unless_given);

#endif
