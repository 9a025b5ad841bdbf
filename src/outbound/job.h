/* job.h – one attempt, by value: from the ledger to the sender and, with its outcome, back. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_JOB_H
#define GREFFIER_OUTBOUND_JOB_H

#include <curl/curl.h>

#include "base/arena.h"
#include "crypto/keyring.h"
#include "outbound/outbound.h"
#include "outbound/verdict.h"
#include "store/delivery_store.h"

#define JOB_REPLY_READ_MAX (16 * 1024) /* of a reply; then the connection is cut */
#define JOB_REPLY_KEPT_MAX 1024        /* of a reply, in the attempt's record */

struct job {
	struct job *next;
	struct arena *arena; /* holds the job itself and all it points to */
	struct claim claim;
	/* The request. */
	const char *url;
	struct curl_slist *headers;
	struct bytes body;
	struct wall_time started;
	/* The outcome: the sender's to fill. */
	struct outcome outcome;
	struct duration took;
	char address[80];
	unsigned char reply[JOB_REPLY_KEPT_MAX];
	size_t reply_kept, reply_read;
	bool address_refused, reply_cut;
	bool abandoned; /* no outcome: cut at an orderly stop */
};

/* A job of its own arena for a copy of the claim. Not ready to be sent: job_prepare. */
struct job *job_new(const struct claim *claim);
void job_free(struct job *job);

/* Builds the request as of `now`: payload, authorization, signature. False when it cannot be sent; the outcome then says
 * why (a secret does not open, https is required). */
bool job_prepare(struct job *job, const struct outbound_config *config, struct wall_time now);

/* The kept start of the reply as text fit for a record: valid UTF-8, control characters but line ends as spaces. In the arena. */
const char *job_reply_text(const struct job *job);

#endif
