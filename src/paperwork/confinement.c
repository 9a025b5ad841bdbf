/* confinement.c – resource limits and a filter of system calls (libseccomp). */
#include "paperwork/confinement.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <seccomp.h>

#include "base/ensure.h"
#include "base/macros.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef HAS_ADDRESS_SANITIZER
#define GROWTH_KIB (1024L * 1024) /* what is freed stays in quarantine */
#else
#define HAS_ADDRESS_SANITIZER 0
#define GROWTH_KIB (32L * 1024)
#endif

static void limit_set(__rlimit_resource_t resource, rlim_t limit)
{
	ensure(setrlimit(resource, &(struct rlimit){limit, limit}) == 0);
}

/* Bytes of addresses that the process has mapped. */
static size_t mapped_size(void)
{
	char text[64] = "";
	const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	const ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	return length > 0 ? strtoul(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

static void on_out_of_memory(void)
{
	_exit(CONFINEMENT_OUT_OF_MEMORY);
}

/* std::set_new_handler. qpdf turns bad_alloc into a warning that an object is damaged and goes on,
 * so a document beyond the limit would be judged by a part of it. */
static void out_of_memory_ends_it(void)
{
	union {
		void *symbol;
		void (*(*call)(void (*handler)(void)))(void);
	} set_new_handler = {dlsym(RTLD_DEFAULT, "_ZSt15set_new_handlerPFvvE")};

	ensure(set_new_handler.symbol);
	(void)set_new_handler.call(on_out_of_memory);
}

void confinement_limit(size_t memory)
{
	ensure(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	ensure(prctl(PR_SET_DUMPABLE, 0) == 0);
	ensure(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	out_of_memory_ends_it();
	if (!HAS_ADDRESS_SANITIZER)
		limit_set(RLIMIT_AS, mapped_size() + memory);
	limit_set(RLIMIT_CORE, 0);
	limit_set(RLIMIT_FSIZE, 0);
	limit_set(RLIMIT_NOFILE, 4); /* those it has */
}

/* A rule for one system call; mmap and mprotect may not make memory executable. */
static bool rule_add(scmp_filter_ctx filter, uint32_t action, int call)
{
	if (call != SCMP_SYS(mmap) && call != SCMP_SYS(mprotect))
		return seccomp_rule_add(filter, action, call, 0) == 0;
	const struct scmp_arg_cmp not_executable = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	return seccomp_rule_add_array(filter, action, call, 1, &not_executable) == 0;
}

static bool rules_add(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
	bool ok = true;

	for (size_t i = 0; ok && i < count; i++)
		ok = rule_add(filter, action, calls[i]);
	return ok;
}

/* What a computation needs that already has its memory and its socket. */
static const int computing[] = {
	SCMP_SYS(read),		SCMP_SYS(recvfrom),    SCMP_SYS(recvmsg),
	SCMP_SYS(sendto),	SCMP_SYS(sendmsg),     SCMP_SYS(write),
	SCMP_SYS(writev),	SCMP_SYS(poll),	       SCMP_SYS(ppoll),
	SCMP_SYS(close),	SCMP_SYS(brk),	       SCMP_SYS(mmap),
	SCMP_SYS(mprotect),	SCMP_SYS(munmap),      SCMP_SYS(mremap),
	SCMP_SYS(madvise),	SCMP_SYS(futex),       SCMP_SYS(sched_yield),
	SCMP_SYS(setitimer),	SCMP_SYS(getrusage),   SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday), SCMP_SYS(time),	       SCMP_SYS(getrandom),
	SCMP_SYS(getpid),	SCMP_SYS(gettid),      SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),		SCMP_SYS(exit_group),
};

/* Libraries may ask these and do without an answer: the call fails, the process goes on. */
static const int refused[] = {
	SCMP_SYS(open),	    SCMP_SYS(openat),	  SCMP_SYS(access),
	SCMP_SYS(readlink), SCMP_SYS(newfstatat), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sysinfo),  SCMP_SYS(prctl),
};

static const struct {
	const int *allowed, *refused;
	size_t allowed_count, refused_count;
} profiles[PROFILE_COUNT] = {
	[PROFILE_NO_FILES] = {computing, refused, ARRAY_SIZE(computing), ARRAY_SIZE(refused)},
};

bool confinement_filter(enum profile profile, const char **ret_why)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

	if (!filter) {
		*ret_why = "it cannot end a process";
		return false;
	}
	ensure(rules_add(filter, SCMP_ACT_ALLOW, profiles[profile].allowed,
			 profiles[profile].allowed_count));
	ensure(rules_add(filter, SCMP_ACT_ERRNO(EACCES), profiles[profile].refused,
			 profiles[profile].refused_count));
	const int failure = seccomp_load(filter);
	seccomp_release(filter);
	if (failure != 0)
		*ret_why = strerror(-failure);
	return failure == 0;
}

static void timer_set(unsigned seconds)
{
	const struct itimerval timer = {.it_value = {.tv_sec = (time_t)seconds}};

	ensure(setitimer(ITIMER_PROF, &timer, NULL) == 0);
}

void confinement_begin_job(unsigned seconds)
{
	timer_set(seconds);
}

void confinement_end_job(void)
{
	timer_set(0);
}

const long confinement_growth_max = GROWTH_KIB;

long confinement_peak(void)
{
	struct rusage usage;

	ensure(getrusage(RUSAGE_SELF, &usage) == 0);
	return usage.ru_maxrss;
}
