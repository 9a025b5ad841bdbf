/* pdf_facts.h – is it a PDF that can be signed, and what do its pages measure? Through qpdf.
 *
 * Hostile input: a few hundred bytes may ask qpdf for gigabytes or for hours. A server therefore never calls pdf_judge
 * itself. A helper process does (helper.h), and fuzzers and unit tests do. */
#ifndef GREFFIER_PAPERWORK_PDF_FACTS_H
#define GREFFIER_PAPERWORK_PDF_FACTS_H

#include "base/buf.h"
#include "base/error.h"

#define PDF_PAGES_MAX 2000
#define PDF_SIDE_MAX 14400     /* units of a page's own space; ISO 32000-1 annex C */
#define PDF_USER_UNIT_MAX 75000 /* units of 1/72 inch in one unit of a page's space: what Acrobat takes */

/* As the page is seen: cut to its crop box, turned, in points (1/72 inch). */
struct pdf_page {
	double width, height;
};

struct pdf_facts {
	unsigned page_count;
	struct pdf_page pages[PDF_PAGES_MAX];
};

/* Reads `pdf`. A damaged file is mended as viewers mend it; it is accepted when all its pages can be read. An encrypted one
 * is accepted when it opens without a password and allows changing, annotating and filling.
 * ERROR_INVALID_DOCUMENT says what is wrong. Thread-safe. */
MUST_CHECK bool pdf_judge(struct bytes pdf, struct pdf_facts *ret_facts, struct error *err);

#endif
