/* sender.h – libcurl's multi interface on a loop of its own. Sends; knows no store. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_SENDER_H
#define GREFFIER_OUTBOUND_SENDER_H

#include "outbound/outbound.h"
#include "outbound/sending.h"

struct sender;

struct sender *sender_start(const struct outbound_config *config, struct error *err);
/* Takes a list of sendings; each comes back through its on_done. From any thread. */
void sender_submit(struct sender *sender, struct sending *sendings);
/* Cuts what is under way: those go to their on_done as `abandoned`, on the caller's thread. NULL is fine. */
void sender_stop_and_free(struct sender *sender);

#endif
