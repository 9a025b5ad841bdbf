/* message.h – a mail as it goes over the wire (RFC 5322, RFC 2045, RFC 2047). Pure. */
#ifndef GREFFIER_MAIL_MESSAGE_H
#define GREFFIER_MAIL_MESSAGE_H

#include "base/arena.h"
#include "base/time.h"

/* Plain text in UTF-8, with CRLF. `id` makes the Message-ID; nothing here may hold control characters but line feeds in
 * `body`. */
const char *mail_message(struct arena *arena, const char *from, const char *recipient, const char *subject,
			 const char *body, const char *id, struct wall_time now);

#endif
