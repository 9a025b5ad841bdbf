/* pdf_facts_test.c – what passes for a PDF, and what its pages measure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "signing/consent_pdf.h"
#include "signing/pdf_facts.h"

static void the_consent_is_a_pdf_of_one_page(void **state)
{
	struct error err = {0};
	scoped(arena) struct arena *arena = arena_new();
	json_t *pages = pdf_pages(consent_pdf(arena), &err);

	assert_non_null(pages);
	assert_int_equal(json_array_size(pages), 1);
	const json_t *page = json_array_get(pages, 0);
	assert_int_equal(json_integer_value(json_object_get(page, "width")), CONSENT_PAGE_WIDTH);
	assert_int_equal(json_integer_value(json_object_get(page, "height")), CONSENT_PAGE_HEIGHT);
	json_decref(pages);
	struct bytes again = consent_pdf(arena);
	assert_int_equal(again.length, CONSENT_PDF_SIZE);
	assert_memory_equal(again.data, consent_pdf(arena).data, again.length);
}

static void what_is_no_pdf_is_refused(void **state)
{
	static const char *const texts[] = {"", "hello", "%PDF-1.4",
					    "%PDF-1.4\n1 0 obj\n<< >>\nendobj\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error err = {0};
		struct bytes bytes = {(const unsigned char *)texts[i], strlen(texts[i])};
		assert_null(pdf_pages(bytes, &err));
		assert_int_equal(err.code, ERROR_INVALID_DOCUMENT);
	}
}

/* Cut and damaged anywhere, it is refused or read; it never does harm. */
static void damage_does_no_harm(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct bytes whole = consent_pdf(arena);

	for (size_t at = 0; at < whole.length; at += 7) {
		struct error err = {0};
		unsigned char *damaged = arena_memdup(arena, whole.data, whole.length);
		json_t *cut = pdf_pages((struct bytes){damaged, at}, &err);
		if (cut && at < whole.length - strlen("%%EOF\n"))
			fail_msg("cut after %zu bytes, it was accepted", at);
		json_decref(cut);
		damaged[at] ^= 0x55;
		json_decref(pdf_pages((struct bytes){damaged, whole.length}, &err));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_consent_is_a_pdf_of_one_page),
		cmocka_unit_test(what_is_no_pdf_is_refused),
		cmocka_unit_test(damage_does_no_harm),
	};
	return cmocka_run_group_tests_name("signing/pdf_facts", tests, NULL, NULL);
}
