/* head_check.c – see head_check.h.
 *
 *   BEFORE ──byte──▶ REQUEST_LINE ──CR LF──▶ LINE_START ──byte──▶ HEADER ──CR LF──▶ LINE_START
 *     └─CR LF─▶ BEFORE                           └──CR LF──▶ the end */
#include "http/head_check.h"

enum {
	BEFORE,
	BEFORE_CR,
	REQUEST_LINE,
	REQUEST_LINE_CR,
	LINE_START,
	HEADER,
	HEADER_CR,
	LAST_CR,
	END,
};

#define BARE_CR "a CR without LF"
#define BARE_LF "a line end without CR"

/* Inside a line: it goes on, or a CR ends it. */
static const char *line_go_on(struct head_check *check, unsigned char c, int line, int after_cr)
{
	if (c == '\n')
		return BARE_LF;
	check->at = c == '\r' ? after_cr : line;
	return NULL;
}

static const char *request_line_go_on(struct head_check *check, unsigned char c)
{
	if (c == '\t')
		return "a tab in the request line";
	check->spaces += c == ' ';
	if (c == '\r' && check->spaces != 2)
		return "the request line needs a method, a target and a version";
	return line_go_on(check, c, REQUEST_LINE, REQUEST_LINE_CR);
}

/* NULL, or what is wrong. */
static const char *step(struct head_check *check, unsigned char c)
{
	switch (check->at) {
	case BEFORE:
		if (c == ' ' || c == '\t')
			return "white space before the request line";
		if (c != '\r')
			return request_line_go_on(check, c);
		check->at = BEFORE_CR;
		return NULL;
	case REQUEST_LINE:
		return request_line_go_on(check, c);
	case LINE_START:
		if (c == ' ' || c == '\t')
			return "a folded header";
		if (c == ':')
			return "a header without a name";
		return line_go_on(check, c, HEADER, LAST_CR);
	case HEADER:
		return line_go_on(check, c, HEADER, HEADER_CR);
	default: /* after a CR */
		if (c != '\n')
			return BARE_CR;
		check->at = check->at == BEFORE_CR ? BEFORE
			    : check->at == LAST_CR ? END
						   : LINE_START;
		return NULL;
	}
}

bool head_check_feed(struct head_check *check, const unsigned char *data, size_t length,
		     size_t *ret_used, bool *ret_complete, const char **ret_reason)
{
	size_t used = 0;

	while (used < length && check->at != END) {
		const char *reason = data[used] ? step(check, data[used]) : "a NUL character";
		if (reason) {
			*ret_reason = reason;
			return false;
		}
		used++;
	}
	*ret_used = used;
	*ret_complete = check->at == END;
	return true;
}

bool head_check_has_begun(const struct head_check *check)
{
	return check->at > BEFORE_CR;
}
