/* pdf_mend.c – see pdf_mend.h. Searches bytes, not objects: a false find leads to a file that does
 * not open, as before. */
#include "paperwork/pdf_mend.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDED_MAX 128 /* bytes behind the file */
#define HEAD_MAX 4096 /* bytes between an object's number and the key that is looked for in it */
#define HEADER_WITHIN 1024

#define NOT_FOUND SIZE_MAX

static bool is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\0';
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool stands_at(struct bytes pdf, size_t at, const char *text)
{
	const size_t length = strlen(text);

	return at + length <= pdf.length && memcmp(pdf.data + at, text, length) == 0;
}

/* The last `text` that lies between `from` and `end`. */
static size_t find_last(struct bytes pdf, size_t from, size_t end, const char *text)
{
	const size_t length = strlen(text);

	for (size_t at = end < length ? 0 : end - length + 1; at-- > from;) {
		if (stands_at(pdf, at, text))
			return at;
	}
	return NOT_FOUND;
}

/* "N G obj" that ends at `end`: where N begins. */
static size_t object_start(struct bytes pdf, size_t end)
{
	size_t at = end - strlen("obj");

	for (int number = 0; number < 2; number++) {
		const size_t before = at;
		while (at > 0 && is_blank(pdf.data[at - 1]))
			at--;
		if (number == 1 && at == before) /* blanks may be missing before "obj" only */
			return NOT_FOUND;
		const size_t digits_end = at;
		while (at > 0 && is_digit(pdf.data[at - 1]))
			at--;
		if (at == digits_end)
			return NOT_FOUND;
	}
	return at;
}

/* The object that `at` lies in. What ends the object before is no start. */
static size_t object_around(struct bytes pdf, size_t at)
{
	const size_t word = find_last(pdf, at < HEAD_MAX ? 0 : at - HEAD_MAX, at, "obj");

	return word == NOT_FOUND ? NOT_FOUND : object_start(pdf, word + strlen("obj"));
}

/* The last object with "/Type /<name>", also without the blank. */
static size_t typed_object(struct bytes pdf, const char *name)
{
	for (size_t at = find_last(pdf, 0, pdf.length, name); at != NOT_FOUND;
	     at = find_last(pdf, 0, at, name)) {
		size_t before = at;
		while (before > 0 && is_blank(pdf.data[before - 1]))
			before--;
		const size_t start = before >= 5 && stands_at(pdf, before - 5, "/Type")
					     ? object_around(pdf, before)
					     : NOT_FOUND;
		if (start != NOT_FOUND)
			return start;
	}
	return NOT_FOUND;
}

/* The last word "xref" that is not the end of "startxref". */
static size_t table(struct bytes pdf)
{
	size_t at = find_last(pdf, 0, pdf.length, "xref");

	while (at != NOT_FOUND && at > 0 && !is_blank(pdf.data[at - 1]))
		at = find_last(pdf, 0, at, "xref");
	return at;
}

static void blank_out(struct bytes pdf, unsigned char *copy, const char *word)
{
	const size_t length = strlen(word);

	for (size_t at = 0; at + length <= pdf.length; at++) {
		const unsigned char *found = memmem(pdf.data + at, pdf.length - at, word, length);
		if (!found)
			return;
		at = (size_t)(found - pdf.data);
		memset(copy + at, ' ', length);
	}
}

static size_t header(struct bytes pdf)
{
	const size_t within = pdf.length < HEADER_WITHIN ? pdf.length : HEADER_WITHIN;
	const unsigned char *found = memmem(pdf.data, within, "%PDF-", 5);

	return found ? (size_t)(found - pdf.data) : NOT_FOUND;
}

/* What is put behind the copy; 0: there is nothing to name. */
static int references_name(struct bytes pdf, size_t counted_from, char added[ADDED_MAX])
{
	const size_t stream = typed_object(pdf, "/XRef"), old = table(pdf);
	const size_t at = old == NOT_FOUND || (stream != NOT_FOUND && stream > old) ? stream : old;

	if (at == NOT_FOUND || at < counted_from)
		return 0;
	return snprintf(added, ADDED_MAX, "\nstartxref\n%zu\n%%%%EOF\n", at - counted_from);
}

static int catalogue_name(struct bytes pdf, char added[ADDED_MAX])
{
	const size_t at = typed_object(pdf, "/Catalog");

	if (at == NOT_FOUND || memmem(pdf.data, pdf.length, "/Encrypt", 8))
		return 0;
	/* Two numbers stand there: object_start has read them. */
	const unsigned long object = strtoul((const char *)pdf.data + at, NULL, 10);
	return snprintf(added, ADDED_MAX, "\ntrailer\n<< /Root %lu 0 R >>\n", object);
}

bool pdf_mend(enum pdf_mending mending, struct bytes pdf, struct bytes *ret_mended)
{
	const size_t from = header(pdf);
	char added[ADDED_MAX];
	int added_length = 0;

	switch (mending) {
	case MENDING_REFERENCES:
		added_length = from == NOT_FOUND ? 0 : references_name(pdf, from, added);
		break;
	case MENDING_REFERENCES_COUNTED:
		added_length = from == 0 || from == NOT_FOUND ? 0 : references_name(pdf, 0, added);
		break;
	case MENDING_OBJECTS:
		added_length = catalogue_name(pdf, added);
		break;
	case MENDING_COUNT:
		break;
	}
	unsigned char *copy = added_length ? malloc(pdf.length + (size_t)added_length) : NULL;
	if (!copy)
		return false;
	memcpy(copy, pdf.data, pdf.length);
	memcpy(copy + pdf.length, added, (size_t)added_length);
	if (mending ==
	    MENDING_REFERENCES_COUNTED) /* without a header, qpdf counts from the start */
		memset(copy + from, ' ', strlen("%PDF-"));
	if (mending == MENDING_OBJECTS) {
		blank_out(pdf, copy, "startxref");
		blank_out(pdf, copy, "trailer");
	}
	*ret_mended = (struct bytes){copy, pdf.length + (size_t)added_length};
	return true;
}
