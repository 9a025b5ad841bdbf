/* paperwork.c – the helpers of a server: which one is free, when one is replaced. */
#include "paperwork/paperwork.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "base/log.h"
#include "paperwork/worker.h"

#define START_MAX \
	duration_s(20) /* until a new helper is confined; a sanitizer's takes a second \
			*/
#define DOCUMENTS_PER_HELPER \
	2000 /* then a new one: what leaks or fragments goes with the process */
#define HELPERS_MAX 64

struct desk {
	struct worker worker;
	bool is_taken;
};

struct paperwork {
	struct paperwork_config config;
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct desk desks[HELPERS_MAX];
};

static struct mono_time after(struct duration time)
{
	return (struct mono_time){mono_now().us + time.us};
}

/* The first that is free, so that few helpers stay warm. A free desk without a helper is the last
 * choice. NULL: all are taken. Under the lock. */
static struct desk *desk_choose(struct paperwork *paperwork)
{
	struct desk *empty = NULL;

	for (unsigned i = 0; i < paperwork->config.helpers; i++) {
		struct desk *desk = &paperwork->desks[i];
		if (!desk->is_taken && desk->worker.pid)
			return desk;
		if (!desk->is_taken && !empty)
			empty = desk;
	}
	return empty;
}

static struct desk *desk_take(struct paperwork *paperwork, struct error *err)
{
	const struct mono_time end = after(paperwork->config.wait);
	const struct timespec until = {end.us / 1000000, end.us % 1000000 * 1000};
	struct desk *desk;
	int waited = 0;

	pthread_mutex_lock(&paperwork->lock);
	while (!(desk = desk_choose(paperwork)) && waited == 0)
		waited = pthread_cond_timedwait(&paperwork->freed, &paperwork->lock, &until);
	if (desk)
		desk->is_taken = true;
	pthread_mutex_unlock(&paperwork->lock);
	if (!desk)
		(void)error_set(err, ERROR_OVERLOADED,
				"all helper processes read documents (--document-helpers)");
	return desk;
}

static void desk_leave(struct paperwork *paperwork, struct desk *desk)
{
	pthread_mutex_lock(&paperwork->lock);
	desk->is_taken = false;
	pthread_cond_signal(&paperwork->freed);
	pthread_mutex_unlock(&paperwork->lock);
}

/* Puts a helper to the desk, if there is none. */
static bool desk_staff(struct paperwork *paperwork, struct desk *desk, struct error *err)
{
	return desk->worker.pid != 0 ||
	       worker_start(&desk->worker, JOB_JUDGE, &paperwork->config, err);
}

/* Waits until the desk's helper is confined. */
static bool desk_ready(struct desk *desk, char why_not[FRAME_REASON_MAX + 1], struct error *err)
{
	if (worker_ready(&desk->worker, after(START_MAX), why_not))
		return true;
	(void)worker_end(&desk->worker);
	return error_set(err, ERROR_OVERLOADED, "a helper process did not start");
}

static bool desk_open(struct paperwork *paperwork, struct desk *desk, struct error *err)
{
	char why_not[FRAME_REASON_MAX + 1];

	return desk_staff(paperwork, desk, err) &&
	       (desk->worker.is_ready || desk_ready(desk, why_not, err));
}

/* Replaces a helper that has ended or should. Its successor starts while nobody waits for it. */
static void desk_tidy(struct paperwork *paperwork, struct desk *desk)
{
	struct error err = {0};

	if (desk->worker.retires || desk->worker.documents >= DOCUMENTS_PER_HELPER)
		(void)worker_end(&desk->worker);
	if (!desk_staff(paperwork, desk, &err))
		log_warn("paperwork", "%s; it is started again for the next document",
			 err.technical);
}

static enum worker_result judge_once(struct desk *desk, struct bytes pdf,
				     struct document_budget *budget, struct pdf_facts *ret_facts,
				     struct error *err, const char **ret_why)
{
	const struct mono_time begun = mono_now();
	const enum worker_result result = worker_judge(&desk->worker, pdf, after(budget->left),
						       ret_facts, err, ret_why);

	budget->left.us -= mono_since(mono_now(), begun).us;
	return result;
}

