/* job.h – the table of jobs of helper processes. A helper does one job only. Inside
 * src/paperwork only. */
#ifndef GREFFIER_PAPERWORK_JOB_H
#define GREFFIER_PAPERWORK_JOB_H

#include "base/buf.h"
#include "paperwork/confinement.h"
#include "paperwork/frame.h"

enum job {
	JOB_JUDGE, /* checks that a document is a PDF that can be signed */
	JOB_COUNT
};

/* Memory for a job's results until they are sent. */
struct job_room {
	struct pdf_facts facts;
	struct error err;
};

/* The result of a job. */
struct job_answer {
	enum frame_kind kind;
	struct bytes payload; /* stored in the job_room */
};

struct job_spec {
	const char *name; /* on the helper's command line */
	enum profile profile;
	struct job_answer (*run)(struct bytes document, struct job_room *room);
};

extern const struct job_spec job_specs[JOB_COUNT];

#endif
