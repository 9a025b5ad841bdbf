/* worker.h – one helper process, seen from the server: started, given documents, ended. Inside src/paperwork only. */
#ifndef GREFFIER_PAPERWORK_WORKER_H
#define GREFFIER_PAPERWORK_WORKER_H

#include <sys/types.h>

#include "paperwork/job.h"
#include "paperwork/paperwork.h"

struct worker {
	pid_t pid;   /* 0: there is none */
	int socket;
	bool is_ready, retires;
	unsigned documents; /* done so far */
	uint32_t sequence;
};

enum worker_result {
	WORKER_ANSWERED,
	WORKER_BROKE,    /* the document's fault: *ret_why says how; end it */
	WORKER_WAS_ENDED, /* by something outside, such as the kernel short of memory; end it, try another */
};

/* Starts a process; does not wait until it is ready. ERROR_OVERLOADED when the system gives none. */
MUST_CHECK bool worker_start(struct worker *worker, enum job job, const struct paperwork_config *config,
			     struct error *err);
/* Waits until it is confined. *ret_why_not: why the kernel does not filter its system calls; "" when it does. */
MUST_CHECK bool worker_ready(struct worker *worker, struct mono_time deadline,
			     char ret_why_not[FRAME_REASON_MAX + 1]);
/* Has it judge a document. After WORKER_ANSWERED, `err` is set when the document is refused.
 * After anything else the process has ended. `ret_why` is a constant text. */
enum worker_result worker_judge(struct worker *worker, struct bytes document, struct mono_time deadline,
				struct pdf_facts *ret_facts, struct error *err, const char **ret_why);
/* Kills and reaps it. Returns its wait status. Without a process, does nothing. */
int worker_end(struct worker *worker);

#endif
