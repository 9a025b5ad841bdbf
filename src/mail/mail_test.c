/* mail_test.c – every mail has a subject, its values and nothing left to fill in, in both
 * languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "mail/mail.h"

#define VALUES_MAX 4

static const char *const names[MAIL_KIND_COUNT] = {
#define MAIL(kind, values) [MAIL_##kind] = values,
#include "mail/mails.def"
#undef MAIL
};

/* A value that tells its name, for each name of the kind. */
static size_t values_make(struct arena *arena, enum mail_kind kind,
			  struct mail_value ret_values[VALUES_MAX])
{
	size_t count = 0;

	for (const char *at = names[kind]; *at; at += strcspn(at, " "), at += *at == ' ') {
		const char *name = arena_strndup(arena, at, strcspn(at, " "));
		assert_in_range(count, 0, VALUES_MAX - 1);
		ret_values[count++] = MAIL_TEXT(name, arena_printf(arena, "<%s>", name));
	}
	return count;
}

static struct mail_composed compose(struct arena *arena, enum mail_kind kind, const char *language)
{
	const struct mail_recipient recipient = {"account", "ann@acme.example", "Ann", language};
	struct mail_value values[VALUES_MAX];
	size_t count = values_make(arena, kind, values);

	return mail_compose(arena, &recipient, kind, values, count);
}

static void every_mail_is_complete_in_both_languages(void **state)
{
	static const char *const languages[] = {"en", "fr"};

	for (int kind = 0; kind < MAIL_KIND_COUNT; kind++) {
		for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
			scoped(arena) struct arena *arena = arena_new();
			struct mail_value values[VALUES_MAX];
			size_t count = values_make(arena, (enum mail_kind)kind, values);
			const struct mail_composed mail = compose(arena, (enum mail_kind)kind,
								  languages[i]);
			assert_true(*mail.subject && !text_has_control_characters(mail.subject));
			assert_non_null(strstr(mail.body, i ? "Bonjour Ann,\n" : "Hello Ann,\n"));
			assert_null(strchr(mail.body, '$'));
			for (size_t v = 0; v < count; v++)
				assert_non_null(strstr(mail.body, values[v].text));
		}
	}
}

static void the_language_is_the_recipients(void **state)
{
	static const struct {
		const char *language;
		bool french;
	} rows[] = {{"fr", true},  {"fr-CA", true}, {"FR", true},
		    {"en", false}, {"", false},	    {"de", false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scoped(arena) struct arena *arena = arena_new();
		const char *body = compose(arena, MAIL_password, rows[i].language).body;
		assert_int_equal(strncmp(body, "Bonjour", 7) == 0, rows[i].french);
	}
}

static void dates_are_written_out(void **state)
{
	const struct mail_value values[] = {
		MAIL_TEXT("ADDRESS", "192.0.2.1"),
		MAIL_TIME("UNTIL", wall_from_us(INT64_C(1700000000000000))),
	};

	for (int french = 0; french < 2; french++) {
		scoped(arena) struct arena *arena = arena_new();
		const struct mail_recipient recipient = {"a", "e", "Ann", french ? "fr" : "en"};
		const char *body = mail_compose(arena, &recipient, MAIL_blocked, values, 2).body;
		assert_non_null(strstr(body, french ? "14 novembre 2023 à 22 h 13 UTC"
						    : "14 November 2023, 22:13 UTC"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mail_is_complete_in_both_languages),
		cmocka_unit_test(the_language_is_the_recipients),
		cmocka_unit_test(dates_are_written_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
