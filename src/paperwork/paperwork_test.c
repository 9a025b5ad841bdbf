/* paperwork_test.c – helpers that break, lie, hang and reach for what they may not touch.
 *
 * This program is its own helper: a document is a command, and the helper does what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "paperwork/helper.h"
#include "paperwork/job.h"
#include "paperwork/paperwork.h"

/* ---- the helper ---- */

static void answer_send(enum frame_kind kind, uint32_t sequence, const void *data, size_t length)
{
	(void)frame_send(HELPER_SOCKET, (struct frame_head){.kind = kind, .sequence = sequence},
			 (struct bytes){data, length}, frame_no_deadline());
}

static void page_send(uint32_t sequence, double width)
{
	answer_send(FRAME_ACCEPTED, sequence, &(struct pdf_page){width, 1},
		    sizeof(struct pdf_page));
}

/* An answer's width is 1 when the helper could do what it should not, and 2 when it was refused. */
static void outcome_send(uint32_t sequence, bool could)
{
	page_send(sequence, could ? 1 : 2);
}

static unsigned open_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void command_do(const char *command, uint32_t sequence)
{
	static char large[sizeof(struct pdf_page) * (PDF_PAGES_MAX + 1)];
	char *const nothing[] = {NULL};
	volatile unsigned long turns = 0;

	if (strcmp(command, "pages") == 0)
		page_send(sequence, 612);
	else if (strcmp(command, "refuse") == 0)
		answer_send(FRAME_REFUSED, sequence, "not \xff good", 10);
	else if (strcmp(command, "open") == 0)
		outcome_send(sequence, open("/etc/passwd", O_RDONLY) >= 0);
	else if (strcmp(command, "socket") == 0)
		outcome_send(sequence, socket(AF_INET, SOCK_STREAM, 0) >= 0);
	else if (strcmp(command, "exec") == 0)
		outcome_send(sequence, execve("/bin/true", nothing, nothing) == 0);
	else if (strcmp(command, "fork") == 0)
		outcome_send(sequence, fork() >= 0);
	else if (strcmp(command, "kill") == 0)
		outcome_send(sequence, kill(getppid(), 0) == 0);
	else if (strcmp(command, "code") == 0)
		outcome_send(sequence, mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	else if (strcmp(command, "crash") == 0)
		__builtin_trap();
	else if (strcmp(command, "leave") == 0)
		_exit(0);
	else if (strcmp(command, "spin") == 0)
		for (;;)
			turns++;
	else if (strcmp(command, "sleep") == 0)
		for (;;)
			poll(NULL, 0, 1000);
	else if (strcmp(command, "hoard") == 0)
		_exit(CONFINEMENT_OUT_OF_MEMORY);
	else if (strcmp(command, "long") == 0)
		answer_send(FRAME_ACCEPTED, sequence, large, sizeof(large));
	else if (strcmp(command, "odd") == 0)
		answer_send(FRAME_ACCEPTED, sequence, large, sizeof(struct pdf_page) + 1);
	else if (strcmp(command, "none") == 0)
		answer_send(FRAME_ACCEPTED, sequence, large, 0);
	else if (strcmp(command, "sequence") == 0)
		page_send(sequence + 1, 612);
	else if (strcmp(command, "twice") == 0)
		page_send(sequence, 612), page_send(sequence, 612);
	else if (strcmp(command, "nan") == 0)
		page_send(sequence, (double)NAN);
	else if (strcmp(command, "huge") == 0)
		page_send(sequence, 1e300);
	else if (strcmp(command, "kind") == 0)
		answer_send(FRAME_READY, sequence, "", 0);
	else if (strcmp(command, "reason") == 0)
		answer_send(FRAME_REFUSED, sequence, large, FRAME_REASON_MAX + 1);
	else if (strcmp(command, "garbage") == 0)
		(void)!write(HELPER_SOCKET, large, sizeof(struct frame_head));
}

/* What it inherited: four descriptors, no environment, not the parent's folder. */
static bool is_sealed(void)
{
	extern char **environ;
	char folder[256];

	return open_descriptors() == 4 && !*environ && getcwd(folder, sizeof(folder)) &&
	       strcmp(folder, "/") == 0;
}

static int hostile_helper(char **arguments)
{
	const bool sealed = is_sealed();
	struct frame_head head;
	const char *why = "";
	char command[64];

	confinement_limit(strtoul(arguments[1], NULL, 10) << 20);
	ensure(confinement_filter(PROFILE_NO_FILES, &why));
	answer_send(FRAME_READY, 0, why, 0);
	while (frame_receive(HELPER_SOCKET, &head, sizeof(head), frame_no_deadline()) ==
		       FRAME_DONE &&
	       head.length < sizeof(command)) {
		if (frame_receive(HELPER_SOCKET, command, head.length, frame_no_deadline()) !=
		    FRAME_DONE)
			break;
		command[head.length] = '\0';
		confinement_begin_job((unsigned)strtoul(arguments[2], NULL, 10));
		if (strcmp(command, "sealed") == 0)
			outcome_send(head.sequence, !sealed);
		else
			command_do(command, head.sequence);
		confinement_end_job();
	}
	_exit(0);
}

/* ---- the server ---- */

static struct paperwork *start(unsigned helpers, int64_t time_ms)
{
	const struct paperwork_config config = {.helpers = helpers,
						.memory_mib = 64,
						.processor_seconds = 1,
						.wait = duration_s(20),
						.time = duration_ms(time_ms)};
	struct error err = {0};
	struct paperwork *paperwork = paperwork_start(&config, &err);

	if (!paperwork)
		fail_msg("%s", err.technical);
	return paperwork;
}

static bool ask(struct paperwork *paperwork, const char *command, struct pdf_facts *ret_facts,
		struct error *err)
{
	const struct judge judge = paperwork_judge(paperwork);
	struct document_budget budget = {judge.time};

	return judge.pdf(judge.arg, (struct bytes){(const unsigned char *)command, strlen(command)},
			 &budget, ret_facts, err);
}

static void works(struct paperwork *paperwork)
{
	struct pdf_facts facts;
	struct error err = {0};

	if (!ask(paperwork, "pages", &facts, &err))
		fail_msg("%s", err.technical);
	assert_int_equal(facts.page_count, 1);
	assert_true(facts.pages[0].width == 612);
}

/* Whatever a document does to its helper, that document alone is refused, with the reason. */
static void a_document_that_breaks_its_helper_is_refused(void **state)
{
	static const struct {
		const char *command, *reason;
	} rows[] = {
		{"refuse", "not \xef\xbf\xbd good"},
		{"crash", "crashed"},
		{"leave", "stopped"},
		{"spin", "--document-cpu-time"},
		{"sleep", "--document-time"},
		{"hoard", "--document-memory"},
		{"socket", "forbidden"},
		{"exec", "forbidden"},
		{"fork", "forbidden"},
		{"kill", "forbidden"},
		{"code", "forbidden"},
	};
	struct paperwork *paperwork = start(1, 3000);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pdf_facts facts;
		struct error err = {0};
		assert_false(ask(paperwork, rows[i].command, &facts, &err));
		if (err.code != ERROR_INVALID_DOCUMENT || !strstr(err.technical, rows[i].reason))
			fail_msg("%s: %s", rows[i].command, err.technical);
		works(paperwork);
	}
	paperwork_stop(paperwork);
}

