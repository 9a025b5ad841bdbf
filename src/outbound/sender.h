/* sender.h – libcurl's multi interface on a loop of its own. Sends jobs; knows no store. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_SENDER_H
#define GREFFIER_OUTBOUND_SENDER_H

#include "outbound/job.h"

struct sender;

/* `on_outcome` is called on the sender's thread and takes the job. */
struct sender *sender_start(const struct outbound_config *config,
			    void (*on_outcome)(struct job *job, void *arg), void *arg,
			    struct error *err);
/* Takes a list of prepared jobs. From any thread. */
void sender_submit(struct sender *sender, struct job *jobs);
/* Cuts what is under way: those jobs go to on_outcome as `abandoned`, on the caller's thread. NULL is fine. */
void sender_stop_and_free(struct sender *sender);

#endif
