/* pdf_facts.h – is it a PDF that can be signed, and what do its pages measure? Through qpdf. Hostile input. */
#ifndef GREFFIER_SIGNING_PDF_FACTS_H
#define GREFFIER_SIGNING_PDF_FACTS_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"

#define PDF_PAGES_MAX 2000

/* The `pages` list of the document model, sizes in points (1/72 inch). ERROR_INVALID_DOCUMENT says what is wrong: no PDF,
 * damaged, encrypted, too many pages. New reference. */
json_t *pdf_pages(struct bytes pdf, struct error *err);

#endif
