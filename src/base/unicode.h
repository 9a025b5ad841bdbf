/* unicode.h – normal forms of texts, with libunistring, so that texts that mean the same compare
 * equal.
 *
 * Inputs are valid UTF-8; results live in `arena`. This is the only case folding of the server:
 * file names are matched by it, and both stores search by it. E-mail addresses and protocol
 * names use text_fold (text.h), which knows ASCII only. */
#ifndef GREFFIER_BASE_UNICODE_H
#define GREFFIER_BASE_UNICODE_H

#include "base/arena.h"

/* Composes the text (NFC). Apple's systems send "e" followed by an accent, other systems send
 * "é". */
char *unicode_compose(struct arena *arena, const char *text);
/* Removes differences of case and composition (NFKC with full case folding; Unicode Standard
 * section 3.13): "STRASSE" and "Straße" become the same text. */
char *unicode_fold(struct arena *arena, const char *text);
/* Keeps only letters and digits, folded and without accents: the part of a name that survives
 * careless programs. The result may be empty. */
char *unicode_skeleton(struct arena *arena, const char *text);

#endif
