/* confinement.h – restricts what a helper process may use. The helper calls it about itself.
 * Inside src/paperwork only.
 *
 * The restrictions need no privileges and cannot be undone. */
#ifndef GREFFIER_PAPERWORK_CONFINEMENT_H
#define GREFFIER_PAPERWORK_CONFINEMENT_H

#include <stdbool.h>
#include <stddef.h>

/* The system calls that a helper may make; each job names a profile (job.h). */
enum profile {
	/* Only memory and the existing socket: no exec, open, network or new process. Any other
	 * call ends the process. */
	PROFILE_NO_FILES,
	PROFILE_COUNT
};

/* Exit status of a helper that exceeded its memory limit. */
#define CONFINEMENT_OUT_OF_MEMORY 77

/* Limits memory to the current use plus `memory` bytes. Forbids files, core dumps and new
 * privileges, and lets the process die with its parent. A C++ allocation beyond the limit ends
 * the process with CONFINEMENT_OUT_OF_MEMORY. AddressSanitizer needs terabytes of address space,
 * so memory is not limited under it. */
void confinement_limit(size_t memory);
/* Loads the profile's filter of system calls. Returns false when the kernel has no seccomp;
 * *ret_why says so. */
bool confinement_filter(enum profile profile, const char **ret_why);
/* Limits processor time to `seconds` from now until confinement_end_job. SIGPROF then ends the
 * process. */
void confinement_begin_job(unsigned seconds);
void confinement_end_job(void);
/* Peak memory of the process in KiB, and the growth beyond which a new process is better. */
long confinement_peak(void);
extern const long confinement_growth_max;

#endif
