/* helper_test.c – the real judge in a real helper, under all its limits: what it may use, and that
 * it needs no more. The helper is built without sanitizers (meson.build). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <qpdf/qpdf-c.h>
#include <seccomp.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "paperwork/paperwork.h"

#define MEMORY_MIB 64

static struct paperwork_config config_with(bool may_be_unconfined)
{
	const char *program = getenv("PLAIN_HELPER");

	assert_non_null(program);
	return (struct paperwork_config){.program = program,
					 .helpers = 1,
					 .memory_mib = MEMORY_MIB,
					 .processor_seconds = 60,
					 .time = duration_s(60),
					 .wait = duration_s(60),
					 .may_be_unconfined = may_be_unconfined};
}

static bool ask(struct paperwork *paperwork, struct bytes pdf, struct pdf_facts *ret_facts,
		struct error *err)
{
	const struct judge judge = paperwork_judge(paperwork);
	struct document_budget budget = {judge.time};

	return judge.pdf(judge.arg, pdf, &budget, ret_facts, err);
}

static const char one_page[] = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
			       "2 0 obj\n<< /Kids [3 0 R] /Count 1 >>\nendobj\n"
			       "3 0 obj\n<< /MediaBox [0 0 612 792] >>\nendobj\n"
			       "trailer\n<< /Root 1 0 R /Size 4 >>\n";

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){(const unsigned char *)text, strlen(text)};
}

/* In qpdf, an array of two million numbers takes a hundred times its length. */
static void a_document_that_needs_too_much_memory_is_refused(void **state)
{
	const struct paperwork_config config = config_with(false);
	struct pdf_facts facts;
	struct error err = {0};
	static char pdf[8 << 20];
	int length = snprintf(pdf, sizeof(pdf), "%s",
			      "%PDF-1.4\n1 0 obj\n<< /Pages 2 0 R >>\nendobj\n"
			      "2 0 obj\n<< /Kids [3 0 R] >>\nendobj\n3 0 obj\n<< /MediaBox [");

	for (int i = 0; i < 2000000; i++, length += 2)
		memcpy(pdf + length, "0 ", 2);
	length += snprintf(pdf + length, sizeof(pdf) - (size_t)length, "%s",
			   "] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n");
	struct paperwork *paperwork = paperwork_start(&config, &err);
	assert_non_null(paperwork);
	assert_false(ask(paperwork, bytes_of(pdf), &facts, &err));
	assert_int_equal(err.code, ERROR_INVALID_DOCUMENT);
	assert_non_null(strstr(err.technical, "--document-memory"));
	assert_true(ask(paperwork, bytes_of(one_page), &facts, &err));
	paperwork_stop(paperwork);
}

enum forms {
	PLAIN,
	LINEARIZED,
	R2,
	R3,
	R4,
	R6,
	FORM_COUNT
};

static void encrypt(qpdf_data qpdf, enum forms form, const char *user, QPDF_BOOL change,
		    QPDF_BOOL annotate, QPDF_BOOL fill)
{
	switch (form) {
	case R2: /* it has one permission for annotating and filling */
		qpdf_set_r2_encryption_parameters_insecure(qpdf, user, "owner", QPDF_TRUE, change,
							   QPDF_TRUE, annotate);
		break;
	case R3:
		qpdf_set_r3_encryption_parameters_insecure(qpdf, user, "owner", QPDF_TRUE,
							   QPDF_TRUE, QPDF_FALSE, annotate, fill,
							   change, qpdf_r3p_full);
		break;
	case R4:
		qpdf_set_r4_encryption_parameters_insecure(
			qpdf, user, "owner", QPDF_TRUE, QPDF_TRUE, QPDF_FALSE, annotate, fill,
			change, qpdf_r3p_full, QPDF_TRUE, QPDF_TRUE);
		break;
	case R6:
		qpdf_set_r6_encryption_parameters2(qpdf, user, "owner", QPDF_TRUE, QPDF_TRUE,
						   QPDF_FALSE, annotate, fill, change,
						   qpdf_r3p_full, QPDF_TRUE);
		break;
	case LINEARIZED:
		qpdf_set_linearization(qpdf, QPDF_TRUE);
		break;
	case PLAIN:
	case FORM_COUNT:
		break;
	}
}

