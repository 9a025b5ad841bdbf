/* worker.c – see worker.h. What the process answers is checked like a stranger's. */
#include "paperwork/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/text.h"
#include "paperwork/helper.h"

/* The child has its end of the socket, /dev/null and nothing else: no descriptor, no environment,
 * no folder of the server, no blocked or ignored signal, and no part in a terminal's Ctrl-C. */
static int spawn_sealed(pid_t *ret_pid, const char *program, char *const arguments[], int socket)
{
	char *const environment[] = {NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	ensure(posix_spawn_file_actions_init(&files) == 0 &&
	       posix_spawnattr_init(&attributes) == 0);
	ensure(posix_spawn_file_actions_adddup2(&files, socket, HELPER_SOCKET) == 0);
	for (int fd = 0; fd < HELPER_SOCKET; fd++)
		ensure(posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0) == 0);
	ensure(posix_spawn_file_actions_addclosefrom_np(&files, HELPER_SOCKET + 1) == 0);
	ensure(posix_spawn_file_actions_addchdir_np(&files, "/") == 0);
	ensure(posix_spawnattr_setsigmask(&attributes, &none) == 0);
	ensure(posix_spawnattr_setsigdefault(&attributes, &all) == 0);
	ensure(posix_spawnattr_setpgroup(&attributes, 0) == 0);
	ensure(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
							     POSIX_SPAWN_SETSIGDEF |
							     POSIX_SPAWN_SETPGROUP) == 0);
	const int failure = posix_spawn(ret_pid, program, &files, &attributes, arguments,
					environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failure;
}

bool worker_start(struct worker *worker, enum job job, const struct paperwork_config *config,
		  struct error *err)
{
	char memory[24], seconds[24], name[] = "greffier", command[] = HELPER_COMMAND, job_name[16];
	char *const arguments[] = {name, command, job_name, memory, seconds, NULL};
	int sockets[2];

	snprintf(job_name, sizeof(job_name), "%s", job_specs[job].name);
	snprintf(memory, sizeof(memory), "%u", config->memory_mib);
	snprintf(seconds, sizeof(seconds), "%u", config->processor_seconds);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
		return error_set(err, ERROR_OVERLOADED, "no socket for a helper process: %s",
				 strerror(errno));
	*worker = (struct worker){.socket = sockets[0]};
	/* In the child, this name is still the running program, also after an upgrade on disk. */
	const int failure = spawn_sealed(&worker->pid,
					 config->program ? config->program : "/proc/self/exe",
					 arguments, sockets[1]);
	close(sockets[1]);
	if (failure == 0)
		return true;
	close(sockets[0]);
	*worker = (struct worker){0};
	return error_set(err, ERROR_OVERLOADED, "cannot start a helper process: %s",
			 strerror(failure));
}

int worker_end(struct worker *worker)
{
	int status = 0;

	if (worker->pid == 0)
		return 0;
	/* One that is already ending keeps its own status. */
	kill(worker->pid, SIGKILL);
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(worker->socket);
	*worker = (struct worker){0};
	return status;
}

bool worker_ready(struct worker *worker, struct mono_time deadline,
		  char ret_why_not[FRAME_REASON_MAX + 1])
{
	struct frame_head head;

	if (frame_receive(worker->socket, &head, sizeof(head), deadline) != FRAME_DONE ||
	    !frame_head_is_sound(&head, FRAME_REASON_MAX) || head.kind != FRAME_READY ||
	    frame_receive(worker->socket, ret_why_not, head.length, deadline) != FRAME_DONE)
		return false;
	ret_why_not[head.length] = '\0';
	worker->is_ready = true;
	return true;
}

static bool page_is_possible(const struct pdf_page *page)
{
	const double most = (double)PDF_SIDE_MAX * PDF_USER_UNIT_MAX;

	return isfinite(page->width) && isfinite(page->height) && page->width > 0 &&
	       page->width <= most && page->height > 0 && page->height <= most;
}

static bool facts_are_possible(const struct pdf_facts *facts)
{
	for (unsigned i = 0; i < facts->page_count; i++) {
		if (!page_is_possible(&facts->pages[i]))
			return false;
	}
	return facts->page_count > 0;
}

static enum frame_result refusal_receive(int socket, size_t length, struct mono_time deadline,
					 struct error *err)
{
	char reason[FRAME_REASON_MAX], shown[FRAME_REASON_MAX + 1];
	const enum frame_result result = frame_receive(socket, reason, length, deadline);

	if (result == FRAME_DONE) {
		(void)utf8_repair(reason, length, shown, sizeof(shown));
		(void)error_set(err, ERROR_INVALID_DOCUMENT, "%s", shown);
	}
	return result;
}

/* Nonsense counts as a closed socket: the process is broken either way. */
static enum frame_result answer_receive(struct worker *worker, struct mono_time deadline,
					struct pdf_facts *ret_facts, struct error *err)
{
	struct frame_head head;
	enum frame_result result = frame_receive(worker->socket, &head, sizeof(head), deadline);

	if (result != FRAME_DONE)
		return result;
	if (!frame_head_is_sound(&head, sizeof(ret_facts->pages)) ||
	    head.sequence != worker->sequence)
		return FRAME_CLOSED;
	worker->retires = head.flags & FRAME_RETIRES;
	if (head.kind == FRAME_REFUSED && head.length <= FRAME_REASON_MAX)
		return refusal_receive(worker->socket, head.length, deadline, err);
	if (head.kind != FRAME_ACCEPTED || head.length % sizeof(ret_facts->pages[0]) != 0)
		return FRAME_CLOSED;
	result = frame_receive(worker->socket, ret_facts->pages, head.length, deadline);
	ret_facts->page_count = head.length / (uint32_t)sizeof(ret_facts->pages[0]);
	return result == FRAME_DONE && !facts_are_possible(ret_facts) ? FRAME_CLOSED : result;
}

/* How a helper ended. NULL: not by the document, as far as anybody can tell. */
static const char *cause_of(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == CONFINEMENT_OUT_OF_MEMORY
			       ? "reading it needs more memory than --document-memory allows"
			       : "the program that reads it stopped";
	switch (WTERMSIG(status)) {
	case SIGPROF:
		return "reading it takes more processor time than --document-cpu-time allows";
	case SIGSYS:
		return "reading it led to a system call that is forbidden";
	case SIGKILL:
	case SIGTERM:
	case SIGINT:
	case SIGHUP:
	case SIGQUIT:
		return NULL;
	default:
		return "the program that reads it crashed";
	}
}

enum worker_result worker_judge(struct worker *worker, struct bytes document,
				struct mono_time deadline, struct pdf_facts *ret_facts,
				struct error *err, const char **ret_why)
{
	const struct frame_head head = {.kind = FRAME_DOCUMENT, .sequence = ++worker->sequence};
	enum frame_result result = frame_send(worker->socket, head, document, deadline);

	/* It may have said why before it went, so an error in sending is not the last word. */
	if (result != FRAME_LATE)
		result = answer_receive(worker, deadline, ret_facts, err);
	worker->documents++;
	if (result == FRAME_DONE && !frame_is_pending(worker->socket))
		return WORKER_ANSWERED;
	const int status = worker_end(worker);
	*ret_why = result == FRAME_LATE ? "reading it takes longer than --document-time allows"
					: cause_of(status);
	return *ret_why ? WORKER_BROKE : WORKER_WAS_ENDED;
}
