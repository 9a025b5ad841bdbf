/* options_test.c – arguments beat the environment, that beats the file, that beats the defaults;
 * each mistake is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macros.h"
#include "cli/options.h"
#include "cli/settings.h"

enum {
	CONFIG,
	NAME,
	COUNT,
	FLAG,
	SPEC_COUNT
};
static const struct option_spec specs[SPEC_COUNT] = {
	[CONFIG] = {"config", OPTION_TEXT, "FILE", NULL, 0, 0, "File."},
	[NAME] = {"test-name", OPTION_TEXT, "NAME", "nobody", 0, 0, "Name."},
	[COUNT] = {"count", OPTION_NUMBER, "pieces", "5", 1, 10, "Count."},
	[FLAG] = {"flag", OPTION_SWITCH, "", "false", 0, 0, "Flag."},
};

struct parsed {
	struct arena *arena;
	struct option_value values[SPEC_COUNT];
	struct error err;
};

static bool parse(struct parsed *parsed, const char *const *arguments)
{
	int argc = 0;
	char *argv[10];

	while (arguments[argc]) {
		argv[argc] = arena_strdup(parsed->arena, arguments[argc]);
		argc++;
	}
	memset(parsed->values, 0, sizeof(parsed->values));
	parsed->err = (struct error){0};
	const struct option_table table = {specs, SPEC_COUNT, parsed->values, true};
	return options_parse(&table, 1, parsed->arena, argc, argv, &parsed->err);
}
#define PARSE(...) parse(parsed, (const char *const[]){__VA_ARGS__, NULL})
#define PARSE_NOTHING() parse(parsed, (const char *const[]){NULL})

static void defaults_apply(void **state)
{
	struct parsed *parsed = *state;

	assert_true(PARSE_NOTHING());
	assert_string_equal(parsed->values[NAME].text, "nobody");
	assert_int_equal(parsed->values[COUNT].number, 5);
	assert_false(parsed->values[COUNT].given);
	assert_int_equal(parsed->values[FLAG].number, 0);
	assert_null(parsed->values[CONFIG].text);
}

static void arguments_take_both_forms(void **state)
{
	struct parsed *parsed = *state;

	assert_true(PARSE("--test-name", "ann", "--count=7", "--flag"));
	assert_string_equal(parsed->values[NAME].text, "ann");
	assert_int_equal(parsed->values[COUNT].number, 7);
	assert_int_equal(parsed->values[FLAG].number, 1);
	assert_true(PARSE("--flag=false", "--test-name="));
	assert_int_equal(parsed->values[FLAG].number, 0);
	assert_true(parsed->values[FLAG].given);
	assert_string_equal(parsed->values[NAME].text, "");
}

static void nearer_sources_win(void **state)
{
	struct parsed *parsed = *state;
	char path[] = "/tmp/greffier-options-XXXXXX";

	int fd = mkstemp(path);
	assert_true(fd >= 0);
	dprintf(fd, "# a comment\n\n  count = 9  \ntest-name=file\nflag = true\n");
	close(fd);
	setenv("GREFFIER_TEST_NAME", "environment", 1);
	assert_true(PARSE("--config", path));
	assert_int_equal(parsed->values[COUNT].number, 9);
	assert_string_equal(parsed->values[NAME].text, "environment");
	assert_int_equal(parsed->values[FLAG].number, 1);
	assert_true(PARSE("--config", path, "--test-name", "argument", "--count", "2"));
	assert_string_equal(parsed->values[NAME].text, "argument");
	assert_int_equal(parsed->values[COUNT].number, 2);
	unsetenv("GREFFIER_TEST_NAME");
	unlink(path);
}

static void mistakes_are_named(void **state)
{
	struct parsed *parsed = *state;
	static const struct {
		const char *argument, *value, *named;
	} rows[] = {
		{"--count", "11", "count: must be from 1 to 10"},
		{"--count", "0", "count: must be from 1 to 10"},
		{"--count", "five", "`five` is not a whole number"},
		{"--count", NULL, "--count: needs a value"},
		{"--flag=maybe", NULL, "flag: must be true or false"},
		{"--nothing", NULL, "--nothing: there is no such option"},
		{"stray", NULL, "`stray` is not understood"},
		{"--config", "/nonexistent/file", "config: cannot read"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const arguments[] = {rows[i].argument, rows[i].value, NULL};
		assert_false(parse(parsed, arguments));
		assert_int_equal(parsed->err.code, ERROR_USAGE);
		if (!strstr(parsed->err.technical, rows[i].named))
			fail_msg("expected `%s` in `%s`", rows[i].named, parsed->err.technical);
	}
}

/* The table itself: every default lies in its range, every entry explains itself. */
static void settings_are_consistent(void **state)
{
	struct parsed *parsed = *state;
	struct settings settings = {0};
	const struct option_table table = settings_table(&settings);

	assert_true(options_parse(&table, 1, parsed->arena, 0, NULL, &parsed->err));
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		size_t length = strlen(setting_specs[i].help);
		assert_true(length > 10 && setting_specs[i].help[length - 1] == '.');
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(setting_specs[i].name, setting_specs[j].name);
	}
}

static int parsed_new(void **state)
{
	struct parsed *parsed = calloc(1, sizeof(*parsed));
	parsed->arena = arena_new();
	*state = parsed;
	return 0;
}

static int parsed_free(void **state)
{
	struct parsed *parsed = *state;
	arena_free(parsed->arena);
	free(parsed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults_apply, parsed_new, parsed_free),
		cmocka_unit_test_setup_teardown(arguments_take_both_forms, parsed_new, parsed_free),
		cmocka_unit_test_setup_teardown(nearer_sources_win, parsed_new, parsed_free),
		cmocka_unit_test_setup_teardown(mistakes_are_named, parsed_new, parsed_free),
		cmocka_unit_test_setup_teardown(settings_are_consistent, parsed_new, parsed_free),
	};
	return cmocka_run_group_tests_name("cli/options", tests, NULL, NULL);
}
