/* options.c – see options.h. */
#include "cli/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/near.h"

#define CONFIG_LINE_MAX 4096
#define OPTIONS_MAX 256 /* of a command and of the settings together: offered as what was meant */
#define PREFIX "GREFFIER_"
#define PREFIX_OF_TESTS "GREFFIER_TEST_"

struct found_option {
	const struct option_spec *spec;
	struct option_value *value;
};

static bool option_find(const struct option_table *tables, size_t table_count, const char *name,
			size_t name_length, struct found_option *ret_found)
{
	for (size_t t = 0; t < table_count; t++) {
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct option_spec *spec = &tables[t].specs[i];
			if (strlen(spec->name) == name_length &&
			    strncmp(spec->name, name, name_length) == 0) {
				*ret_found = (struct found_option){spec, &tables[t].values[i]};
				return true;
			}
		}
	}
	return false;
}

/* "; did you mean `--data`?", or "". Options that `command_takes` refuses are offered, too. */
static const char *meant_text(const struct option_table *tables, size_t table_count,
			      const char *name, const char *dashes, struct arena *arena)
{
	const char *known[OPTIONS_MAX];
	size_t count = 0;

	for (size_t t = 0; t < table_count; t++) {
		for (size_t i = 0; i < tables[t].count && count < OPTIONS_MAX; i++)
			known[count++] = tables[t].specs[i].name;
	}
	const char *meant = near_find(name, known, count);
	return meant ? arena_printf(arena, "; did you mean `%s%s`?", dashes, meant) : "";
}

static bool number_parse(const struct option_spec *spec, const char *text, int64_t *ret_number,
			 struct error *err)
{
	char *end;
	long long number = strtoll(text, &end, 10);

	if (!*text || *end || strlen(text) > 18)
		return error_set(err, ERROR_USAGE, "%s: `%.40s` is not a whole number", spec->name,
				 text);
	if (number < spec->minimum || number > spec->maximum)
		return error_set(err, ERROR_USAGE, "%s: must be from %lld to %lld", spec->name,
				 (long long)spec->minimum, (long long)spec->maximum);
	*ret_number = number;
	return true;
}

static bool value_set(const struct option_spec *spec, struct option_value *value, const char *text,
		      struct error *err)
{
	struct option_value set = {.text = text, .given = true};

	if (spec->type == OPTION_NUMBER && !number_parse(spec, text, &set.number, err))
		return false;
	if (spec->type == OPTION_SWITCH) {
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
			return error_set(err, ERROR_USAGE, "%s: must be true or false", spec->name);
		set.number = strcmp(text, "true") == 0;
	}
	*value = set;
	return true;
}

static bool defaults_apply(const struct option_table *table, struct error *err)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option_spec *spec = &table->specs[i];
		if (table->values[i].given || !spec->default_value)
			continue;
		if (!value_set(spec, &table->values[i], spec->default_value, err))
			return false;
		table->values[i].given = false;
	}
	return true;
}

static bool arguments_apply(const struct option_table *tables, size_t table_count,
			    struct arena *arena, int argc, char **argv, struct error *err)
{
	for (int i = 0; i < argc; i++) {
		struct found_option found;
		if (strncmp(argv[i], "--", 2) != 0)
			return error_set(err, ERROR_USAGE,
					 "`%.40s` is not understood (options start with --)",
					 argv[i]);
		const char *name = argv[i] + 2;
		const char *equals = strchr(name, '=');
		size_t length = equals ? (size_t)(equals - name) : strlen(name);
		if (!option_find(tables, table_count, name, length, &found))
			return error_set(err, ERROR_USAGE, "--%.*s: there is no such option%s",
					 (int)length, name,
					 meant_text(tables, table_count,
						    arena_strndup(arena, name, length), "--",
						    arena));
		const char *text = equals ? equals + 1 : "true";
		if (!equals && found.spec->type != OPTION_SWITCH) {
			if (++i >= argc)
				return error_set(err, ERROR_USAGE, "--%s: needs a value (%s)",
						 found.spec->name, found.spec->unit);
			text = argv[i];
		}
		if (!value_set(found.spec, found.value, text, err))
			return false;
	}
	return true;
}

static const char *variable_of(const struct option_spec *spec, struct arena *arena)
{
	char *name = arena_printf(arena, PREFIX "%s", spec->name);

	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return name;
}

