/* consent_pdf.c – writes the smallest honest PDF (ISO 32000-1): five objects, a page of text in
 * Helvetica. */
#include "signing/consent_pdf.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"

#define PDF_MAX 16384

/* In the order they are written; none has a parenthesis or a backslash, which PDF strings would
 * have escaped. */
static const char *const lines[] = {
	"Before you read and sign the documents of this transaction electronically,",
	"please read this notice.",
	"",
	"By accepting it you agree",
	"",
	"  1. to receive the documents in electronic form instead of on paper;",
	"  2. to sign them electronically, and that such a signature binds you as",
	"      one by hand does, to the extent that the law allows;",
	"  3. that you can open, read and keep electronic documents on your device.",
	"",
	"You may ask the sender for a copy on paper. You may withdraw this consent",
	"before you have signed, by declining the transaction or by telling the",
	"sender; what you have signed until then remains valid.",
	"",
	"The sender keeps a record of your acceptance, with its date and time,",
	"together with the signed documents.",
};

static struct buf page_content(void)
{
	struct buf content;
	bool fits;

	buf_init(&content, PDF_MAX);
	fits = buf_printf(
		&content,
		"BT /F1 16 Tf 72 700 Td (Electronic Disclosures and Signatures Consent) Tj ET\n"
		"BT /F1 11 Tf 72 660 Td 16 TL\n");
	for (size_t i = 0; fits && i < ARRAY_SIZE(lines); i++)
		fits = buf_printf(&content, "(%s) Tj T*\n", lines[i]);
	ensure(fits && buf_add_text(&content, "ET"));
	return content;
}

struct bytes consent_pdf(struct arena *arena)
{
	struct buf content = page_content(), pdf;
	size_t offsets[5], count = 0;

	buf_init(&pdf, PDF_MAX);
#define PDF_OBJECT(...) \
	do { \
		offsets[count++] = pdf.length; \
		ensure(buf_printf(&pdf, "%zu 0 obj\n", count) && buf_printf(&pdf, __VA_ARGS__) && \
		       buf_add_text(&pdf, "\nendobj\n")); \
	} while (0)
	ensure(buf_add_text(&pdf, "%PDF-1.4\n"));
	PDF_OBJECT("<< /Type /Catalog /Pages 2 0 R >>");
	PDF_OBJECT("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
	PDF_OBJECT("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
		   "/Resources << /Font << /F1 5 0 R >> >> >>",
		   CONSENT_PAGE_WIDTH, CONSENT_PAGE_HEIGHT);
	PDF_OBJECT("<< /Length %zu >>\nstream\n%s\nendstream", content.length,
		   (const char *)content.data);
	PDF_OBJECT("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding "
		   ">>");
#undef PDF_OBJECT
	size_t table = pdf.length;
	bool fits = buf_printf(&pdf, "xref\n0 %zu\n0000000000 65535 f \n", count + 1);
	for (size_t i = 0; fits && i < count; i++)
		fits = buf_printf(&pdf, "%010zu 00000 n \n", offsets[i]);
	ensure(fits &&
	       buf_printf(&pdf, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n",
			  count + 1, table));
	const struct bytes copied = {arena_memdup(arena, pdf.data, pdf.length), pdf.length};
	buf_done(&content);
	buf_done(&pdf);
	return copied;
}
