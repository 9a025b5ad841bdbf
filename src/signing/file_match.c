/* file_match.c – see file_match.h. */
#include "signing/file_match.h"

#include <string.h>

#include "base/text.h"
#include "base/unicode.h"

void file_name_clean(char *name)
{
	for (char *c = name; *c; c++) {
		if (strchr("*/\\:<>|?\"", *c) || (unsigned char)*c < 0x20)
			*c = '_';
	}
}

/* ---- how names are compared, from exact to careless ---- */

static const char *as_stored(struct arena *arena, const char *name)
{
	char *composed = unicode_compose(arena, name);

	file_name_clean(composed);
	return composed;
}

static const char *without_extension(struct arena *arena, const char *name)
{
	const char *stored = as_stored(arena, name);
	const size_t length = strlen(stored);

	return length > 4 && text_equal_nocase(stored + length - 4, ".pdf")
		       ? arena_strndup(arena, stored, length - 4)
		       : stored;
}

static const char *in_any_case(struct arena *arena, const char *name)
{
	return unicode_fold(arena, without_extension(arena, name));
}

/* Some clients escape the whole name as in a URL. */
static const char *unescaped(struct arena *arena, const char *name)
{
	char *decoded;

	return in_any_case(
		arena, percent_decode(arena, name, strlen(name), false, &decoded) ? decoded : name);
}

static const char *letters_only(struct arena *arena, const char *name)
{
	return unicode_skeleton(arena, unescaped(arena, name));
}

static const struct step {
	const char *(*key)(struct arena *arena, const char *name);
	bool order_decides; /* between as many documents as files of one name */
} steps[] = {
	{as_stored, true},  {without_extension, false}, {in_any_case, false},
	{unescaped, false}, {letters_only, false},
};

/* ---- matching ---- */

struct matching {
	const struct file_match *match;
	int *files;			     /* of documents */
	bool is_taken[FILE_MATCH_FILES_MAX]; /* uploads */
	const char *document_keys[PACKAGE_DOCUMENTS_MAX];
	const char *file_keys[FILE_MATCH_FILES_MAX], *path_keys[FILE_MATCH_FILES_MAX];
};

static bool wants(const struct matching *matching, size_t document)
{
	return matching->match->names[document] && matching->files[document] == FILE_MATCH_NONE;
}

static void keys_make(struct matching *matching, const struct step *step)
{
	const struct file_match *match = matching->match;

	for (size_t i = 0; i < match->count; i++)
		matching->document_keys[i] = wants(matching, i)
						     ? step->key(match->arena, match->names[i])
						     : NULL;
	for (size_t i = 0; i < match->upload_count; i++) {
		const struct upload *upload = &match->uploads[i];
		const bool is_named = !matching->is_taken[i] && upload->filename;
		matching->file_keys[i] = is_named ? step->key(match->arena, upload->filename)
						  : NULL;
		matching->path_keys[i] = is_named && upload->filename_sent
						 ? step->key(match->arena, upload->filename_sent)
						 : matching->file_keys[i];
	}
}

/* Whether the upload's name is the key: the whole of it, or what follows its path. "" is no name.
 */
static bool file_has_key(const struct matching *matching, size_t file, const char *key)
{
	return *key && matching->file_keys[file] && !matching->is_taken[file] &&
	       (strcmp(matching->file_keys[file], key) == 0 ||
		strcmp(matching->path_keys[file], key) == 0);
}

static bool is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Gives the documents with this key the files with this key, in their order. */
static void pair(struct matching *matching, const char *key)
{
	size_t file = 0;

	for (size_t i = 0; i < matching->match->count; i++) {
		if (!wants(matching, i) || !is_same(matching->document_keys[i], key))
			continue;
		while (!file_has_key(matching, file, key))
			file++;
		matching->files[i] = (int)file;
		matching->is_taken[file] = true;
	}
}

static bool refuse(const struct matching *matching, size_t document, const char *why,
		   struct error *err)
{
	return error_set(err, ERROR_INVALID_DOCUMENT,
			 "documents[%zu] (\"%.60s\"): %s; name each file part as its document",
			 document, matching->match->names[document], why);
}

/* Decides for the document's key, if it can. */
static bool key_decide(struct matching *matching, const struct step *step, size_t document,
		       struct error *err)
{
	const char *key = matching->document_keys[document];
	size_t documents = 0, files = 0;

	for (size_t i = 0; i < matching->match->count; i++)
		documents += wants(matching, i) && is_same(matching->document_keys[i], key);
	for (size_t i = 0; i < matching->match->upload_count; i++)
		files += file_has_key(matching, i, key);
	if (files == 0)
		return true;
	if (files != documents || (files > 1 && !step->order_decides))
		return refuse(matching, document, "it is not clear which file part it is", err);
	pair(matching, key);
	return true;
}

static bool step_take(struct matching *matching, const struct step *step, struct error *err)
{
	keys_make(matching, step);
	for (size_t i = 0; i < matching->match->count; i++) {
		if (wants(matching, i) && !key_decide(matching, step, i, err))
			return false;
	}
	return true;
}

/* ---- by order ---- */

/* Whether the files that names have decided came in the order of their documents. */
static bool order_is_kept(const struct matching *matching)
{
	int last = FILE_MATCH_NONE;

	for (size_t i = 0; i < matching->match->count; i++) {
		if (matching->files[i] == FILE_MATCH_NONE)
			continue;
		if (matching->files[i] < last)
			return false;
		last = matching->files[i];
	}
	return true;
}

/* Whether programs on the way leave the name as it is. If not, a file that seems to have another
 * name may be this document's. */
static bool name_is_sturdy(const char *name)
{
	return *name &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			    " ._-()") == strlen(name);
}

static size_t files_left(const struct matching *matching)
{
	size_t left = 0;

	for (size_t i = 0; i < matching->match->upload_count; i++)
		left += !matching->is_taken[i];
	return left;
}

/* The rest goes by order: a client whose files have names of their own. With several left, it must
 * have kept the order so far, and their names must not be ones that were spoilt on the way. */
static bool by_order(struct matching *matching, struct error *err)
{
	const size_t left = files_left(matching);
	size_t wanting = 0, next = 0;

	for (size_t i = 0; i < matching->match->count; i++)
		wanting += wants(matching, i);
	for (size_t i = 0; left > 0 && i < matching->match->count; i++) {
		if (!wants(matching, i))
			continue;
		if ((left > 1 || wanting > 1) &&
		    (!order_is_kept(matching) || !name_is_sturdy(matching->match->names[i])))
			return refuse(matching, i,
				      "no file part has its name, and several are left", err);
		while (next < matching->match->upload_count && matching->is_taken[next])
			next++;
		if (next == matching->match->upload_count)
			return true;
		matching->files[i] = (int)next;
		matching->is_taken[next] = true;
	}
	return true;
}

bool file_match(const struct file_match *match, int ret_files[PACKAGE_DOCUMENTS_MAX],
		struct error *err)
{
	struct matching *matching = arena_alloc(match->arena, sizeof(*matching));

	*matching = (struct matching){.match = match, .files = ret_files};
	for (size_t i = 0; i < match->count; i++)
		ret_files[i] = FILE_MATCH_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!step_take(matching, &steps[i], err))
			return false;
	}
	return by_order(matching, err);
}
