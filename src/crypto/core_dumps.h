/* core_dumps.h – keeps secrets that are in memory out of core dumps and away from other
 * processes. */
#ifndef GREFFIER_CRYPTO_CORE_DUMPS_H
#define GREFFIER_CRYPTO_CORE_DUMPS_H

/* Disables core dumps for this process and stops other processes of its user from reading its
 * memory (ptrace, /proc). Call it before any secret is read. Stops the process when the system
 * refuses. */
void core_dumps_disable(void);

#endif
