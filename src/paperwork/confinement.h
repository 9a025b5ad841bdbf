/* confinement.h – what a helper process may use and touch. Called by the helper, about itself. Inside src/paperwork only.
 *
 * No privileges are needed, and nothing can be taken back. */
#ifndef GREFFIER_PAPERWORK_CONFINEMENT_H
#define GREFFIER_PAPERWORK_CONFINEMENT_H

#include <stdbool.h>
#include <stddef.h>

/* What the kernel lets a helper do; each job names one (job.h). */
enum profile {
	/* No exec, no open, no network, no new process: memory, and the socket it has. Any other call ends the process. */
	PROFILE_NO_FILES,
	PROFILE_COUNT
};

/* Exit status of a helper that needed more memory than it may have. */
#define CONFINEMENT_OUT_OF_MEMORY 77

/* Limits memory to what the process has now and `memory` bytes more; no files, no core dump, no new privileges; the process
 * dies with its parent. A C++ allocation beyond the limit ends the process with CONFINEMENT_OUT_OF_MEMORY.
 * Under AddressSanitizer memory is not limited: its shadow alone takes terabytes of addresses. */
void confinement_limit(size_t memory);
/* Loads the profile's filter of system calls. False when this kernel has no seccomp; *ret_why says so. */
bool confinement_filter(enum profile profile, const char **ret_why);
/* From now until confinement_end_job this process may use `seconds` of processor time; then SIGPROF ends it. */
void confinement_begin_job(unsigned seconds);
void confinement_end_job(void);
/* The most memory the process has had, in KiB; and by how much it may grow before a new one is better. */
long confinement_peak(void);
extern const long confinement_growth_max;

#endif
