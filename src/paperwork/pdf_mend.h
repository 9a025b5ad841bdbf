/* pdf_mend.h – repairs copies of damaged PDFs in cases where qpdf's own recovery gives up. Pure;
 * hostile input. Inside src/paperwork only.
 *
 * qpdf needs a trailer, and ignores cross-reference streams at wrong positions. Viewers repair
 * all of these. */
#ifndef GREFFIER_PAPERWORK_PDF_MEND_H
#define GREFFIER_PAPERWORK_PDF_MEND_H

#include <stdbool.h>

#include "base/buf.h"

enum pdf_mending {
	/* Makes `startxref` point to the last cross-reference table or stream of the file. */
	MENDING_REFERENCES,
	/* Does the same with positions counted from the start of the file instead of `%PDF-`. */
	MENDING_REFERENCES_COUNTED,
	/* Finds all objects again; the trailer names the last catalogue. Not for encrypted
	 * files, because their key is in the trailer. */
	MENDING_OBJECTS,
	MENDING_COUNT
};

/* Makes a repaired copy; the caller calls free() on its data. Returns false when this repair
 * does not apply or memory is short. */
bool pdf_mend(enum pdf_mending mending, struct bytes pdf, struct bytes *ret_mended);

#endif
