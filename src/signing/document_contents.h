/* document_contents.h – the contents of documents that arrive with a new package. Inside
 * src/signing only. */
#ifndef GREFFIER_SIGNING_DOCUMENT_CONTENTS_H
#define GREFFIER_SIGNING_DOCUMENT_CONTENTS_H

#include <jansson.h>

#include "base/arena.h"
#include "paperwork/paperwork.h"
#include "signing/package.h"

struct prepared_content {
	const char *document; /* id */
	struct bytes content;
};

struct document_contents {
	struct prepared_content list[PACKAGE_DOCUMENTS_MAX];
	size_t count;
};

/* Takes the contents out of `body` (as the client sent it) and of the uploads, in the order of
 * the body's `documents`. Uploads are matched by file_match.h; an upload without a document
 * makes a new one. `package->documents`, the reduced copy in the same order, gets entries for
 * those. A consent document sent by the client is dropped with its content. Contents are not
 * checked yet. */
MUST_CHECK bool contents_collect(struct arena *arena, const json_t *body, json_t *package,
				 const struct upload *uploads, size_t upload_count,
				 struct bytes ret_contents[PACKAGE_DOCUMENTS_MAX], struct error *err);

/* After package_build: lets the judge check each PDF, and writes size and pages into its
 * document. `contents` are those of contents_collect. */
MUST_CHECK bool contents_check(struct arena *arena, const struct judge *judge, json_t *package,
			       const struct bytes contents[PACKAGE_DOCUMENTS_MAX],
			       struct document_contents *ret_prepared, struct error *err);

#endif