static bool judge_at(struct paperwork *paperwork, struct desk *desk, struct bytes pdf,
		     struct document_budget *budget, struct pdf_facts *ret_facts, struct error *err)
{
	const char *why = NULL;

	for (int attempt = 0; attempt < 2; attempt++) {
		if (!desk_open(paperwork, desk, err))
			return false;
		switch (judge_once(desk, pdf, budget, ret_facts, err, &why)) {
		case WORKER_ANSWERED:
			return err->code == ERROR_NONE;
		case WORKER_BROKE:
			log_warn("paperwork",
				 "a PDF of %zu bytes was refused and its helper replaced: %s",
				 pdf.length, why);
			return error_set(err, ERROR_INVALID_DOCUMENT,
					 "the PDF cannot be read within this server's limits: %s; "
					 "print it into a new PDF and send that",
					 why);
		case WORKER_WAS_ENDED:
			break;
		}
	}
	return error_set(err, ERROR_OVERLOADED,
			 "the helper process that read the PDF was ended from outside");
}

static bool judge_by_helper(void *arg, struct bytes pdf, struct document_budget *budget,
			    struct pdf_facts *ret_facts, struct error *err)
{
	struct paperwork *paperwork = arg;
	struct desk *desk = desk_take(paperwork, err);

	if (!desk)
		return false;
	err->code = ERROR_NONE;
	const bool ok = judge_at(paperwork, desk, pdf, budget, ret_facts, err);
	desk_tidy(paperwork, desk);
	desk_leave(paperwork, desk);
	return ok;
}

struct judge paperwork_judge(struct paperwork *paperwork)
{
	return (struct judge){judge_by_helper, paperwork, paperwork->config.time};
}

static bool in_process(void *arg, struct bytes pdf, struct document_budget *budget,
		       struct pdf_facts *ret_facts, struct error *err)
{
	return pdf_judge(pdf, ret_facts, err);
}

struct judge judge_in_process(void)
{
	return (struct judge){.pdf = in_process};
}

/* The first helper says whether this kernel confines them; the others start meanwhile. */
static bool first_is_confined(struct paperwork *paperwork, struct error *err)
{
	char why_not[FRAME_REASON_MAX + 1];

	if (!desk_ready(&paperwork->desks[0], why_not, err))
		return error_set(err, ERROR_CONFIGURATION,
				 "the helper process that reads documents does not start");
	if (!*why_not)
		return true;
	if (!paperwork->config.may_be_unconfined)
		return error_set(err, ERROR_CONFIGURATION,
				 "this kernel does not filter system calls (seccomp: %s), so "
				 "a malicious PDF could act with the rights of the server's user; "
				 "--allow-unconfined-documents starts nevertheless",
				 why_not);
	log_warn("paperwork",
		 "this kernel does not filter system calls (seccomp: %s): a "
		 "malicious PDF could act with the rights of the server's user",
		 why_not);
	return true;
}

struct paperwork *paperwork_start(const struct paperwork_config *config, struct error *err)
{
	struct paperwork *paperwork = calloc(1, sizeof(*paperwork));
	pthread_condattr_t monotonic;
	bool ok = true;

	ensure(paperwork);
	ensure(config->helpers > 0 && config->helpers <= HELPERS_MAX);
	paperwork->config = *config;
	ensure(pthread_mutex_init(&paperwork->lock, NULL) == 0 &&
	       pthread_condattr_init(&monotonic) == 0 &&
	       pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
	       pthread_cond_init(&paperwork->freed, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	for (unsigned i = 0; ok && i < config->helpers; i++)
		ok = desk_staff(paperwork, &paperwork->desks[i], err);
	if (ok && first_is_confined(paperwork, err))
		return paperwork;
	paperwork_stop(paperwork);
	return NULL;
}

void paperwork_stop(struct paperwork *paperwork)
{
	if (!paperwork)
		return;
	for (unsigned i = 0; i < HELPERS_MAX; i++)
		(void)worker_end(&paperwork->desks[i].worker);
	pthread_cond_destroy(&paperwork->freed);
	pthread_mutex_destroy(&paperwork->lock);
	free(paperwork);
}
