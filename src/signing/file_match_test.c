/* file_match_test.c – which file goes to which document, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "signing/file_match.h"

#define REFUSED "refused"
#define MANY 4

/* `files` as they are sent; `expected`: for each document the file's place, or '-'. */
static const struct {
	const char *what, *documents[MANY], *files[MANY], *expected;
} rows[] = {
	{"exact names, another order", {"A", "B"}, {"B", "A"}, "10"},
	{"with the extension", {"A", "B"}, {"B.pdf", "A.pdf"}, "10"},
	{"documents with it", {"A.pdf", "B.PDF"}, {"B", "A"}, "10"},
	{"the extension in any case", {"A", "B"}, {"B.PDF", "A.Pdf"}, "10"},
	{"decomposed",
	 {"\u00c9t\u00e9", "No\u00ebl"},
	 {"Noe\u0308l.pdf", "E\u0301te\u0301.pdf"},
	 "10"},
	{"composed",
	 {"E\u0301te\u0301", "Noe\u0308l"},
	 {"No\u00ebl.pdf", "\u00c9t\u00e9.pdf"},
	 "10"},
	{"another case", {"Lease", "NOTE"}, {"note.pdf", "LEASE.pdf"}, "10"},
	{"another case beyond ASCII", {"\u00c9t\u00e9", "b"}, {"B.pdf", "\u00e9T\u00c9.pdf"}, "10"},
	{"reserved characters", {"Q1: a/b", "Q2"}, {"Q2.pdf", "Q1_ a_b.pdf"}, "10"},
	{"reserved characters as they are", {"Q1: a/b", "Q2"}, {"Q2.pdf", "Q1: a/b.pdf"}, "10"},
	{"quotes", {"a \"b\"", "c"}, {"c.pdf", "a \"b\".pdf"}, "10"},
	{"escaped", {"\u00c9t\u00e9 1", "b"}, {"b.pdf", "%C3%89t%C3%A9%201.pdf"}, "10"},
	{"blanks became signs", {"My lease", "b c"}, {"b_c.pdf", "My+lease.pdf"}, "10"},
	{"accents fell off", {"\u00c9t\u00e9", "No\u00ebl"}, {"Noel.pdf", "Ete.pdf"}, "10"},
	{"two of one name go by order", {"A", "A"}, {"A", "A"}, "01"},
	{"case tells them apart", {"a", "A"}, {"A.pdf", "a.pdf"}, "10"},
	{"the extension tells them apart", {"A", "A.pdf"}, {"A.pdf", "A"}, "10"},
	{"names of their own go by order", {"First", "Second"}, {"scan1.pdf", "scan2.pdf"}, "01"},
	{"the rest by order", {"A", "B", "C"}, {"A.pdf", "x.pdf", "y.pdf"}, "012"},
	{"one is left for one", {"\u00c9t\u00e9"}, {"scan.pdf"}, "0"},
	{"one is left after names", {"No\u00ebl", "B"}, {"B.pdf", "scan.pdf"}, "10"},
	{"files of their own", {NULL}, {"x.pdf", "y.pdf"}, ""},
	{"no name at all", {"A", "B"}, {"", ""}, "01"},
	{"no file", {"A"}, {NULL}, "-"},

	{"cases that do not tell", {"Lease", "lease"}, {"LEASE.pdf", "leasE.pdf"}, REFUSED},
	{"one file for two documents", {"A", "A"}, {"A"}, REFUSED},
	{"two files for one document", {"A"}, {"A.pdf", "A.PDF"}, REFUSED},
	{"spoilt names", {"\u00c9t\u00e9", "No\u00ebl"}, {"No?l.pdf", "?t?.pdf"}, REFUSED},
	{"spoilt to nothing", {"\u5951\u7d04", "\u66f8\u985e"}, {"??.pdf", "__.pdf"}, REFUSED},
	{"names decoded wrongly",
	 {"\u00c9t\u00e9", "No\u00ebl"},
	 {"No\u00c3\u00abl.pdf", "\u00c3\u2030t\u00c3\u00a9.pdf"},
	 REFUSED},
	{"an order that was not kept",
	 {"A", "B", "C", "D"},
	 {"B.pdf", "A.pdf", "x.pdf", "y.pdf"},
	 REFUSED},
};

static size_t count_of(const char *const *names)
{
	size_t count = 0;

	while (count < MANY && names[count])
		count++;
	return count;
}

static void rows_hold(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct upload uploads[MANY];
		struct error err = {0};
		int files[PACKAGE_DOCUMENTS_MAX];
		char got[MANY + 1] = "";
		const struct file_match match = {arena, rows[i].documents,
						 count_of(rows[i].documents), uploads,
						 count_of(rows[i].files)};
		for (size_t j = 0; j < match.upload_count; j++)
			uploads[j] = (struct upload){.filename = rows[i].files[j],
						     .filename_sent = rows[i].files[j]};
		const bool matched = file_match(&match, files, &err);
		for (size_t j = 0; j < match.count; j++)
			got[j] = files[j] == FILE_MATCH_NONE ? '-' : (char)('0' + files[j]);
		if (strcmp(matched ? got : REFUSED, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].what, matched ? got : err.technical);
		if (!matched)
			assert_int_equal(err.code, ERROR_INVALID_DOCUMENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_hold)};
	return cmocka_run_group_tests_name("signing/file_match", tests, NULL, NULL);
}
