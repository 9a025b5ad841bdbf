/* frame.h – messages between the server and its helper processes over a socket: a head and a
 * payload. Inside src/paperwork only.
 *
 * Neither side trusts the other: each checks kind, sequence number and length before reading on.
 * Both sides are the same program on the same machine, so numbers are sent in memory format. */
#ifndef GREFFIER_PAPERWORK_FRAME_H
#define GREFFIER_PAPERWORK_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/time.h"
#include "paperwork/pdf_facts.h"

#define FRAME_DOCUMENT_MAX (64u * 1024 * 1024) /* bytes; src/signing has the lower limit */
#define FRAME_REASON_MAX 400                   /* bytes of the text of a refusal */

enum frame_kind {
	/* From the helper, once: it is confined. The payload says why it is not, or is empty. */
	FRAME_READY = 1,
	FRAME_DOCUMENT, /* to the helper; the payload is the document */
	FRAME_ACCEPTED, /* from the helper; the payload is a struct pdf_page per page */
	FRAME_REFUSED,  /* from the helper; the payload is the reason */
};

enum frame_flags {
	FRAME_RETIRES = 1, /* the helper has grown and asks to be replaced */
};

struct frame_head {
	uint32_t magic, kind, flags, sequence, length;
};

enum frame_result {
	FRAME_DONE,
	FRAME_LATE,   /* the deadline passed */
	FRAME_CLOSED, /* the other side has closed the socket */
};

/* Sends a whole frame. Fills in magic and length of the head. */
enum frame_result frame_send(int socket, struct frame_head head, struct bytes payload,
			     struct mono_time deadline);
/* Receives exactly `length` bytes. */
enum frame_result frame_receive(int socket, void *ret_data, size_t length, struct mono_time deadline);
/* True when unexpected bytes are waiting. */
bool frame_is_pending(int socket);

/* True when the head is valid and announces at most `limit` bytes. */
bool frame_head_is_sound(const struct frame_head *head, size_t limit);

/* A deadline that never comes: a helper waits for its next document as long as the server lives. */
static inline struct mono_time frame_no_deadline(void) { return (struct mono_time){INT64_MAX}; }

#endif
