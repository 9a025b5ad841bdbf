/* routes_page_test.c – docs/reference/routes.md is the table of routes, as people read it. With
 * GREFFIER_WRITE_DOCS=1 the page is written instead of compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/core/routes.h"
#include "base/buf.h"
#include "base/ensure.h"

#define PAGE_MAX_BYTES (1u << 20)

static const char INTRODUCTION[] =
	"# Routes, callers and limits\n\n"
	"For reviewers and security officers: what each route asks of its caller, and what it takes.\n"
	"Made from the tables `src/api/<area>/routes.def`; a test compares the two.\n\n"
	"- **Caller**: *anybody* needs no credentials; *member* is any credential of the account; *owner*\n"
	"  is the account's owner. Sessions of a sender or signer are let in only where they are named.\n"
	"- **Scope**: what a client app's token must have. **Permission**: what the user must have.\n"
	"- **Body**: the most bytes, and the most JSON values, that are read. *documents* is `--body-limit`.\n"
	"- **Pool**: whose threads do the work, so that long work does not hold up the rest.\n"
	"- **More**: *same site* refuses other sites' pages; *guesses* is limited by address; *waits* holds\n"
	"  a connection and no thread; *memory* is answered without the database when it can be.\n\n"
	"| Route | Caller | Scope | Permission | Body | Pool | More |\n"
	"|---|---|---|---|---|---|---|\n";

static const char *caller_of(enum caller_level level)
{
	static const char *const names[] = {
		[LEVEL_PUBLIC] = "anybody",	   [LEVEL_SIGNER] = "member, sender, signer",
		[LEVEL_SENDER] = "member, sender", [LEVEL_USER] = "member",
		[LEVEL_OWNER] = "owner",	   [LEVEL_OPERATOR] = "operator",
	};

	return names[level];
}

static const char *pool_name(enum route_pool pool)
{
	static const char *const names[POOL_COUNT] = {
		[POOL_API] = "api",
		[POOL_PASSWORDS] = "passwords",
		[POOL_DOCUMENTS] = "documents",
		[POOL_EXPORTS] = "exports",
	};

	return names[pool];
}

static void more_write(struct buf *page, unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *word;
	} words[] = {{ROUTE_SAME_SITE, "same site"},
		     {ROUTE_GUESSES, "guesses"},
		     {ROUTE_WAITS, "waits"},
		     {ROUTE_FROM_MEMORY, "memory"}};
	const char *between = "";

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!(flags & words[i].flag))
			continue;
		ensure(buf_printf(page, "%s%s", between, words[i].word));
		between = ", ";
	}
}

static void route_write(struct buf *page, const struct api_route *route)
{
	const struct body_kind *kind = &body_kinds[route->body];
	const bool has_body = route->method != HTTP_METHOD_GET;

	ensure(buf_printf(
		page, "| `%s %s` | %s | %s | %s | ", http_method_name(route->method),
		route->pattern, caller_of(route->level),
		route->scope == SCOPE_NONE ? "" : scope_name(route->scope),
		route->permission == PERMISSION_NONE ? "" : permission_name(route->permission)));
	if (has_body && kind->limit == 0)
		ensure(buf_printf(page, "documents, %zu values", kind->values));
	else if (has_body)
		ensure(buf_printf(page, "%zu KiB, %zu values", kind->limit / 1024, kind->values));
	ensure(buf_printf(page, " | %s | ", pool_name(route->pool)));
	more_write(page, route->flags);
	ensure(buf_add_text(page, " |\n"));
}

static char *file_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, PAGE_MAX_BYTES + 1);

	ensure(text);
	if (file) {
		(void)!fread(text, 1, PAGE_MAX_BYTES, file);
		fclose(file);
	}
	return text;
}

static void the_page_is_the_table(void **state)
{
	const char *path = *state;
	struct buf page;

	buf_init(&page, PAGE_MAX_BYTES);
	ensure(buf_add_text(&page, INTRODUCTION));
	for (size_t i = 0; i < api_route_count; i++)
		route_write(&page, &api_routes[i]);
	if (getenv("GREFFIER_WRITE_DOCS")) {
		FILE *file = fopen(path, "wb");
		ensure(file && fwrite(page.data, 1, page.length, file) == page.length);
		fclose(file);
	}
	char *shown = file_read(path);
	if (strcmp(shown, (const char *)page.data) != 0)
		fail_msg("docs/reference/routes.md is not the table of routes: run this test with "
			 "GREFFIER_WRITE_DOCS=1 and look at what changes");
	free(shown);
	buf_done(&page);
}

int main(int argc, char **argv)
{
	static char path[4096];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(the_page_is_the_table, path),
	};

	ensure(argc == 2);
	snprintf(path, sizeof(path), "%s/docs/reference/routes.md", argv[1]);
	return cmocka_run_group_tests_name("api/routes_page", tests, NULL, NULL);
}
