/* paperwork.h – reads documents from outside in helper processes, which are started in advance
 * and reused.
 *
 * A document that exceeds a helper's limits is refused and the helper is replaced. The server is
 * not affected. */
#ifndef GREFFIER_PAPERWORK_PAPERWORK_H
#define GREFFIER_PAPERWORK_PAPERWORK_H

#include "base/time.h"
#include "paperwork/pdf_facts.h"

struct paperwork;

struct paperwork_config {
	const char *program;        /* NULL: the running program. Must outlive the paperwork */
	unsigned helpers;           /* number of processes */
	unsigned memory_mib;        /* MiB per document */
	unsigned processor_seconds; /* per document */
	struct duration time;       /* for all documents of one call together */
	struct duration wait;       /* for a free helper, before the caller is told to retry */
	bool may_be_unconfined;     /* continue even if the kernel has no seccomp */
};

/* Starts the helpers and waits until the first one is confined. Fails with ERROR_CONFIGURATION
 * when the kernel cannot confine it, or only warns when the configuration allows that. */
struct paperwork *paperwork_start(const struct paperwork_config *config, struct error *err);
/* Stops the helpers. No thread may still use them. NULL is accepted. */
void paperwork_stop(struct paperwork *paperwork);

/* Time that the documents of one call may still take. */
struct document_budget {
	struct duration left;
};

/* Checks documents. A server uses its helper processes; tests and fuzzers may use
 * judge_in_process. */
struct judge {
	/* Checks a PDF; blocks. Fails with ERROR_INVALID_DOCUMENT, which says what is wrong, or
	 * with ERROR_OVERLOADED when no helper becomes free in time. */
	bool (*pdf)(void *arg, struct bytes pdf, struct document_budget *budget,
		    struct pdf_facts *ret_facts, struct error *err);
	void *arg;
	struct duration time; /* the total for one call */
};

/* Returns a judge that is valid until paperwork_stop. From any thread. */
struct judge paperwork_judge(struct paperwork *paperwork);
/* A judge without helpers and limits, for programs that receive no documents from outside. */
struct judge judge_in_process(void);

#endif
