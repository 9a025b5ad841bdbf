/* fuzz_pdf.c – a document, judged in this process: qpdf, the walk of the page tree, the mending of
 * damaged files. Stresses our own searches and walks; what is accepted must have pages that can be
 * shown.
 */
#include <math.h>
#include <stdint.h>

#include "base/ensure.h"
#include "paperwork/pdf_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pdf_facts facts;
	struct error err = {0};

	if (!pdf_judge((struct bytes){data, size}, &facts, &err)) {
		ensure(err.code == ERROR_INVALID_DOCUMENT);
		return 0;
	}
	ensure(facts.page_count > 0 && facts.page_count <= PDF_PAGES_MAX);
	for (unsigned i = 0; i < facts.page_count; i++)
		ensure(isfinite(facts.pages[i].width) && facts.pages[i].width > 0 &&
		       isfinite(facts.pages[i].height) && facts.pages[i].height > 0);
	return 0;
}
