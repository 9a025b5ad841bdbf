/* pdf_facts.h – checks with qpdf whether a document is a PDF that can be signed, and measures
 * its pages.
 *
 * Hostile input: a few hundred bytes may make qpdf use gigabytes or hours. A server therefore
 * never calls pdf_judge itself; a helper process (helper.h), fuzzers and unit tests do. */
#ifndef GREFFIER_PAPERWORK_PDF_FACTS_H
#define GREFFIER_PAPERWORK_PDF_FACTS_H

#include "base/buf.h"
#include "base/error.h"

#define PDF_PAGES_MAX 2000
#define PDF_SIDE_MAX 14400     /* units of a page's user space; ISO 32000-1 annex C */
#define PDF_USER_UNIT_MAX 75000 /* maximum size of such a unit in 1/72 inch, as Acrobat allows */

/* Visible size of a page in points (1/72 inch), after cropping and rotation. */
struct pdf_page {
	double width, height;
};

struct pdf_facts {
	unsigned page_count;
	struct pdf_page pages[PDF_PAGES_MAX];
};

/* Checks `pdf`. A damaged file is repaired as viewers do, and accepted when all pages can be
 * read. An encrypted file is accepted when it opens without a password and permits changing,
 * annotating and filling. Fails with ERROR_INVALID_DOCUMENT, which says what is wrong.
 * Thread-safe. */
MUST_CHECK bool pdf_judge(struct bytes pdf, struct pdf_facts *ret_facts, struct error *err);

#endif
