/* options.c – see options.h. */
#include "cli/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

#define CONFIG_LINE_MAX 4096

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

static bool arguments_apply(const struct option_table *tables, size_t table_count, int argc,
			    char **argv, struct error *err)
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
			return error_set(err, ERROR_USAGE, "--%.*s: there is no such option",
					 (int)length, name);
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

static bool environment_apply(const struct option_table *table, struct arena *arena,
			      struct error *err)
{
	for (size_t i = 0; i < table->count; i++) {
		char *name = arena_printf(arena, "GREFFIER_%s", table->specs[i].name);
		for (char *c = name; *c; c++)
			*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
		const char *text = getenv(name);
		if (!text || table->values[i].given)
			continue;
		if (!value_set(&table->specs[i], &table->values[i], text, err))
			return error_wrap(err, "environment variable %s", name);
	}
	return true;
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
		return error_set(err, ERROR_USAGE, "%.40s: there is no such setting", name);
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
	if (!arguments_apply(tables, table_count, argc, argv, err))
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

static void print_limits(const struct option_spec *spec)
{
	if (spec->default_value && *spec->default_value && spec->type != OPTION_SWITCH)
		printf(" Default: %s%s%s.", spec->default_value,
		       spec->type == OPTION_NUMBER && *spec->unit ? " " : "",
		       spec->type == OPTION_NUMBER ? spec->unit : "");
	if (spec->type == OPTION_NUMBER)
		printf(" Range: %lld to %lld.", (long long)spec->minimum, (long long)spec->maximum);
}

static const char *placeholder(const struct option_spec *spec)
{
	return spec->type == OPTION_NUMBER ? "N" : spec->unit;
}

void option_print_help(const struct option_spec *spec)
{
	printf("  --%s%s%s\n        %s", spec->name, *placeholder(spec) ? " " : "",
	       placeholder(spec), spec->help);
	print_limits(spec);
	putchar('\n');
}

void option_print_man(const struct option_spec *spec)
{
	printf(".TP\n.B \\-\\-");
	for (const char *c = spec->name; *c; c++)
		fputs(*c == '-' ? "\\-" : (const char[]){*c, 0}, stdout);
	if (*placeholder(spec))
		printf(" \\fI%s\\fR", placeholder(spec));
	printf("\n%s", spec->help);
	print_limits(spec);
	putchar('\n');
}
