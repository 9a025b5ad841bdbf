/* file_match.h – which uploaded file is the content of which document. Pure. Inside src/signing only.
 *
 * Clients name a file as its document, more or less: decomposed, in another case, cleaned by a file system, escaped. Names are
 * compared in steps, from exact to careless; a step decides only where one document meets one file. Files that no name
 * decides go by order, as OneSpan Sign does, when nothing speaks against it. What stays ambiguous is refused, never guessed. */
#ifndef GREFFIER_SIGNING_FILE_MATCH_H
#define GREFFIER_SIGNING_FILE_MATCH_H

#include "base/arena.h"
#include "base/error.h"
#include "signing/package.h"

#define FILE_MATCH_FILES_MAX 64
#define FILE_MATCH_NONE (-1)

struct file_match {
	struct arena *arena;
	const char *const *names;     /* of documents that want a file; NULL for those that do not */
	size_t count;                 /* at most PACKAGE_DOCUMENTS_MAX */
	const struct upload *uploads;
	size_t upload_count;          /* at most FILE_MATCH_FILES_MAX */
};

/* For each document the index of its upload, or FILE_MATCH_NONE. ERROR_INVALID_DOCUMENT names the document and says what
 * stays open. */
MUST_CHECK bool file_match(const struct file_match *match, int ret_files[PACKAGE_DOCUMENTS_MAX],
			   struct error *err);

/* Replaces the characters that file systems reserve, and control characters, by '_'. In place. */
void file_name_clean(char *name);

#endif
