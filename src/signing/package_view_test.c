/* package_view_test.c – what the rules see of a package, and what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/macros.h"
#include "signing/package_text.h"
#include "signing/package_view.h"

#define ANN \
	"{\"id\":\"s1\",\"email\":\"ann@acme.example\",\"firstName\":\"Ann\",\"lastName\":\"Lee\"}"
#define ROLE "{\"id\":\"r1\",\"name\":\"Tenant\",\"signers\":[" ANN "]}"
#define EMPTY_ROLE "{\"id\":\"r2\",\"name\":\"Landlord\",\"signers\":[]}"
#define DOCUMENT(approvals) "{\"id\":\"d1\",\"approvals\":[" approvals "]}"
#define CONSENT "{\"id\":\"default-consent\",\"approvals\":[{\"role\":\"r1\",\"fields\":[{}]}]}"

struct lists {
	json_t *roles, *documents;
};

static struct lists lists_read(const char *roles, const char *documents)
{
	struct lists lists = {json_loads(roles, 0, NULL), json_loads(documents, 0, NULL)};

	assert_true(lists.roles && lists.documents);
	return lists;
}

static void lists_free(struct lists lists)
{
	json_decref(lists.roles);
	json_decref(lists.documents);
}

static const struct {
	const char *roles, *documents;
	const char *missing; /* NULL: it may be sent */
} sendable[] = {
	{"[" ROLE "]", "[" CONSENT "," DOCUMENT("{\"role\":\"r1\",\"fields\":[{}]}") "]", NULL},
	{"[" ROLE "]", "[]", "there is no document besides the consent"},
	{"[" ROLE "]", "[" CONSENT "]", "there is no document besides the consent"},
	{"[" ROLE "]", "[" DOCUMENT("") "]", "there is no signature"},
	{"[" ROLE "]", "[" DOCUMENT("{\"role\":\"r1\",\"fields\":[]}") "]",
	 "there is no signature"},
	{"[" ROLE "," EMPTY_ROLE "]", "[" DOCUMENT("{\"role\":\"r2\",\"fields\":[{}]}") "]",
	 "the role `Landlord` has no signer"},
	{"[" ROLE "]", "[" DOCUMENT("{\"role\":\"r9\",\"fields\":[{}]}") "]",
	 "the role `` has no signer"},
};

/* Both ways to a view: from JSON, and from the texts of the parts. */
static void what_is_missing_is_said(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(sendable); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct lists lists = lists_read(sendable[i].roles, sendable[i].documents);
		struct package_view views[2];
		struct package_parts parts;
		struct error none = {0};
		package_view_make(arena, lists.roles, lists.documents, &views[0]);
		assert_true(
			package_parts_encode(arena, lists.roles, lists.documents, &parts, &none));
		assert_true(package_view_read(arena, &parts, &views[1], &none));
		for (int v = 0; v < 2; v++) {
			struct error err = {0};
			assert_int_equal(package_is_sendable(&views[v], &err),
					 !sendable[i].missing);
			assert_string_equal(err.technical,
					    sendable[i].missing ? sendable[i].missing : "");
		}
		lists_free(lists);
	}
}

static const struct {
	const char *approvals;
	bool is_signed, was_touched;
} approvals[] = {
	{"", true, false},
	{"{\"role\":\"r1\"}", false, false},
	{"{\"role\":\"r1\",\"accepted\":\"2026-01-31T12:00:00Z\"}", false, true},
	{"{\"role\":\"r1\",\"signed\":\"2026-01-31T12:00:00Z\"}", true, true},
	{"{\"role\":\"r1\",\"signed\":\"2026-01-31T12:00:00Z\"},{\"role\":\"r1\"}", false, true},
};

static void signatures_are_seen(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(approvals); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct lists lists = lists_read(
			"[" ROLE "]", arena_printf(arena, "[{\"id\":\"d1\",\"approvals\":[%s]}]",
						   approvals[i].approvals));
		struct package_view view;
		package_view_make(arena, lists.roles, lists.documents, &view);
		assert_int_equal(package_is_signed(&view), approvals[i].is_signed);
		assert_int_equal(document_was_touched(&view.documents[0]),
				 approvals[i].was_touched);
		lists_free(lists);
	}
}

static void signers_are_found_by_role_and_by_their_own_id(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct lists lists = lists_read("[" EMPTY_ROLE "," ROLE "]", "[]");
	struct package_view view;

	package_view_make(arena, lists.roles, lists.documents, &view);
	assert_string_equal(view_signer(&view, "r1")->email, "ann@acme.example");
	assert_ptr_equal(view_signer(&view, "s1"), view_signer(&view, "r1"));
	assert_null(view_signer(&view, "r2"));
	assert_null(view_signer(&view, ""));
	assert_string_equal(view_role(&view, "r2")->name, "Landlord");
	assert_null(view_role(&view, "s1"));
	lists_free(lists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(signatures_are_seen),
		cmocka_unit_test(signers_are_found_by_role_and_by_their_own_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
