/* chunks.c – see chunks.h.
 *
 *   SIZE ─;─▶ EXTENSION ─CR LF─▶ DATA ─CR LF─▶ SIZE      size 0: ─CR LF─▶ TRAILER_START
 *   TRAILER_START ─byte─▶ TRAILER ─CR LF─▶ TRAILER_START ─CR LF─▶ END */
#include "http/chunks.h"

enum {
	SIZE,
	EXTENSION,
	SIZE_CR,
	DATA,
	DATA_END,
	DATA_END_CR,
	TRAILER_START,
	TRAILER,
	TRAILER_CR,
	LAST_CR,
	END,
};

static int digit_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *size_go_on(struct chunks *chunks, unsigned char c)
{
	int value = digit_value(c);

	if (value >= 0) {
		if (++chunks->digits > CHUNK_SIZE_DIGITS_MAX)
			return "a chunk size of too many digits";
		chunks->left = chunks->left * 16 + (uint32_t)value;
		return NULL;
	}
	if (chunks->digits == 0 || (c != ';' && c != '\r'))
		return "a chunk size is not a hexadecimal number";
	chunks->at = c == ';' ? EXTENSION : SIZE_CR;
	return NULL;
}

/* A line of an extension or a trailer: dropped, but counted. */
static const char *line_go_on(struct chunks *chunks, unsigned char c, int after_cr, size_t *count,
			      size_t max)
{
	if (c == '\r') {
		chunks->at = after_cr;
		return NULL;
	}
	if ((c < 0x20 && c != '\t') || c == 0x7f)
		return "a control character in a chunk extension or a trailer";
	return ++*count > max ? "the chunk extensions or trailers are too long" : NULL;
}

static const char *trailer_start(struct chunks *chunks, unsigned char c)
{
	if (c == ' ' || c == '\t')
		return "a folded trailer";
	if (c == '\r') {
		chunks->at = LAST_CR;
		return NULL;
	}
	chunks->at = TRAILER;
	return line_go_on(chunks, c, TRAILER_CR, &chunks->trailers, CHUNK_TRAILERS_MAX);
}

/* What a CR LF leads to. */
static void line_end(struct chunks *chunks)
{
	switch (chunks->at) {
	case SIZE_CR:
		chunks->at = chunks->left > 0 ? DATA : TRAILER_START;
		break;
	case DATA_END_CR:
		chunks->at = SIZE;
		chunks->digits = 0;
		break;
	case TRAILER_CR:
		chunks->at = TRAILER_START;
		break;
	default:
		chunks->at = END;
		break;
	}
}

/* NULL, or what is wrong. Not for DATA. */
static const char *step(struct chunks *chunks, unsigned char c)
{
	switch (chunks->at) {
	case SIZE:
		return size_go_on(chunks, c);
	case EXTENSION:
		return line_go_on(chunks, c, SIZE_CR, &chunks->extensions, CHUNK_EXTENSIONS_MAX);
	case DATA_END:
		if (c != '\r')
			return "chunk data is longer than its size says";
		chunks->at = DATA_END_CR;
		return NULL;
	case TRAILER_START:
		return trailer_start(chunks, c);
	case TRAILER:
		return line_go_on(chunks, c, TRAILER_CR, &chunks->trailers, CHUNK_TRAILERS_MAX);
	default:
		if (c != '\n')
			return "a CR without LF in the chunks";
		line_end(chunks);
		return NULL;
	}
}

enum chunks_result chunks_feed(struct chunks *chunks, const unsigned char *data, size_t length,
			       size_t *ret_used, struct bytes *ret_data, const char **ret_reason)
{
	size_t used = 0;

	while (used < length && chunks->at != DATA && chunks->at != END) {
		const char *reason = step(chunks, data[used++]);
		if (reason) {
			*ret_used = used;
			*ret_reason = reason;
			return CHUNKS_REFUSED;
		}
	}
	*ret_used = used;
	if (chunks->at == END)
		return CHUNKS_END;
	if (used == length)
		return CHUNKS_MORE;
	size_t run = length - used < chunks->left ? length - used : chunks->left;
	*ret_data = (struct bytes){data + used, run};
	*ret_used = used + run;
	chunks->left -= (uint32_t)run;
	if (chunks->left == 0)
		chunks->at = DATA_END;
	return CHUNKS_DATA;
}
