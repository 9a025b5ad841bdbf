/* helper.c – see helper.h. Everything here runs in the helper process. */
#include "paperwork/helper.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "paperwork/job.h"

#define MAPPED_FROM (1 << 20) /* bytes; larger blocks go back to the system when they are freed */

/* A running helper. */
struct helper {
	const struct job_spec *job;
	unsigned seconds;   /* of processor time for each document */
	long peak_at_first; /* KiB */
	struct job_room room;
};

static struct job_answer judge_run(struct bytes document, struct job_room *room)
{
	const struct pdf_facts *facts = &room->facts;
	const char *reason = room->err.technical;

	if (!pdf_judge(document, &room->facts, &room->err))
		return (struct job_answer){
			FRAME_REFUSED,
			{(const unsigned char *)reason, strnlen(reason, FRAME_REASON_MAX)}};
	return (struct job_answer){
		FRAME_ACCEPTED,
		{(const unsigned char *)facts->pages, facts->page_count * sizeof(facts->pages[0])}};
}

const struct job_spec job_specs[JOB_COUNT] = {
	[JOB_JUDGE] = {"judge", PROFILE_NO_FILES, judge_run},
};

static const struct job_spec *job_find(const char *name)
{
	for (size_t i = 0; i < JOB_COUNT; i++) {
		if (strcmp(job_specs[i].name, name) == 0)
			return &job_specs[i];
	}
	return NULL;
}

static bool ready_send(const char *why_not)
{
	const struct bytes why = {(const unsigned char *)why_not, why_not ? strlen(why_not) : 0};

	return frame_send(HELPER_SOCKET, (struct frame_head){.kind = FRAME_READY}, why,
			  frame_no_deadline()) == FRAME_DONE;
}

static bool has_grown(const struct helper *helper)
{
	return confinement_peak() - helper->peak_at_first > confinement_growth_max;
}

/* Does one document. False when the server is gone, or says what no server of ours says. */
static bool document_do(struct helper *helper)
{
	struct frame_head head;

	if (frame_receive(HELPER_SOCKET, &head, sizeof(head), frame_no_deadline()) != FRAME_DONE ||
	    !frame_head_is_sound(&head, FRAME_DOCUMENT_MAX) || head.kind != FRAME_DOCUMENT)
		return false;
	unsigned char *document = malloc(head.length + 1);
	if (!document)
		_exit(CONFINEMENT_OUT_OF_MEMORY);
	const struct bytes content = {document, head.length};
	bool ok = frame_receive(HELPER_SOCKET, document, head.length, frame_no_deadline()) ==
		  FRAME_DONE;
	if (ok) {
		confinement_begin_job(helper->seconds);
		const struct job_answer answer = helper->job->run(content, &helper->room);
		confinement_end_job();
		head.kind = answer.kind;
		head.flags = has_grown(helper) ? FRAME_RETIRES : 0;
		ok = frame_send(HELPER_SOCKET, head, answer.payload, frame_no_deadline()) ==
		     FRAME_DONE;
	}
	free(document);
	return ok;
}

/* What libraries load at their first use they must load before the filter forbids it: what
 * exceptions need, too. */
static void warm_up(struct helper *helper)
{
	static const char broken[] = "%PDF-1.4\ntrailer\n<< >>\n";

	(void)helper->job->run((struct bytes){(const unsigned char *)broken, sizeof(broken) - 1},
			       &helper->room);
	helper->peak_at_first = confinement_peak();
}

static bool is_started_by_a_server(void)
{
	struct stat status;

	return fstat(HELPER_SOCKET, &status) == 0 && S_ISSOCK(status.st_mode);
}

int helper_main(int argument_count, char **arguments)
{
	struct helper helper = {.job = argument_count == 3 ? job_find(arguments[0]) : NULL};
	const char *why_not = NULL;

	if (!helper.job || !is_started_by_a_server()) {
		fputs("greffier " HELPER_COMMAND ": only a server starts this\n", stderr);
		return 2;
	}
	mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
	helper.seconds = (unsigned)strtoul(arguments[2], NULL, 10);
	warm_up(&helper);
	confinement_limit(strtoul(arguments[1], NULL, 10) << 20);
	(void)confinement_filter(helper.job->profile, &why_not);
	if (!ready_send(why_not))
		_exit(1);
	while (document_do(&helper))
		;
	_exit(0); /* no exit handlers: there is nothing to save, and the filter forbids most of it
		   */
}
