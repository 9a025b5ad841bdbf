/* pdf_facts_test.c – what passes for a PDF, and what its pages measure. tests/documents.test.mjs
 * has the whole kinds: damaged, encrypted, hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "paperwork/pdf_facts.h"

/* One page whose dictionary holds `page`, under a node that holds `node`. */
static struct bytes one_page(char *room, size_t size, const char *page, const char *node)
{
	char objects[4][512];
	int offsets[4], length = 0;

	snprintf(objects[0], sizeof(objects[0]), "<< /Type /Catalog /Pages 2 0 R >>");
	snprintf(objects[1], sizeof(objects[1]), "<< /Type /Pages /Kids [3 0 R] /Count 1 %s >>",
		 node);
	snprintf(objects[2], sizeof(objects[2]),
		 "<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s >>", page);
	snprintf(objects[3], sizeof(objects[3]), "<< /Length 4 >>\nstream\nq Q \nendstream");
	length = snprintf(room, size, "%%PDF-1.4\n");
	for (int i = 0; i < 4; i++) {
		offsets[i] = length;
		length += snprintf(room + length, size - (size_t)length, "%d 0 obj\n%s\nendobj\n",
				   i + 1, objects[i]);
	}
	const int table = length;
	length += snprintf(room + length, size - (size_t)length,
			   "xref\n0 5\n0000000000 65535 f \n");
	for (int i = 0; i < 4; i++)
		length += snprintf(room + length, size - (size_t)length, "%010d 00000 n \n",
				   offsets[i]);
	length += snprintf(room + length, size - (size_t)length,
			   "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", table);
	return (struct bytes){(const unsigned char *)room, (size_t)length};
}

/* ISO 32000-1 sections 7.7.3.3 and 14.11.2: as the page is seen. */
static void a_page_measures_what_is_seen(void **state)
{
	static const struct {
		const char *what, *page, *node;
		double width, height;
	} rows[] = {
		{"media box", "/MediaBox [0 0 612 792]", "", 612, 792},
		{"fractions", "/MediaBox [0 0 595.276 841.89]", "", 595.276, 841.89},
		{"moved", "/MediaBox [10 10 622 802]", "", 612, 792},
		{"corners in another order", "/MediaBox [612 792 0 0]", "", 612, 792},
		{"inherited", "", "/MediaBox [0 0 595 842]", 595, 842},
		{"own before inherited", "/MediaBox [0 0 10 20]", "/MediaBox [0 0 595 842]", 10,
		 20},
		{"none", "", "", 612, 792},
		{"no box", "/MediaBox [0 0 612]", "", 612, 792},
		{"no numbers", "/MediaBox [0 0 /a /b]", "", 612, 792},
		{"empty", "/MediaBox [0 0 0 0]", "", 612, 792},
		{"too large", "/MediaBox [0 0 99999 10]", "", 612, 792},
		{"crop box", "/MediaBox [0 0 612 792] /CropBox [100 100 400 500]", "", 300, 400},
		{"crop box inherited", "/MediaBox [0 0 612 792]", "/CropBox [0 0 300 400]", 300,
		 400},
		{"crop box beyond", "/MediaBox [0 0 612 792] /CropBox [-9 -9 300 999]", "", 300,
		 792},
		{"crop box outside", "/MediaBox [0 0 612 792] /CropBox [700 0 800 100]", "", 612,
		 792},
		{"turned right", "/MediaBox [0 0 612 792] /Rotate 90", "", 792, 612},
		{"turned left", "/MediaBox [0 0 612 792] /Rotate -90", "", 792, 612},
		{"upside down", "/MediaBox [0 0 612 792] /Rotate 180", "", 612, 792},
		{"turned more than once", "/MediaBox [0 0 612 792] /Rotate 450", "", 792, 612},
		{"turned with a point", "/MediaBox [0 0 612 792] /Rotate 270.0", "", 792, 612},
		{"turned by the node", "/MediaBox [0 0 612 792]", "/Rotate 90", 792, 612},
		{"turned back", "/MediaBox [0 0 612 792] /Rotate 0", "/Rotate 90", 612, 792},
		{"turned askew", "/MediaBox [0 0 612 792] /Rotate 45", "", 612, 792},
		{"larger units", "/MediaBox [0 0 612 792] /UserUnit 2", "", 1224, 1584},
		{"units of a fraction", "/MediaBox [0 0 100 200] /UserUnit 1.5", "", 150, 300},
		{"units are not inherited", "/MediaBox [0 0 612 792]", "/UserUnit 2", 612, 792},
		{"units of nothing", "/MediaBox [0 0 612 792] /UserUnit 0", "", 612, 792},
		{"absurd units", "/MediaBox [0 0 612 792] /UserUnit 1e9", "", 612, 792},
		{"all together",
		 "/MediaBox [0 0 612 792] /CropBox [0 0 100 200] /Rotate 90 /UserUnit 2", "", 400,
		 200},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pdf_facts facts;
		struct error err = {0};
		char room[4096];
		struct bytes pdf = one_page(room, sizeof(room), rows[i].page, rows[i].node);
		if (!pdf_judge(pdf, &facts, &err))
			fail_msg("%s: %s", rows[i].what, err.technical);
		if (facts.page_count != 1 || facts.pages[0].width != rows[i].width ||
		    facts.pages[0].height != rows[i].height)
			fail_msg("%s: %g x %g", rows[i].what, facts.pages[0].width,
				 facts.pages[0].height);
	}
}

static void what_is_no_pdf_is_refused(void **state)
{
	static const char *const texts[] = {"", "hello", "%PDF-1.4",
					    "%PDF-1.4\n1 0 obj\n<< >>\nendobj\n"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct pdf_facts facts;
		struct error err = {0};
		struct bytes bytes = {(const unsigned char *)texts[i], strlen(texts[i])};
		assert_false(pdf_judge(bytes, &facts, &err));
		assert_int_equal(err.code, ERROR_INVALID_DOCUMENT);
	}
}

/* A file cut anywhere is refused until all that the page shows is in it. Damaged anywhere, it is
 * refused or read; it never does harm. */
static void damage_does_no_harm(void **state)
{
	char room[4096];
	const struct bytes whole = one_page(room, sizeof(room), "/MediaBox [0 0 612 792]", "");
	const char *content_end = strstr(room, "\nendstream");

	for (size_t at = 0; at < whole.length; at++) {
		struct pdf_facts facts;
		struct error err = {0};
		unsigned char *damaged = malloc(whole.length);
		assert_non_null(damaged);
		memcpy(damaged, whole.data, whole.length);
		const bool is_accepted = pdf_judge((struct bytes){damaged, at}, &facts, &err);
		if (is_accepted && room + at < content_end)
			fail_msg("cut after %zu bytes, it was accepted", at);
		damaged[at] ^= 0x55;
		if (pdf_judge((struct bytes){damaged, whole.length}, &facts, &err))
			assert_int_equal(facts.page_count, 1);
		free(damaged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_measures_what_is_seen),
		cmocka_unit_test(what_is_no_pdf_is_refused),
		cmocka_unit_test(damage_does_no_harm),
	};
	return cmocka_run_group_tests_name("paperwork/pdf_facts", tests, NULL, NULL);
}
