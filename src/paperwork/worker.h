/* worker.h – one helper process as the server handles it: start, documents, end. Inside
 * src/paperwork only. */
#ifndef GREFFIER_PAPERWORK_WORKER_H
#define GREFFIER_PAPERWORK_WORKER_H

#include <sys/types.h>

#include "paperwork/job.h"
#include "paperwork/paperwork.h"

struct worker {
	pid_t pid;   /* 0: no process */
	int socket;
	bool is_ready, retires;
	unsigned documents; /* number handled so far */
	uint32_t sequence;
};

enum worker_result {
	WORKER_ANSWERED,
	WORKER_BROKE,    /* the document broke the helper; *ret_why says how. End the helper */
	/* Something else ended the helper, for example the kernel short of memory. End it and
	 * try another. */
	WORKER_WAS_ENDED,
};

/* Starts a process and does not wait for it. Fails with ERROR_OVERLOADED when the system refuses
 * a process. */
MUST_CHECK bool worker_start(struct worker *worker, enum job job, const struct paperwork_config *config,
			     struct error *err);
/* Waits until the helper is confined. *ret_why_not says why the kernel does not filter its
 * system calls; "" when it does. */
MUST_CHECK bool worker_ready(struct worker *worker, struct mono_time deadline,
			     char ret_why_not[FRAME_REASON_MAX + 1]);
/* Gives the helper a document to check. After WORKER_ANSWERED, `err` is set when the document is
 * refused. After any other result the process has ended. `ret_why` is a constant text. */
enum worker_result worker_judge(struct worker *worker, struct bytes document, struct mono_time deadline,
				struct pdf_facts *ret_facts, struct error *err, const char **ret_why);
/* Kills the process, waits for it and returns its wait status. Does nothing without a process. */
int worker_end(struct worker *worker);

#endif
