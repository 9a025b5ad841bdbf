/* message.h – writes a mail in the form of RFC 5322, RFC 2045 and RFC 2047. Pure. */
#ifndef GREFFIER_MAIL_MESSAGE_H
#define GREFFIER_MAIL_MESSAGE_H

#include "base/arena.h"
#include "base/time.h"

/* Returns a plain-text mail in UTF-8 with CRLF line ends, in `arena`. `id` becomes the
 * Message-ID. No argument may contain control characters, except line feeds in `body`. */
const char *mail_message(struct arena *arena, const char *from, const char *recipient, const char *subject,
			 const char *body, const char *id, struct wall_time now);

#endif
