/* paperwork.h – documents from strangers are read in helper processes, which a server starts ahead and uses again.
 *
 * A document that breaks a helper's limits is refused; the helper is replaced; the server does not notice. */
#ifndef GREFFIER_PAPERWORK_PAPERWORK_H
#define GREFFIER_PAPERWORK_PAPERWORK_H

#include "base/time.h"
#include "paperwork/pdf_facts.h"

struct paperwork;

struct paperwork_config {
	const char *program;        /* NULL: the running one. Outlives the paperwork */
	unsigned helpers;           /* processes */
	unsigned memory_mib;        /* of one document, in MiB */
	unsigned processor_seconds; /* of one document */
	struct duration time;       /* of all documents of one call together */
	struct duration wait;       /* for a free helper, before the caller is told to come again */
	bool may_be_unconfined;     /* go on when the kernel has no seccomp */
};

/* Starts the helpers and waits until the first is confined. ERROR_CONFIGURATION when the kernel cannot confine it, unless the
 * configuration allows that: then it warns. */
struct paperwork *paperwork_start(const struct paperwork_config *config, struct error *err);
/* Nobody may be using it. NULL is fine. */
void paperwork_stop(struct paperwork *paperwork);

/* What the documents of one call may still take. */
struct document_budget {
	struct duration left;
};

/* Who judges documents. A server's judge is its helper processes; a test's or a fuzzer's may be judge_in_process. */
struct judge {
	/* Blocks. ERROR_INVALID_DOCUMENT says what is wrong; ERROR_OVERLOADED when no helper is free in time. */
	bool (*pdf)(void *arg, struct bytes pdf, struct document_budget *budget,
		    struct pdf_facts *ret_facts, struct error *err);
	void *arg;
	struct duration time; /* the budget of one call */
};

/* From any thread. Lends: valid until paperwork_stop. */
struct judge paperwork_judge(struct paperwork *paperwork);
/* Without helpers and limits: for programs that no stranger talks to. */
struct judge judge_in_process(void);

#endif