static bool environment_apply(const struct option_table *table, struct arena *arena,
			      struct error *err)
{
	for (size_t i = 0; i < table->count; i++) {
		const char *name = variable_of(&table->specs[i], arena);
		const char *text = getenv(name);
		if (!text || table->values[i].given)
			continue;
		if (!value_set(&table->specs[i], &table->values[i], text, err))
			return error_wrap(err, "environment variable %s", name);
	}
	return true;
}

void options_unknown_environment(const struct option_table *table, struct arena *arena,
				 void (*on_unknown)(const char *name, const char *meant))
{
	const char *known[OPTIONS_MAX];
	size_t count = 0;

	for (; count < table->count && count < OPTIONS_MAX; count++)
		known[count] = variable_of(&table->specs[count], arena);
	for (char **variable = environ; *variable; variable++) {
		const char *name = arena_strndup(arena, *variable, strcspn(*variable, "="));
		size_t i = 0;
		if (strncmp(name, PREFIX, strlen(PREFIX)) != 0 ||
		    strncmp(name, PREFIX_OF_TESTS, strlen(PREFIX_OF_TESTS)) == 0)
			continue;
		while (i < count && strcmp(name, known[i]) != 0)
			i++;
		if (i == count)
			on_unknown(name, near_find(name, known, count));
	}
}

static char *trimmed(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
	return text;
}

static bool config_line_apply(const struct option_table *tables, size_t table_count,
			      struct arena *arena, char *line, struct error *err)
{
	struct found_option found;

	line = trimmed(line);
	if (!*line || *line == '#')
		return true;
	char *equals = strchr(line, '=');
	if (!equals)
		return error_set(err, ERROR_USAGE, "expected `name = value`");
	*equals = '\0';
	const char *name = trimmed(line);
	if (!option_find(tables, table_count, name, strlen(name), &found))
		return error_set(err, ERROR_USAGE, "%.40s: there is no such setting%s", name,
				 meant_text(tables, table_count, name, "", arena));
	if (found.value->given)
		return true;
	return value_set(found.spec, found.value, arena_strdup(arena, trimmed(equals + 1)), err);
}

static bool config_apply(const struct option_table *tables, size_t table_count, struct arena *arena,
			 struct error *err)
{
	struct found_option config;
	char line[CONFIG_LINE_MAX];
	bool ok = true;

	if (!option_find(tables, table_count, "config", strlen("config"), &config) ||
	    !config.value->text)
		return true;
	FILE *file = fopen(config.value->text, "re");
	if (!file)
		return error_set(err, ERROR_USAGE, "config: cannot read %s", config.value->text);
	for (unsigned number = 1; ok && fgets(line, sizeof(line), file); number++) {
		ok = config_line_apply(tables, table_count, arena, line, err);
		if (!ok)
			(void)error_wrap(err, "%s line %u", config.value->text, number);
	}
	fclose(file);
	return ok;
}

bool options_parse(const struct option_table *tables, size_t table_count, struct arena *arena,
		   int argc, char **argv, struct error *err)
{
	if (!arguments_apply(tables, table_count, arena, argc, argv, err))
		return false;
	for (size_t t = 0; t < table_count; t++) {
		if (tables[t].from_environment && !environment_apply(&tables[t], arena, err))
			return false;
	}
	if (!config_apply(tables, table_count, arena, err))
		return false;
	for (size_t t = 0; t < table_count; t++) {
		if (!defaults_apply(&tables[t], err))
			return false;
	}
	return true;
}

const char *option_limits(const struct option_spec *spec, struct arena *arena)
{
	const char *text = "";

	if (spec->default_value && *spec->default_value && spec->type != OPTION_SWITCH)
		text = arena_printf(arena, " Default: %s%s%s.", spec->default_value,
				    spec->type == OPTION_NUMBER && *spec->unit ? " " : "",
				    spec->type == OPTION_NUMBER ? spec->unit : "");
	if (spec->type == OPTION_NUMBER)
		text = arena_printf(arena, "%s Range: %lld to %lld.", text,
				    (long long)spec->minimum, (long long)spec->maximum);
	return text;
}

const char *option_placeholder(const struct option_spec *spec)
{
	return spec->type == OPTION_NUMBER ? "N" : spec->unit;
}

void option_print_man(const struct option_spec *spec)
{
	scoped(arena) struct arena *arena = arena_new();

	printf(".TP\n.B \\-\\-");
	for (const char *c = spec->name; *c; c++)
		fputs(*c == '-' ? "\\-" : (const char[]){*c, 0}, stdout);
	if (*option_placeholder(spec))
		printf(" \\fI%s\\fR", option_placeholder(spec));
	printf("\n%s%s\n", spec->help, option_limits(spec, arena));
}
