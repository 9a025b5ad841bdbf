/* document_contents.h – the contents of documents that arrive with a new package. Inside
 * src/signing only. */
#ifndef GREFFIER_SIGNING_DOCUMENT_CONTENTS_H
#define GREFFIER_SIGNING_DOCUMENT_CONTENTS_H

#include <jansson.h>

#include "base/arena.h"
#include "paperwork/paperwork.h"
#include "signing/package.h"
#include "store/document_content_store.h"

/* Contents of documents: judged, then stored, then put by the txn that changes the package. */
struct document_contents {
	struct {
		const char *document; /* id */
		struct bytes bytes;
	} judged[PACKAGE_DOCUMENTS_MAX];
	struct document_content stored[PACKAGE_DOCUMENTS_MAX];
	size_t count, stored_count;
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
			       struct document_contents *ret_contents, struct error *err);

/* Stores what was judged, before the txn: it takes as long as the disk needs for so many bytes. */
MUST_CHECK bool contents_store(const struct context *context, struct document_contents *contents,
			       struct error *err);
/* When the change failed, contents_store or what came after it: gives up what was stored. Returns false. */
bool contents_give_up(const struct context *context, const struct document_contents *contents);

struct blob_context blob_context_of(const struct context *context);

#endif