static void no_file_opens_and_nothing_is_inherited(void **state)
{
	struct paperwork *paperwork = start(1, 3000);
	const int leaky = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	struct pdf_facts facts;
	struct error err = {0};

	assert_true(leaky >= 0);
	assert_true(ask(paperwork, "open", &facts, &err));
	assert_true(facts.pages[0].width == 2);
	assert_false(
		ask(paperwork, "crash", &facts, &err)); /* the next one starts with `leaky` open */
	assert_true(ask(paperwork, "sealed", &facts, &err));
	assert_true(facts.pages[0].width == 2);
	close(leaky);
	paperwork_stop(paperwork);
}

/* A helper that was taken over may say anything. Its parent believes only what can be, and what it
 * says unasked is not taken for the answer about the next document. */
static void a_helper_that_lies_is_not_believed(void **state)
{
	static const char *const commands[] = {"long", "odd",  "none",	 "sequence", "nan",
					       "huge", "kind", "reason", "garbage"};
	struct paperwork *paperwork = start(1, 1000);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct pdf_facts facts;
		struct error err = {0};
		if (ask(paperwork, commands[i], &facts, &err))
			fail_msg("%s was believed", commands[i]);
		works(paperwork);
	}
	(void)ask(paperwork, "twice", &(struct pdf_facts){0}, &(struct error){0});
	assert_false(ask(paperwork, "refuse", &(struct pdf_facts){0}, &(struct error){0}));
	paperwork_stop(paperwork);
}

