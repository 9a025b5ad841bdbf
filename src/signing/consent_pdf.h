/* consent_pdf.h – the consent document, which every signer accepts first. */
#ifndef GREFFIER_SIGNING_CONSENT_PDF_H
#define GREFFIER_SIGNING_CONSENT_PDF_H

#include "base/arena.h"
#include "base/buf.h"

#define CONSENT_PAGE_WIDTH 612 /* points */
#define CONSENT_PAGE_HEIGHT 792
#define CONSENT_PDF_SIZE 1522 /* bytes; pdf_facts_test.c checks it */

/* Returns the one-page PDF; the bytes are always the same. */
struct bytes consent_pdf(struct arena *arena);

#endif
