/* grammar.h – the document of openapi/ as a grammar: bodies and queries that a route may be sent. */
#ifndef GREFFIER_FUZZ_GRAMMAR_H
#define GREFFIER_FUZZ_GRAMMAR_H

#include "base/buf.h"
#include "conversation/choices.h"
#include "conversation/words.h"

struct grammar;

/* Stops the program when the document cannot be read. */
struct grammar *grammar_open(const char *openapi_path);
void grammar_close(struct grammar *grammar);

/* A body of the route's first documented media type, valid or nearly so; NULL and nothing written when it takes none.
 * Otherwise the media type, lent by the grammar. */
const char *grammar_body(const struct grammar *grammar, const char *pattern, const char *method,
			 struct choices *choices, struct words *words, struct buf *out);
/* "?from=…&to=…", or nothing. Values are percent-encoded. */
void grammar_query(const struct grammar *grammar, const char *pattern, const char *method,
		   struct choices *choices, struct words *words, struct buf *out);
/* Percent-encodes all but letters and digits. */
void percent_put(struct buf *out, const char *text);

#endif
