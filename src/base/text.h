/* text.h – text encodings and checks that the standard library lacks. */
#ifndef GREFFIER_BASE_TEXT_H
#define GREFFIER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/macros.h"

extern const char base62_alphabet[63]; /* 0-9 A-Z a-z */

/* Big-endian number in base 62. The width depends only on the number of bytes: see base62_width. */
size_t base62_width(size_t byte_count);
void base62_encode(const void *data, size_t length, char *ret_text); /* base62_width(length)+1 bytes */
/* Decodes text that stands for exactly `length` bytes. Returns false for a wrong width, a
 * character outside the alphabet, or a value that is too large. */
MUST_CHECK bool base62_decode(const char *text, size_t text_length, void *ret_data, size_t length);

/* Writes the low 32 bits of the CRC-32 as six base62 digits and a NUL. */
void base62_crc32(const void *data, size_t length, char ret_text[7]);

/* Encodes with the standard alphabet and padding. The result lives in `arena`. */
char *base64_encode(struct arena *arena, const void *data, size_t length);
/* Decodes the standard and the URL-safe alphabet. Padding is required and white space is
 * refused. The result lives in `arena`. */
MUST_CHECK bool base64_decode(struct arena *arena, const char *text, size_t length,
			      struct bytes *ret_data);
/* Decodes file contents as MIME encoders and command-line tools write them: white space is
 * skipped (RFC 2045 section 6.8) and padding may be missing. Not for credentials, which must
 * have exactly one spelling. */
MUST_CHECK bool base64_decode_loose(struct arena *arena, const char *text, size_t length,
				    struct bytes *ret_data);
char *base64url_encode(struct arena *arena, const void *data, size_t length); /* with padding */

char *hex_encode(struct arena *arena, const void *data, size_t length);

bool utf8_is_valid(const void *data, size_t length);
/* Copies `data` as valid UTF-8 and returns the length of the copy. Each invalid sequence and
 * each NUL becomes one U+FFFD, as in the WHATWG decoder. Writes at most room - 1 bytes and a
 * NUL, and never half a character. */
size_t utf8_repair(const void *data, size_t length, char *ret_text, size_t room);
/* Returns a repaired copy of any length in `arena`. */
char *utf8_repaired(struct arena *arena, struct bytes data);
/* Returns the text, or its first `limit` bytes without splitting a character. Returns NULL for
 * NULL. */
const char *utf8_cut(struct arena *arena, const char *text, size_t limit);
/* Number of code points of a valid UTF-8 text. */
size_t utf8_length(const char *text);
/* Converts UTF-16LE to UTF-8; the .NET SDK sends its token request in UTF-16. Returns false for
 * unpaired surrogates and for an odd number of bytes. */
MUST_CHECK bool utf16le_to_utf8(struct arena *arena, struct bytes utf16, struct bytes *ret_utf8);

/* ASCII only, as protocol names require. */
bool text_equal_nocase(const char *a, const char *b);
bool text_starts_with_nocase(const char *text, const char *prefix);
/* Lower-cases ASCII letters only. E-mail addresses are compared in this form. */
char *text_fold(struct arena *arena, const char *text);
bool text_has_control_characters(const char *text);

/* Writes everything except letters, digits and -._~ as %XX (RFC 3986 section 2.1). The result lives
 * in `arena`. */
char *percent_encode(struct arena *arena, const char *text);
/* Percent-decodes a path segment or a query value. `plus_is_space` is for form encoding. Returns
 * false for a broken escape, a NUL, or bytes that are not UTF-8. */
MUST_CHECK bool percent_decode(struct arena *arena, const char *text, size_t length,
			       bool plus_is_space, char **ret_text);

#endif
