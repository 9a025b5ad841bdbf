/* message_test.c – headers are ASCII, lines are short, the body comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "mail/address.h"
#include "mail/message.h"

static const char *message(struct arena *arena, const char *subject, const char *body)
{
	return mail_message(arena, "greffier@acme.example", "ann@example.com", subject, body, "id1",
			    wall_from_us(1700000000000000));
}

static void a_plain_subject_stays(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *text = message(arena, "Hello", "x");

	assert_non_null(strstr(text, "\r\nSubject: Hello\r\n"));
	assert_non_null(strstr(text, "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"));
	assert_non_null(strstr(text, "Message-ID: <id1@acme.example>\r\n"));
	assert_non_null(strstr(text, "\r\n\r\neA==\r\n"));
}

static void every_line_is_short_and_ascii(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *text = message(
		arena,
		"Un sujet très long, plein d'accents : é è ê à ù ç œ, et encore une "
		"fois é è ê à ù ç œ",
		"Bonjour,\n\nun texte assez long pour qu'il faille plusieurs lignes "
		"de base 64, avec des accents : é è ê à.\n");

	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\r\n");
		assert_true(length <= 78);
		for (size_t i = 0; i < length; i++)
			assert_true((unsigned char)line[i] < 0x80);
		line += length;
		assert_true(strncmp(line, "\r\n", 2) == 0);
		line += 2;
	}
}

/* The vectors are RFC 5890's and UTS 46's ways: no transitional mapping, so that "ß" stays a
 * letter. */
static void a_domain_beyond_ascii_goes_as_a_labels(void **state)
{
	static const struct {
		const char *address, *sent;
	} rows[] = {
		{"ann@example.org", "ann@example.org"},
		{"ann@EXAMPLE.org", "ann@example.org"},
		{"ann@ex\u00e4mple.org", "ann@xn--exmple-cua.org"},
		{"ann@EX\u00c4MPLE.org", "ann@xn--exmple-cua.org"},
		{"ann@exa\u0308mple.org", "ann@xn--exmple-cua.org"},
		{"ann@stra\u00dfe.de", "ann@xn--strae-oqa.de"},
		{"ann@\u4f8b\u3048.\u30c6\u30b9\u30c8", "ann@xn--r8jz45g.xn--zckzah"},
		{"ann@xn--exmple-cua.org", "ann@xn--exmple-cua.org"},
		{"\u00e9lise@ex\u00e4mple.org", "\u00e9lise@xn--exmple-cua.org"},
		{"\"a@b\"@ex\u00e4mple.org", "\"a@b\"@xn--exmple-cua.org"},
		{"ann@mail_host.example", "ann@mail_host.example"},
		{"ann@\u2603\u2603..org", "ann@\u2603\u2603..org"},
		{"ann", "ann"},
		{"ann@", "ann@"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scoped(arena) struct arena *arena = arena_new();
		assert_string_equal(mail_address(arena, rows[i].address), rows[i].sent);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_subject_stays),
		cmocka_unit_test(a_domain_beyond_ascii_goes_as_a_labels),
		cmocka_unit_test(every_line_is_short_and_ascii),
	};
	return cmocka_run_group_tests_name("outbound/mail_message", tests, NULL, NULL);
}
