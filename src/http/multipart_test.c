/* multipart_test.c – bodies of several parts, whole and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "http/multipart.h"

#define TYPE "multipart/form-data; boundary=b"
#define PART(name, content) \
	"--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" content "\r\n"

#define FILE_PART(disposition) \
	"--b\r\nContent-Disposition: form-data; name=f; " disposition "\r\n\r\n1\r\n--b--"
#define NAMED(what, disposition, name) \
	{ \
		what, TYPE, FILE_PART(disposition), 1, "f", name, "1" \
	}

static const struct {
	const char *what, *type, *body;
	int count;			       /* -1: refused */
	const char *name, *filename, *content; /* of the last part */
} rows[] = {
	{"one part", TYPE, PART("payload", "{}") "--b--\r\n", 1, "payload", NULL, "{}"},
	{"two parts", TYPE, PART("a", "1") PART("b", "2") "--b--", 2, "b", NULL, "2"},
	{"an empty part", TYPE, PART("a", "") "--b--", 1, "a", NULL, ""},
	{"no parts", TYPE, "--b--", 0, NULL, NULL, NULL},
	{"a preamble and an epilogue", TYPE, "hello\r\n" PART("a", "1") "--b--bye", 1, "a", NULL,
	 "1"},
	{"the boundary inside a line", TYPE, PART("a", "x--b--y") "--b--", 1, "a", NULL, "x--b--y"},
	{"a version parameter, quotes", "Multipart/Form-Data; esl-api-version=11; boundary=\"b\"",
	 PART("a", "1") "--b--", 1, "a", NULL, "1"},
	{"a file name", TYPE,
	 "--b\r\ncontent-type: application/pdf\r\nContent-disposition: form-data; name=file; filename=\"a \\\"b\\\".pdf\"\r\n\r\n1\r\n--b--",
	 1, "file", "a \"b\".pdf", "1"},
	{"an encoded name beats the plain one", TYPE,
	 "--b\r\nContent-Disposition: form-data; name=f; filename=\"x\"; filename*=UTF-8''na%C3%AFve.pdf\r\n\r\n1\r\n--b--",
	 1, "f", "naïve.pdf", "1"},
	{"a path in a name", TYPE,
	 "--b\r\nContent-Disposition: form-data; name=f; filename=\"../../etc/passwd\"\r\n\r\n1\r\n--b--",
	 1, "f", "passwd", "1"},
	{"no boundary", "multipart/form-data", PART("a", "1") "--b--", -1, NULL, NULL, NULL},
	{"another boundary", "multipart/form-data; boundary=c", PART("a", "1") "--b--", -1, NULL,
	 NULL, NULL},
	{"no end", TYPE, PART("a", "1"), -1, NULL, NULL, NULL},
	{"no name", TYPE, "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--", -1, NULL, NULL,
	 NULL},
	{"no disposition", TYPE, "--b\r\nX: y\r\n\r\n1\r\n--b--", -1, NULL, NULL, NULL},
	{"headers that do not end", TYPE, "--b\r\nContent-Disposition: form-data; name=a", -1, NULL,
	 NULL, NULL},
	{"a boundary that goes on", TYPE, "--bc\r\n", -1, NULL, NULL, NULL},
	{"nothing", TYPE, "", -1, NULL, NULL, NULL},
	NAMED("latin 1 in RFC 5987", "filename*=iso-8859-1'en'%C9t%E9.pdf", "Été.pdf"),
	NAMED("a charset nobody knows", "filename=\"a.pdf\"; filename*=x-klingon''%C9", "a.pdf"),
	NAMED("broken escapes", "filename*=UTF-8''100%.pdf", "100%.pdf"),
	NAMED("not what it says", "filename=\"a.pdf\"; filename*=UTF-8''%FF", "a.pdf"),
	NAMED("a NUL", "filename=\"a.pdf\"; filename*=UTF-8''a%00b", "a.pdf"),
	NAMED("pieces (RFC 2231)",
	      "filename*0*=UTF-8''%C3%89; filename*1=\"t\"; filename*2*=%C3%A9.pdf", "Été.pdf"),
	NAMED("an encoded word", "filename=\"=?utf-8?B?w4l0w6kucGRm?=\"", "Été.pdf"),
	NAMED("an encoded word without padding", "filename=\"=?UTF-8?b?w4l0w6kucGRm?=\"",
	      "Été.pdf"),
	NAMED("quoted printable", "filename=\"=?iso-8859-1?Q?=C9t=E9_1.pdf?=\"", "Été 1.pdf"),
	NAMED("two encoded words", "filename=\"=?utf-8?Q?=C3=89t?= =?utf-8?Q?=C3=A9.pdf?=\"",
	      "Été.pdf"),
	NAMED("a word and text", "filename=\"=?utf-8?Q?=C3=89t=C3=A9?=.pdf\"", "Été.pdf"),
	NAMED("encoded words on two lines",
	      "filename=\"=?utf-8?Q?=C3=89t?=\r\n =?utf-8?Q?=C3=A9.pdf?=\"", "Été.pdf"),
	NAMED("a word with a language", "filename=\"=?utf-8*fr?Q?=C3=89t=C3=A9?=\"", "Été"),
	NAMED("a word that is none", "filename=\"=?utf-8?X?abc?= =?=\"", "=?utf-8?X?abc?= =?="),
	NAMED("an empty word",
	      "filename=\"=?utf-8?Q?"
	      "?=a\"",
	      "=?utf-8?Q?"
	      "?=a"),
	NAMED("quotes as browsers write them", "filename=\"a %22b%22 50%.pdf\"", "a \"b\" 50%.pdf"),
	NAMED("latin 1 as it is", "filename=\"\xc9t\xe9.pdf\"", "Été.pdf"),
	NAMED("the parameter on a line of its own", "\r\n\tfilename=\"a.pdf\"", "a.pdf"),
};

static void rows_hold(void **state)
{
	static struct multipart multipart;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		const struct bytes body = {(const unsigned char *)rows[i].body,
					   strlen(rows[i].body)};
		bool parsed = multipart_parse(arena, rows[i].type, body, &multipart, &err);
		if (parsed != (rows[i].count >= 0) ||
		    (parsed && (int)multipart.count != rows[i].count))
			fail_msg("%s: %s", rows[i].what, parsed ? "accepted" : err.technical);
		if (!parsed)
			assert_int_equal(err.code, ERROR_INVALID_MULTIPART);
		if (rows[i].count <= 0)
			continue;
		const struct multipart_part *part = multipart_part(&multipart, rows[i].name);
		assert_non_null(part);
		assert_int_equal(part->content.length, strlen(rows[i].content));
		assert_memory_equal(part->content.data, rows[i].content, part->content.length);
		if (rows[i].filename)
			assert_string_equal(part->filename, rows[i].filename);
		else
			assert_null(part->filename);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_hold)};
	return cmocka_run_group_tests_name("http/multipart", tests, NULL, NULL);
}
