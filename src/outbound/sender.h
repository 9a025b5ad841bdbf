/* sender.h – sends requests with libcurl's multi interface on its own loop. Knows no store.
 * Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_SENDER_H
#define GREFFIER_OUTBOUND_SENDER_H

#include "outbound/outbound.h"
#include "outbound/sending.h"

struct sender;

struct sender *sender_start(const struct outbound_config *config, struct error *err);
/* Takes a list of sendings. Each returns through its on_done. From any thread. */
void sender_submit(struct sender *sender, struct sending *sendings);
/* Aborts requests in progress: their on_done is called with `abandoned` on the caller's thread.
 * NULL is accepted. */
void sender_stop_and_free(struct sender *sender);

#endif