/* one_page as qpdf writes it; everything that can be is compressed. */
static struct bytes written(enum forms form, const char *user, bool change, bool annotate,
			    bool fill)
{
	qpdf_data qpdf = qpdf_init();

	qpdf_set_suppress_warnings(qpdf, QPDF_TRUE);
	ensure(!(qpdf_read_memory(qpdf, "page", one_page, strlen(one_page), NULL) & QPDF_ERRORS));
	qpdf_init_write_memory(qpdf);
	qpdf_set_object_stream_mode(qpdf,
				    form >= R2 && form <= R3 ? qpdf_o_disable : qpdf_o_generate);
	encrypt(qpdf, form, user, change, annotate, fill);
	ensure(!(qpdf_write(qpdf) & QPDF_ERRORS));
	const struct bytes pdf = {memcpy(malloc(qpdf_get_buffer_length(qpdf)),
					 qpdf_get_buffer(qpdf), qpdf_get_buffer_length(qpdf)),
				  qpdf_get_buffer_length(qpdf)};
	qpdf_cleanup(&qpdf);
	return pdf;
}

/* Each revision of ISO 32000's encryption, in a helper that may load nothing any more. */
static void what_may_be_signed_is_read_in_each_form(void **state)
{
	static const struct {
		const char *user;
		bool change, annotate, fill;
		const char *refused; /* unless the form is not encrypted; NULL: accepted */
	} rows[] = {
		{"", true, true, true, NULL},
		{"", false, true, true, "permissions"},
		{"", true, false, false, "permissions"},
		{"", false, false, true, "permissions"},
		{"", false, false, false, "permissions"},
		{"secret", true, true, true, "password"},
	};
	const struct paperwork_config config = config_with(false);
	struct error err = {0};
	struct paperwork *paperwork = paperwork_start(&config, &err);

	assert_non_null(paperwork);
	for (size_t i = 0; i < ARRAY_SIZE(rows) * FORM_COUNT; i++) {
		const enum forms form = (enum forms)(i % FORM_COUNT);
		const size_t row = i / FORM_COUNT;
		const char *refused = form == PLAIN || form == LINEARIZED ? NULL
									  : rows[row].refused;
		struct pdf_facts facts;
		const struct bytes pdf = written(form, rows[row].user, rows[row].change,
						 rows[row].annotate, rows[row].fill);
		const bool ok = ask(paperwork, pdf, &facts, &err);
		free((void *)(uintptr_t)pdf.data);
		if (ok != !refused || (refused && !strstr(err.technical, refused)))
			fail_msg("form %u, row %zu: %s", form, row,
				 ok ? "accepted" : err.technical);
		if (ok)
			assert_true(facts.page_count == 1 && facts.pages[0].width == 612);
	}
	paperwork_stop(paperwork);
}

/* As on a kernel without seccomp: no filter loads any more. For this process and its children, for
 * good. */
static void seccomp_take_away(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	const struct scmp_arg_cmp sets_filter = SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0);

	ensure(filter &&
	       seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0) == 0 &&
	       seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
				      &sets_filter) == 0 &&
	       seccomp_load(filter) == 0);
	seccomp_release(filter);
}

/* 0: as it should be; else the line that is not. */
static int without_seccomp(void)
{
	const struct paperwork_config careful = config_with(false), careless = config_with(true);
	struct pdf_facts facts;
	struct error err = {0};

	seccomp_take_away();
	if (paperwork_start(&careful, &err) || err.code != ERROR_CONFIGURATION ||
	    !strstr(err.technical, "--allow-unconfined-documents"))
		return __LINE__ % 100;
	struct paperwork *paperwork = paperwork_start(&careless, &err);
	if (!paperwork || !ask(paperwork, bytes_of(one_page), &facts, &err))
		return __LINE__ % 100;
	paperwork_stop(paperwork);
	return 0;
}

static void without_seccomp_it_does_not_start_unless_told_to(void **state)
{
	int status;

	fflush(stdout);
	const pid_t child = fork();
	if (child == 0)
		_exit(without_seccomp());
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_that_needs_too_much_memory_is_refused),
		cmocka_unit_test(what_may_be_signed_is_read_in_each_form),
		cmocka_unit_test(without_seccomp_it_does_not_start_unless_told_to),
	};
	return cmocka_run_group_tests_name("paperwork/helper", tests, NULL, NULL);
}
