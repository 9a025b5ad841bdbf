/* file_match.h – assigns uploaded files to documents by name and order. Pure. Inside src/signing
 * only.
 *
 * Clients change names of files: decomposed characters, other case, characters replaced by a
 * file system, escapes. Names are therefore compared in steps from exact to tolerant. A step
 * decides only when exactly one document fits exactly one file. Files that no name decides are
 * assigned by order, as OneSpan Sign does, unless something contradicts that. An ambiguous file
 * is refused, never guessed. */
#ifndef GREFFIER_SIGNING_FILE_MATCH_H
#define GREFFIER_SIGNING_FILE_MATCH_H

#include "base/arena.h"
#include "base/error.h"
#include "signing/package.h"

#define FILE_MATCH_FILES_MAX 64
#define FILE_MATCH_NONE (-1)

struct file_match {
	struct arena *arena;
	const char *const *names;     /* of documents that need a file; NULL for the others */
	size_t count;                 /* at most PACKAGE_DOCUMENTS_MAX */
	const struct upload *uploads;
	size_t upload_count;          /* at most FILE_MATCH_FILES_MAX */
};

/* Gives each document the index of its upload, or FILE_MATCH_NONE. Fails with
 * ERROR_INVALID_DOCUMENT, which names the document and the ambiguity. */
MUST_CHECK bool file_match(const struct file_match *match, int ret_files[PACKAGE_DOCUMENTS_MAX],
			   struct error *err);

/* Replaces control characters, and characters that file systems reserve, by '_'. In place. */
void file_name_clean(char *name);

#endif
