/* archive.c – see archive.h. */
#include "signing/archive.h"

#include <string.h>

#include <zip.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "base/text.h"

static bool is_taken(zip_t *zip, const char *name)
{
	return zip_name_locate(zip, name, ZIP_FL_ENC_UTF_8) >= 0;
}

/* "Contract.pdf", "Contract (2).pdf" … */
static const char *free_name(struct arena *arena, zip_t *zip, const char *name)
{
	const char *dot = strrchr(name, '.');
	const size_t stem = dot && dot != name ? (size_t)(dot - name) : strlen(name);
	const char *candidate = name;

	for (int i = 2; is_taken(zip, candidate); i++)
		candidate = arena_printf(arena, "%.*s (%d)%s", (int)stem, name, i, name + stem);
	return candidate;
}

static bool entry_add(struct arena *arena, zip_t *zip, const struct archive_entry *entry)
{
	zip_source_t *source = zip_source_buffer(zip, entry->content.data, entry->content.length,
						 0);

	if (!source)
		return false;
	zip_int64_t at = zip_file_add(zip, free_name(arena, zip, entry->name), source,
				      ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(source);
		return false;
	}
	return zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0;
}

static bool bytes_take(struct arena *arena, zip_source_t *source, struct bytes *ret_archive)
{
	zip_stat_t stat;

	if (zip_source_open(source) != 0)
		return false;
	bool done = zip_source_stat(source, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE);
	unsigned char *data = done ? arena_try_alloc(arena, stat.size + 1) : NULL;
	done = data && zip_source_read(source, data, stat.size) == (zip_int64_t)stat.size;
	zip_source_close(source);
	if (done)
		*ret_archive = (struct bytes){data, stat.size};
	return done;
}

/* An archive without an entry is a file without a byte in libzip. */
static const unsigned char EMPTY_ARCHIVE[22] = {'P', 'K', 5, 6};

bool archive_make(struct arena *arena, const struct archive_entry *entries, size_t count,
		  struct bytes *ret_archive, struct error *err)
{
	zip_error_t error;

	if (count == 0) {
		*ret_archive = (struct bytes){EMPTY_ARCHIVE, sizeof(EMPTY_ARCHIVE)};
		return true;
	}
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	if (!source)
		return error_set(err, ERROR_NO_MEMORY, NULL);
	zip_source_keep(source); /* zip_close gives one reference back */
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
	bool done = zip != NULL;
	for (size_t i = 0; i < count && done; i++)
		done = entry_add(arena, zip, &entries[i]);
	if (zip && (!done || zip_close(zip) != 0)) {
		zip_discard(zip);
		done = false;
	}
	done = done && bytes_take(arena, source, ret_archive);
	zip_source_free(source);
	return done || error_set(err, ERROR_NO_MEMORY, NULL);
}
