/* job.h – what helper processes do: one table. A helper is started for one job and does no other. Inside src/paperwork only. */
#ifndef GREFFIER_PAPERWORK_JOB_H
#define GREFFIER_PAPERWORK_JOB_H

#include "base/buf.h"
#include "paperwork/confinement.h"
#include "paperwork/frame.h"

enum job {
	JOB_JUDGE, /* is it a PDF that can be signed? */
	JOB_COUNT
};

/* Where a job's results lie until they are sent. */
struct job_room {
	struct pdf_facts facts;
	struct error err;
};

/* What a job gives back. */
struct job_answer {
	enum frame_kind kind;
	struct bytes payload; /* in the room */
};

struct job_spec {
	const char *name; /* on the helper's command line */
	enum profile profile;
	struct job_answer (*run)(struct bytes document, struct job_room *room);
};

extern const struct job_spec job_specs[JOB_COUNT];

#endif
