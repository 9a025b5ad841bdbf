/* document_contents.h – the bytes of the documents that come with a new package. Inside src/signing only. */
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

/* Takes the contents out of `body` (as the client sent it) and the uploads, in the order of its `documents`. Uploads are
 * matched as file_match.h says; one that belongs to no document makes one. Entries of `package->documents` (the reduced
 * copy, same order) are added for those; one for the consent document goes, with its content. Not checked yet. */
MUST_CHECK bool contents_collect(struct arena *arena, const json_t *body, json_t *package,
				 const struct upload *uploads, size_t upload_count,
				 struct bytes ret_contents[PACKAGE_DOCUMENTS_MAX], struct error *err);

/* After package_build: has each PDF judged and writes size and pages into its document. `contents` as collected. */
MUST_CHECK bool contents_check(struct arena *arena, const struct judge *judge, json_t *package,
			       const struct bytes contents[PACKAGE_DOCUMENTS_MAX],
			       struct document_contents *ret_prepared, struct error *err);

#endif
