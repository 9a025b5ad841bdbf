/* pdf_mend.h – mends copies of damaged PDFs where qpdf's own recovery gives up: it needs a trailer, and forgets cross-reference
 * streams whose place is wrong. Viewers mend all of these. Pure; hostile input. Inside src/paperwork only. */
#ifndef GREFFIER_PAPERWORK_PDF_MEND_H
#define GREFFIER_PAPERWORK_PDF_MEND_H

#include <stdbool.h>

#include "base/buf.h"

enum pdf_mending {
	/* `startxref` names the last cross-reference table or stream of the file. */
	MENDING_REFERENCES,
	/* The same, and places count from the start of the file, not from `%PDF-`. */
	MENDING_REFERENCES_COUNTED,
	/* All objects are looked for anew; the trailer names the last catalogue. Not for encrypted files: their key is in the trailer. */
	MENDING_OBJECTS,
	MENDING_COUNT
};

/* A mended copy: free() its data. False when the file has nothing that this mending needs, or there is no memory. */
bool pdf_mend(enum pdf_mending mending, struct bytes pdf, struct bytes *ret_mended);

#endif
