/* frame.h – what a server and its helper processes say to each other over a socket: a head and its payload.
 *
 * Neither side trusts the other: each checks the kind, the sequence number and the length before it reads on.
 * Both are the same program on the same machine, so numbers travel as they stand in memory. Inside src/paperwork only. */
#ifndef GREFFIER_PAPERWORK_FRAME_H
#define GREFFIER_PAPERWORK_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/time.h"
#include "paperwork/pdf_facts.h"

#define FRAME_DOCUMENT_MAX (64u * 1024 * 1024) /* bytes; signing has the lower limit */
#define FRAME_REASON_MAX 400                   /* bytes of the text of a refusal */

enum frame_kind {
	/* From the helper, once: it is confined. Payload: why it is not, or nothing. */
	FRAME_READY = 1,
	FRAME_DOCUMENT, /* to the helper. Payload: the document */
	FRAME_ACCEPTED, /* from the helper. Payload: a struct pdf_page for each page */
	FRAME_REFUSED,  /* from the helper. Payload: the reason */
};

enum frame_flags {
	FRAME_RETIRES = 1, /* the helper has grown and wants to be replaced */
};

struct frame_head {
	uint32_t magic, kind, flags, sequence, length;
};

enum frame_result {
	FRAME_DONE,
	FRAME_LATE,   /* the deadline passed */
	FRAME_CLOSED, /* the other side is gone */
};

/* Sends a whole frame. Sets the head's magic and length. */
enum frame_result frame_send(int socket, struct frame_head head, struct bytes payload,
			     struct mono_time deadline);
/* Receives exactly `length` bytes. */
enum frame_result frame_receive(int socket, void *ret_data, size_t length, struct mono_time deadline);
/* Whether bytes wait that nobody asked for. */
bool frame_is_pending(int socket);

/* Whether the head is one of ours, and no longer than `limit`. */
bool frame_head_is_sound(const struct frame_head *head, size_t limit);

/* No deadline: a helper waits for its next document as long as the server lives. */
static inline struct mono_time frame_no_deadline(void) { return (struct mono_time){INT64_MAX}; }

#endif
