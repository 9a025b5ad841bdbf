/* pdf_facts.c – qpdf's C interface, silenced. */
#include "signing/pdf_facts.h"

#include <math.h>
#include <string.h>

#include <qpdf/qpdf-c.h>

#include "base/ensure.h"

#define DEFAULT_WIDTH \
	612 /* when a page does not say: ISO 32000-1 requires it, generators forget it */
#define DEFAULT_HEIGHT 792
#define PAGE_SIDE_MAX 14400 /* ISO 32000-1 annex C */

static json_t *refuse(struct error *err, const char *why)
{
	(void)error_set(err, ERROR_INVALID_DOCUMENT, "%s", why);
	return NULL;
}

static double box_number(qpdf_data qpdf, qpdf_oh box, int index)
{
	qpdf_oh number = qpdf_oh_get_array_item(qpdf, box, index);
	double value = qpdf_oh_is_number(qpdf, number) ? qpdf_oh_get_numeric_value(qpdf, number)
						       : NAN;

	qpdf_oh_release(qpdf, number);
	return value;
}

/* The media box, own or inherited (qpdf pushes inherited attributes down to the pages). */
static void page_size(qpdf_data qpdf, qpdf_oh page, double *ret_width, double *ret_height)
{
	qpdf_oh box = qpdf_oh_get_key(qpdf, page, "/MediaBox");
	double width = NAN, height = NAN;

	if (qpdf_oh_is_array(qpdf, box) && qpdf_oh_get_array_n_items(qpdf, box) == 4) {
		width = fabs(box_number(qpdf, box, 2) - box_number(qpdf, box, 0));
		height = fabs(box_number(qpdf, box, 3) - box_number(qpdf, box, 1));
	}
	qpdf_oh_release(qpdf, box);
	bool usable = width > 0 && width <= PAGE_SIDE_MAX && height > 0 && height <= PAGE_SIDE_MAX;
	*ret_width = usable ? width : DEFAULT_WIDTH;
	*ret_height = usable ? height : DEFAULT_HEIGHT;
}

/* Whole numbers stay whole: 612, not 612.0. */
static json_t *measure(double value)
{
	return value == floor(value) ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *pages_read(qpdf_data qpdf, struct error *err)
{
	int count = qpdf_get_num_pages(qpdf);

	if (count <= 0 || qpdf_has_error(qpdf))
		return refuse(err, "a PDF without readable pages");
	if (count > PDF_PAGES_MAX)
		return refuse(err, "a PDF of more than 2000 pages");
	json_t *pages = json_array();
	for (int i = 0; i < count; i++) {
		double width, height;
		qpdf_oh page = qpdf_get_page_n(qpdf, (size_t)i);
		page_size(qpdf, page, &width, &height);
		qpdf_oh_release(qpdf, page);
		json_array_append_new(pages, json_pack("{s:s, s:i, s:i, s:i, s:i, s:o, s:o}", "id",
						       "", "index", i, "version", 0, "left", 0,
						       "top", 0, "width", measure(width), "height",
						       measure(height)));
	}
	return pages;
}

/* qpdf complains on standard error about errors nobody has asked for. */
static void errors_drain(qpdf_data qpdf)
{
	while (qpdf_has_error(qpdf))
		(void)qpdf_get_error(qpdf);
}

json_t *pdf_pages(struct bytes pdf, struct error *err)
{
	if (pdf.length < 8 || !memmem(pdf.data, pdf.length < 1024 ? pdf.length : 1024, "%PDF-", 5))
		return refuse(err, "only PDF documents are accepted");
	qpdf_data qpdf = qpdf_init();
	ensure(qpdf);
	qpdf_silence_errors(qpdf);
	qpdf_set_suppress_warnings(qpdf, QPDF_TRUE);
	qpdf_set_attempt_recovery(qpdf,
				  QPDF_FALSE); /* a damaged document is the sender's to mend */
	json_t *pages = NULL;
	QPDF_ERROR_CODE read = qpdf_read_memory(qpdf, "document", (const char *)pdf.data,
						pdf.length, NULL);
	if (qpdf_has_error(qpdf) &&
	    qpdf_get_error_code(qpdf, qpdf_get_error(qpdf)) == qpdf_e_password)
		(void)refuse(err, "the PDF is protected by a password");
	else if (read & QPDF_ERRORS)
		(void)refuse(err, "the PDF is damaged");
	else if (qpdf_is_encrypted(qpdf))
		(void)refuse(err, "the PDF is encrypted");
	else
		pages = pages_read(qpdf, err);
	errors_drain(qpdf);
	qpdf_cleanup(&qpdf);
	return pages;
}