static unsigned children(void)
{
	char path[64], text[4096] = "";
	unsigned count = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	for (size_t i = 0; i < length; i++)
		count += text[i] == ' ';
	return count;
}

static void helpers_end_with_their_server_and_are_reaped(void **state)
{
	struct pdf_facts facts;
	struct error err = {0};
	struct paperwork *paperwork = start(3, 3000);

	assert_int_equal(children(), 3);
	for (int i = 0; i < 4; i++)
		assert_false(ask(paperwork, "leave", &facts, &err));
	assert_int_equal(children(), 3);
	paperwork_stop(paperwork);
	assert_int_equal(children(), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* The kernel short of memory, or an operator: not the document's fault. */
static void a_helper_that_is_killed_from_outside_is_replaced(void **state)
{
	struct paperwork *paperwork = start(1, 3000);
	char path[64], text[64] = "";

	works(paperwork);
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	const pid_t helper = (pid_t)strtol(text, NULL, 10);
	assert_true(helper > 1);
	assert_int_equal(kill(helper, SIGKILL), 0);
	works(paperwork);
	paperwork_stop(paperwork);
}

struct asking {
	struct paperwork *paperwork;
	const char *command;
};

static void *ask_aside(void *arg)
{
	const struct asking *asking = arg;

	(void)ask(asking->paperwork, asking->command, &(struct pdf_facts){0}, &(struct error){0});
	return NULL;
}

/* Who finds no free helper waits, but not for ever. */
static void waiting_for_a_helper_ends(void **state)
{
	const struct paperwork_config config = {.helpers = 1,
						.memory_mib = 64,
						.processor_seconds = 1,
						.wait = duration_ms(50),
						.time = duration_s(3)};
	struct error err = {0};
	struct pdf_facts facts;
	pthread_t thread;
	struct asking asking = {paperwork_start(&config, &err), "sleep"};

	assert_non_null(asking.paperwork);
	assert_int_equal(pthread_create(&thread, NULL, ask_aside, &asking), 0);
	while (ask(asking.paperwork, "pages", &facts, &err)) /* until the other has the helper */
		;
	assert_int_equal(err.code, ERROR_OVERLOADED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	works(asking.paperwork);
	paperwork_stop(asking.paperwork);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_that_breaks_its_helper_is_refused),
		cmocka_unit_test(no_file_opens_and_nothing_is_inherited),
		cmocka_unit_test(a_helper_that_lies_is_not_believed),
		cmocka_unit_test(helpers_end_with_their_server_and_are_reaped),
		cmocka_unit_test(a_helper_that_is_killed_from_outside_is_replaced),
		cmocka_unit_test(waiting_for_a_helper_ends),
	};
	if (argc == 5 && strcmp(argv[1], HELPER_COMMAND) == 0)
		return hostile_helper(argv + 2);
	return cmocka_run_group_tests_name("paperwork/paperwork", tests, NULL, NULL);
}
