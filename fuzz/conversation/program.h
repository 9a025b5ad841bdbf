/* program.h – the whole server in this process, and accounts in it for a conversation to be about.
 *
 * `greffier serve` runs on a thread with a data folder in memory; requests reach it through a socket, as a stranger's do. */
#ifndef GREFFIER_FUZZ_PROGRAM_H
#define GREFFIER_FUZZ_PROGRAM_H

#include "base/arena.h"

/* An account that was just made. All texts live in the arena it was made with. */
struct party {
	const char *account, *owner, *owner_key;
	const char *member, *member_key; /* a user without any role */
};

/* Starts the server, once; it is stopped and its data removed at the program's end. The port. */
unsigned program_start(void);
/* Stops the fuzzer when it cannot. */
struct party program_party(struct arena *arena);

#endif
