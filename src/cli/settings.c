/* settings.c – the table, made of settings.def. */
#include "cli/settings.h"

const struct option_spec setting_specs[SETTING_COUNT] = {
#define SETTING(id, name, type, unit, value, minimum, maximum, help) \
	[SETTING_##id] = {name, type, unit, value, minimum, maximum, help},
#include "cli/settings.def"
#undef SETTING
};

struct option_table settings_table(struct settings *settings)
{
	return (struct option_table){setting_specs, SETTING_COUNT, settings->values, true};
}

const char *setting_text(const struct settings *settings, enum setting setting)
{
	const char *text = settings->values[setting].text;
	return text ? text : "";
}

int64_t setting_number(const struct settings *settings, enum setting setting)
{
	return settings->values[setting].number;
}

bool setting_is_on(const struct settings *settings, enum setting setting, bool unless_given)
{
	const struct option_value *value = &settings->values[setting];
	return value->given ? value->number != 0 : unless_given;
}

bool setting_networks(const struct settings *settings, enum setting setting,
		      struct network_list *ret_networks, struct error *err)
{
	return network_list_parse(setting_text(settings, setting), ret_networks) ||
	       error_set(err, ERROR_USAGE, "--%s: networks such as 10.0.0.0/8, at most %zu",
			 setting_specs[setting].name, ARRAY_SIZE(ret_networks->networks));
}
