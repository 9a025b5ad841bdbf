/* filename.c – see filename.h. */
#include "http/filename.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "http/message.h"

#define PIECES_MAX 32
#define NAME_MAX_BYTES 4096 /* the head of a part is no longer */

enum charset {
	CHARSET_UTF8,
	CHARSET_LATIN1,
	CHARSET_UNKNOWN,
};

static enum charset charset_find(const char *name, size_t length)
{
	static const struct {
		const char *name;
		enum charset charset;
	} known[] = {{"UTF-8", CHARSET_UTF8},	     {"UTF8", CHARSET_UTF8},
		     {"US-ASCII", CHARSET_UTF8},     {"ASCII", CHARSET_UTF8},
		     {"ISO-8859-1", CHARSET_LATIN1}, {"LATIN1", CHARSET_LATIN1}};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strlen(known[i].name) == length &&
		    strncasecmp(known[i].name, name, length) == 0)
			return known[i].charset;
	}
	return CHARSET_UNKNOWN;
}

static const char *latin1_to_utf8(struct arena *arena, struct bytes text)
{
	char *out = arena_alloc(arena, text.length * 2 + 1);
	size_t used = 0;

	for (size_t i = 0; i < text.length; i++) {
		const unsigned char c = text.data[i];
		if (c >= 0x80)
			out[used++] = (char)(0xc0 | c >> 6);
		out[used++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
	}
	return out;
}

/* NULL when the bytes are not what the charset says, or hold a NUL. */
static const char *decode(struct arena *arena, enum charset charset, struct bytes text)
{
	if (charset == CHARSET_UNKNOWN || memchr(text.data, '\0', text.length))
		return NULL;
	if (charset == CHARSET_LATIN1)
		return latin1_to_utf8(arena, text);
	return utf8_is_valid(text.data, text.length)
		       ? arena_strndup(arena, (const char *)text.data, text.length)
		       : NULL;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

/* Adds `text` with its escapes (`sign` and two hexadecimal digits) as bytes. A sign that begins
 * none stays. */
static bool unescape(struct buf *out, const char *text, size_t length, char sign)
{
	for (size_t i = 0; i < length; i++) {
		const int high = length - i > 2 ? hex_digit(text[i + 1]) : -1;
		const int low = length - i > 2 ? hex_digit(text[i + 2]) : -1;
		const bool is_escape = text[i] == sign && high >= 0 && low >= 0;
		const char byte = is_escape ? (char)(high << 4 | low) : text[i];
		if (!buf_add(out, &byte, 1))
			return false;
		i += is_escape ? 2 : 0;
	}
	return true;
}

/* RFC 5987: charset'language'percent-encoded. */
static const char *extended_read(struct arena *arena, const char *value)
{
	const char *language = strchr(value, '\'');
	const char *text = language ? strchr(language + 1, '\'') : NULL;
	struct buf bytes;

	if (!text)
		return NULL;
	buf_init(&bytes, NAME_MAX_BYTES);
	const char *name = unescape(&bytes, text + 1, strlen(text + 1), '%')
				   ? decode(arena, charset_find(value, (size_t)(language - value)),
					    buf_bytes(&bytes))
				   : NULL;
	buf_done(&bytes);
	return name;
}

/* RFC 2231 section 3: the pieces in their order. One whose name ends in '*' is percent-encoded; the
 * first names the charset. */
static const char *pieces_read(struct arena *arena, const char *disposition)
{
	enum charset charset = CHARSET_UTF8;
	const char *name = NULL;
	struct buf bytes;
	bool ok = true;
	int count = 0;

	buf_init(&bytes, NAME_MAX_BYTES);
	for (; ok && count < PIECES_MAX; count++) {
		char plain[24], encoded[24];
		snprintf(plain, sizeof(plain), "filename*%d", count);
		snprintf(encoded, sizeof(encoded), "filename*%d*", count);
		const char *piece = http_header_parameter(arena, disposition, encoded);
		const bool is_encoded = piece != NULL;
		if (!piece && !(piece = http_header_parameter(arena, disposition, plain)))
			break;
		const char *language = count == 0 && is_encoded ? strchr(piece, '\'') : NULL;
		const char *text = language ? strchr(language + 1, '\'') : NULL;
		if (text) {
			charset = charset_find(piece, (size_t)(language - piece));
			piece = text + 1;
		}
		ok = is_encoded ? unescape(&bytes, piece, strlen(piece), '%')
				: buf_add_text(&bytes, piece);
	}
	if (ok && count > 0)
		name = decode(arena, charset, buf_bytes(&bytes));
	buf_done(&bytes);
	return name;
}

/* One encoded word at *text, "=?charset?B|Q?text?=". NULL when there is none, or it cannot be read.
 * Moves *text on. */
static const char *word_read(struct arena *arena, const char **text)
{
	const char *charset_at = *text + 2, *kind = strchr(charset_at, '?');
	const char *content = kind && kind[1] && kind[2] == '?' ? kind + 3 : NULL;
	const char *end = content ? strstr(content, "?=") : NULL;
	struct bytes bytes = {0};
	const char *word = NULL;

	if (!end)
		return NULL;
	/* RFC 2231 section 5: a language may follow the charset. */
	const size_t named = strcspn(charset_at, "?*");
	const enum charset charset = charset_find(charset_at, named);
	const size_t length = (size_t)(end - content);
	if (kind[1] == 'B' || kind[1] == 'b') {
		if (base64_decode_loose(arena, content, length, &bytes))
			word = decode(arena, charset, bytes);
	} else if (kind[1] == 'Q' || kind[1] == 'q') {
		char *blanks = arena_strndup(arena, content, length);
		for (char *c = blanks; *c; c++)
			*c = *c == '_' ? ' ' : *c;
		struct buf unescaped;
		buf_init(&unescaped, NAME_MAX_BYTES);
		if (unescape(&unescaped, blanks, length, '=') && unescaped.data)
			word = decode(arena, charset, buf_bytes(&unescaped));
		buf_done(&unescaped);
	}
	if (word)
		*text = end + 2;
	return word;
}

/* RFC 2047 section 6.2: blanks between two encoded words are not part of the text. */
static const char *words_read(struct arena *arena, const char *text)
{
	struct buf name;
	bool ok = true, after_word = false;

	buf_init(&name, NAME_MAX_BYTES);
	while (ok && *text) {
		const char *next = text + (after_word ? strspn(text, " \t") : 0);
		const char *word = strncmp(next, "=?", 2) == 0 ? word_read(arena, &next) : NULL;
		after_word = word != NULL;
		ok = word ? buf_add_text(&name, word) : buf_add(&name, text, 1);
		text = word ? next : text + 1;
	}
	const char *read = ok && name.data
				   ? arena_strndup(arena, (const char *)name.data, name.length)
				   : NULL;
	buf_done(&name);
	return read;
}

/* What browsers escape in a quoted name, and nothing else: a name may hold any other '%'. */
static const char *browser_escapes_read(struct arena *arena, const char *text)
{
	static const struct {
		const char *escape;
		char character;
	} escapes[] = {{"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}};
	char *name = arena_strdup(arena, text), *out = name;

	for (const char *in = name; *in; in++, out++) {
		*out = *in;
		for (size_t i = 0; i < ARRAY_SIZE(escapes); i++) {
			if (strncasecmp(in, escapes[i].escape, 3) == 0) {
				*out = escapes[i].character;
				in += 2;
				break;
			}
		}
	}
	*out = '\0';
	return name;
}

const char *filename_read(struct arena *arena, const char *disposition)
{
	const char *extended = http_header_parameter(arena, disposition, "filename*");
	const char *name = extended ? extended_read(arena, extended) : NULL;

	if (!name)
		name = pieces_read(arena, disposition);
	if (name)
		return name;
	const char *plain = http_header_parameter(arena, disposition, "filename");
	if (!plain)
		return NULL;
	if (!utf8_is_valid(plain, strlen(plain)))
		plain = latin1_to_utf8(arena,
				       (struct bytes){(const unsigned char *)plain, strlen(plain)});
	const char *words = strstr(plain, "=?") ? words_read(arena, plain) : NULL;
	return browser_escapes_read(arena, words ? words : plain);
}
