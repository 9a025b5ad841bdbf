/* text.h – encodings and text checks the standard library lacks. */
#ifndef GREFFIER_BASE_TEXT_H
#define GREFFIER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/macros.h"

extern const char base62_alphabet[63]; /* 0-9 A-Z a-z */

/* Big-endian number in base 62, always the same width for the same byte count: see base62_width. */
size_t base62_width(size_t byte_count);
void base62_encode(const void *data, size_t length, char *ret_text); /* base62_width(length)+1 bytes */
/* `length` is the number of bytes expected; false for a wrong width, a foreign character or a value too
 * large for it. */
MUST_CHECK bool base62_decode(const char *text, size_t text_length, void *ret_data, size_t length);

/* The low 32 bits as six base62 digits plus a NUL. */
void base62_crc32(const void *data, size_t length, char ret_text[7]);

/* Standard alphabet with padding. */
char *base64_encode(struct arena *arena, const void *data, size_t length);
/* Standard alphabet, padding required, no white space; also accepts the URL-safe alphabet.
 * The result lives in `arena`. */
MUST_CHECK bool base64_decode(struct arena *arena, const char *text, size_t length,
			      struct bytes *ret_data);
/* Contents of files as MIME encoders and command lines write them: white space anywhere is skipped (RFC 2045 section 6.8),
 * padding may be missing. Not for credentials, which have one spelling. */
MUST_CHECK bool base64_decode_loose(struct arena *arena, const char *text, size_t length,
				    struct bytes *ret_data);
char *base64url_encode(struct arena *arena, const void *data, size_t length); /* with padding */

char *hex_encode(struct arena *arena, const void *data, size_t length);

bool utf8_is_valid(const void *data, size_t length);
/* Copies `data` as valid UTF-8 and returns the length: each sequence that is not UTF-8, and each NUL, becomes one
 * U+FFFD (as the WHATWG's decoder does). Writes at most room - 1 bytes and a NUL; never half a character. */
size_t utf8_repair(const void *data, size_t length, char *ret_text, size_t room);
/* A repaired copy in `arena`, of any length. */
char *utf8_repaired(struct arena *arena, struct bytes data);
/* The text, or its beginning of at most `limit` bytes: never half a character. NULL for NULL. */
const char *utf8_cut(struct arena *arena, const char *text, size_t limit);
/* Number of characters (code points) of a valid UTF-8 text. */
size_t utf8_length(const char *text);
/* UTF-16LE to UTF-8 (the .NET SDK sends its token request so). False on unpaired surrogates or an odd
 * number of bytes. */
MUST_CHECK bool utf16le_to_utf8(struct arena *arena, struct bytes utf16, struct bytes *ret_utf8);

/* ASCII only, as protocol names want it. */
bool text_equal_nocase(const char *a, const char *b);
bool text_starts_with_nocase(const char *text, const char *prefix);
/* Lower case, ASCII letters only: the form e-mail addresses are compared in. */
char *text_fold(struct arena *arena, const char *text);
bool text_has_control_characters(const char *text);

/* Everything but letters, digits and -._~ as %XX (RFC 3986 section 2.1). In the arena. */
char *percent_encode(struct arena *arena, const char *text);
/* Percent-decoding of one path segment or query value; `plus_is_space` for form encoding. False on a
 * broken escape, a NUL, or bytes that are not UTF-8. */
MUST_CHECK bool percent_decode(struct arena *arena, const char *text, size_t length,
			       bool plus_is_space, char **ret_text);

#endif
