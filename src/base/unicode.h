/* unicode.h – texts that mean the same are made the same, by libunistring. All inputs are valid UTF-8; results live in `arena`.
 *
 * The one folding of the server: file names are matched by it, and both stores search by it. E-mail addresses and protocol
 * names have text_fold (text.h), which knows ASCII only. */
#ifndef GREFFIER_BASE_UNICODE_H
#define GREFFIER_BASE_UNICODE_H

#include "base/arena.h"

/* Composed (NFC): Apple's systems send "e" and an accent, others send "é". */
char *unicode_compose(struct arena *arena, const char *text);
/* Without case and composed (NFKC with full case folding; Unicode Standard section 3.13): "STRASSE" and "Straße" are one text. */
char *unicode_fold(struct arena *arena, const char *text);
/* Letters and digits only, folded, without accents: what is left of a name after a careless program. May be empty. */
char *unicode_skeleton(struct arena *arena, const char *text);

#endif
